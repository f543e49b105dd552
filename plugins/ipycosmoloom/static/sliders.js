// A slider with a number beside it, both usable by keys; while it is held, nobody else moves it.

import { element, put } from "./dom.js";

const STEPS = 1000;
let made = 0;

/**
 * Options: label, title, unit, digits, log, changed(value) on every move, settled() when a move is over.
 */
export class Slider {
  constructor({ label, title, unit = "", digits = 2, log = false, step = null, changed, settled }) {
    this.log = log;
    this.step = step;
    this.digits = digits;
    this.limits = [0, 1];
    this.held = false;
    this.changed = changed;
    made += 1;
    const id = `cl-slider-${made}`;
    this.range = element("input", { type: "range", min: "0", max: String(STEPS), step: "1", id, title });
    this.number = element("input", { type: "number", class: "cl-number", step: "any", "aria-label": `${label} ${unit}` });
    this.range.addEventListener("input", () => {
      this.held = true;
      this.shown = null;
      const value = this.fromStep(Number(this.range.value));
      this.write(value);
      changed(value);
    });
    for (const end of ["change", "blur"]) {
      this.range.addEventListener(end, () => {
        if (!this.held) return;
        this.held = false;
        settled();
      });
    }
    this.number.addEventListener("change", () => {
      const [low, high] = this.limits;
      const value = Math.min(high, Math.max(low, Number(this.number.value)));
      this.show(value);
      changed(value);
      settled();
    });
    this.node = element(
      "div", { class: "cl-slider", title },
      element("label", { for: id }, label), this.range, this.number, element("span", { class: "cl-unit" }, unit),
    );
  }

  setLimits([low, high]) {
    if (this.limits[0] === low && this.limits[1] === high) return;
    this.limits = [low, high];
    this.shown = null;
    this.range.max = String(this.step ? Math.round((high - low) / this.step) : STEPS);
    this.number.min = low;
    this.number.max = high;
    this.range.disabled = this.number.disabled = low === high;
  }

  show(value) {
    if (this.held || this.shown === value) return;
    this.shown = value;
    this.range.value = String(this.toStep(value));
    this.write(value);
  }

  write(value) {
    const text = this.step === 1 ? String(value) : Number(value).toFixed(this.digits);
    if (document.activeElement !== this.number) this.number.value = text;
    put(this.range, "aria-valuetext", text);
  }

  fromStep(position) {
    const [low, high] = this.limits;
    if (this.step) return low + position * this.step;
    const share = position / STEPS;
    if (share >= 1) return high;
    return this.log ? low * (high / low) ** share : low + share * (high - low);
  }

  toStep(value) {
    const [low, high] = this.limits;
    if (low === high) return 0;
    if (this.step) return Math.round((value - low) / this.step);
    const share = this.log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return Math.round(STEPS * share);
  }
}

/** A menu; options are pairs of value and text. */
export class Choice {
  constructor({ label, title, changed }) {
    made += 1;
    const id = `cl-choice-${made}`;
    this.select = element("select", { id, title, onchange: () => changed(this.values[this.select.selectedIndex]) });
    this.node = element("div", { class: "cl-choice", title }, element("label", { for: id }, label), this.select);
    this.values = [];
  }

  show(options, value) {
    const texts = options.map(([, text]) => text).join("\n");
    if (texts !== this.texts) {
      this.texts = texts;
      this.select.replaceChildren(...options.map(([, text]) => element("option", {}, text)));
    }
    this.values = options.map(([each]) => each);
    const index = this.values.indexOf(value);
    if (this.select.selectedIndex !== index) this.select.selectedIndex = index;
    this.select.disabled = options.length < 2;
  }
}
