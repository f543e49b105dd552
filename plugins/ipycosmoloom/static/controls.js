// Every setting that a person moves, in one column or beside the pictures.

import { element, put, write } from "./dom.js";
import { Choice, Slider } from "./sliders.js";

const RENDERINGS = [
  ["attenuated", "attenuated maximum"], ["mip", "maximum along the ray"], ["iso", "surface of one density"],
];
const COLOURINGS = [["density", "density"], ["error", "error of \u03c1"]];
const PLANES = [["x-y", "x\u2013y"], ["x-z", "x\u2013z"], ["y-z", "y\u2013z"]];
const NORMAL = { "x-y": 2, "x-z": 1, "y-z": 0 };

/** The redshift alone. */
export class RedshiftControl {
  constructor(model, link) {
    this.model = model;
    this.slider = new Slider({
      label: "redshift z", title: "Redshift of the field; the seed stays, so one universe evolves.",
      changed: (redshift) => link.set({ redshift }), settled: () => link.does("settled"),
    });
    this.note = element("div", { class: "cl-hint" }, "\u00a0");
    this.node = element("div", { class: "cl-group" }, this.slider.node, this.note);
  }

  update() {
    this.slider.setLimits(this.model.get("facts").redshift);
    this.slider.show(this.model.get("redshift"));
  }

  show(words) {
    write(this.note, words.growth);
  }
}

/** All controls of an explorer. */
export class Controls {
  constructor(model, link) {
    this.model = model;
    const set = (values) => link.set(values);
    const settled = () => link.does("settled");
    const choose = (values) => {
      set(values);
      settled();
    };
    this.redshift = new RedshiftControl(model, link);
    this.chosenModel = new Choice({ label: "model", title: "Which generator.", changed: (name) => choose({ model: name }) });
    this.kappa = new Slider({
      label: "\u03ba", title: "Scaling x = 2\u03c1/(\u03c1+\u03ba) \u2212 1, in cosmic mean densities.", unit: "\u03c1\u0304", log: true,
      changed: (kappa) => set({ kappa }), settled,
    });
    this.kappaNote = element("div", { class: "cl-hint" });
    this.own = element("input", { type: "checkbox", onchange: () => choose({
      display_kappa: this.own.checked ? model.get("kappa") : null,
    }) });
    this.ownRow = element("label", { class: "cl-check" }, this.own, "display has a \u03ba of its own");
    this.displayKappa = new Slider({
      label: "display \u03ba", title: "Scaling of the colours alone.", unit: "\u03c1\u0304", log: true,
      changed: (value) => set({ display_kappa: value }), settled,
    });
    this.seed = element("input", {
      type: "number", class: "cl-number cl-seed", step: "1", min: "0", "aria-label": "seed",
      onchange: () => choose({ seed: Math.max(0, Math.round(Number(this.seed.value))) }),
    });
    const roll = element("button", {
      type: "button", title: "Another universe: a random seed.",
      onclick: () => choose({ seed: Math.floor(Math.random() * 1e6) }),
    }, "new universe");
    this.directions = element("details", { class: "cl-directions" }, element("summary", {}, "latent directions"));
    this.steps = [];
    this.reference = new Choice({
      label: "beside", title: "Held-out simulation beside the generated field.",
      changed: (index) => index !== null && choose({ reference_index: index, own_box: null }),
    });
    this.plane = new Choice({ label: "plane", title: "Plane of the slices.", changed: (plane) => set({ plane }) });
    this.position = new Slider({
      label: "slice", title: "Voxel at which the plane cuts.", step: 1, unit: "",
      changed: (value) => {
        const slices = [...model.get("slices")];
        slices[NORMAL[model.get("plane")]] = value;
        set({ slices });
      }, settled,
    });
    this.colouring = new Choice({
      label: "colours", title: "What the colours show.", changed: (colouring) => choose({ colouring }),
    });
    this.low = new Slider({
      label: "darkest x", title: "Scaled density that has the first colour.", digits: 2,
      changed: (low) => set({ contrast: [Math.min(low, model.get("contrast")[1] - 0.02), model.get("contrast")[1]] }), settled,
    });
    this.high = new Slider({
      label: "brightest x", title: "Scaled density that has the last colour.", digits: 2,
      changed: (high) => set({ contrast: [model.get("contrast")[0], Math.max(high, model.get("contrast")[0] + 0.02)] }), settled,
    });
    this.rendering = new Choice({
      label: "volume", title: "How the volume is drawn.", changed: (rendering) => choose({ rendering }),
    });
    this.iso = new Slider({
      label: "surface at", title: "Density at which the surface stands.", unit: "\u03c1\u0304", log: true, digits: 1,
      changed: (value) => set({ iso_density: value }), settled,
    });
    this.undo = element("button", { type: "button", title: "Take the last change back.", onclick: () => link.does("undo") }, "undo");
    this.redo = element("button", { type: "button", title: "Bring it back.", onclick: () => link.does("redo") }, "redo");
    this.flat = this.tab("slices", () => choose({ ndisplay: 2 }));
    this.deep = this.tab("volume", () => choose({ ndisplay: 3 }));
    this.tabs = element("div", { class: "cl-tabs", role: "group", "aria-label": "view" }, this.flat, this.deep);
    this.slicing = element("div", { class: "cl-group" }, this.plane.node, this.position.node);
    this.looking = element("div", { class: "cl-group" }, this.rendering.node, this.iso.node);
    this.node = element(
      "section", { class: "cl-controls", "aria-label": "Controls" },
      element("div", { class: "cl-row" }, this.tabs, this.undo, this.redo),
      element("div", { class: "cl-group" }, this.chosenModel.node),
      this.redshift.node,
      element("div", { class: "cl-group" }, this.kappa.node, this.kappaNote, this.ownRow, this.displayKappa.node),
      element("div", { class: "cl-group" },
        element("div", { class: "cl-row" }, element("span", { class: "cl-label" }, "seed"), this.seed, roll)),
      this.directions,
      element("div", { class: "cl-group" }, this.reference.node),
      this.slicing, this.looking,
      element("details", {}, element("summary", {}, "colours"), this.colouring.node, this.low.node, this.high.node),
    );
    this.set = set;
    this.settled = settled;
  }

  tab(text, act) {
    return element("button", { type: "button", class: "cl-tab", onclick: act }, text);
  }

  update() {
    const { model } = this;
    const facts = model.get("facts");
    const get = (name) => model.get(name);
    this.redshift.update();
    this.chosenModel.show(facts.models.map((name) => [name, name]), get("model"));
    this.kappa.setLimits(facts.kappa);
    this.kappa.show(get("kappa"));
    write(this.kappaNote, `${facts.kappaText}; ${facts.kappaRole}`);
    const own = get("display_kappa") !== null;
    this.own.checked = own;
    this.ownRow.hidden = !facts.kappaConditions;
    this.displayKappa.node.hidden = !own;
    this.displayKappa.setLimits(facts.displayKappa);
    if (own) this.displayKappa.show(get("display_kappa"));
    if (document.activeElement !== this.seed) this.seed.value = get("seed");
    this.showDirections(facts);
    const references = facts.references.map((name, index) => [index, name]);
    if (facts.ownBox) references.unshift([null, facts.ownBox]);
    const beside = facts.ownBox ? null : get("reference_index");
    this.reference.show(references.length ? references : [[0, facts.noReference]], beside);
    this.plane.show(PLANES, get("plane"));
    this.position.setLimits([0, facts.n - 1]);
    this.position.show(get("slices")[NORMAL[get("plane")]]);
    this.colouring.show(COLOURINGS, get("colouring"));
    for (const [slider, end] of [[this.low, 0], [this.high, 1]]) {
      slider.setLimits([-1, 1]);
      slider.show(get("contrast")[end]);
    }
    this.rendering.show(RENDERINGS, get("rendering"));
    this.iso.setLimits(facts.isoDensity);
    this.iso.show(get("iso_density"));
    const volume = get("ndisplay") === 3;
    put(this.flat, "aria-pressed", String(!volume));
    put(this.deep, "aria-pressed", String(volume));
    this.slicing.hidden = volume;
    this.looking.hidden = !volume;
    this.iso.node.hidden = get("rendering") !== "iso";
    this.undo.disabled = !facts.canUndo;
    this.redo.disabled = !facts.canRedo;
  }

  show(words) {
    this.redshift.show(words);
  }

  showDirections(facts) {
    const names = facts.directions.join("\n");
    this.directions.hidden = facts.directions.length === 0;
    if (names !== this.names) {
      this.names = names;
      this.steps.forEach((slider) => slider.node.remove());
      this.steps = facts.directions.map((name, index) => new Slider({
        label: name, title: `Step along: ${name}, in standard deviations.`, unit: "\u03c3", digits: 1,
        changed: (value) => {
          const directions = [...this.model.get("directions")];
          directions[index] = value;
          this.set({ directions });
        }, settled: this.settled,
      }));
      this.directions.append(...this.steps.map((slider) => slider.node));
    }
    this.steps.forEach((slider, index) => {
      slider.setLimits(facts.direction);
      slider.show(this.model.get("directions")[index] ?? 0);
    });
  }
}
