// One line that always tells what the explorer is doing, and why nothing moves if nothing does.

import { element, put, write } from "./dom.js";

const PATIENCE = 2500; // a picture that takes longer is explained [ms]
const LONG = 20000; // the same while the kernel computes [ms]
const TEXTS = {
  silent: "No answer from the kernel. It may be busy with a cell; the explorer goes on by itself when it answers.",
  away: "No connection to the kernel; trying again. Nothing is lost, the explorer goes on once it is back.",
  gone: "The kernel was restarted or shut down, and this explorer went with it. Run its cell again for a new one.",
  closed: "This explorer was closed. Run its cell again for a new one.",
  waiting: "The kernel is busy with a cell. The picture follows when that has ended, or is interrupted.",
};

export class Status {
  constructor(root) {
    this.root = root;
    this.line = element("div", { class: "cl-status", role: "status", "aria-live": "polite" });
    this.alert = element("div", { class: "cl-alert", role: "alert", hidden: true });
    this.node = element("div", { class: "cl-footer" }, this.alert, this.line);
    this.connection = "live";
    this.error = "";
    this.busy = false;
    this.timings = "loading the model";
    this.asked = 0;
    this.shown = 0;
    this.timer = 0;
    this.write();
  }

  /** The kernel works on a question; later pictures carry its number. */
  ask(serial) {
    this.asked = serial;
    if (serial > this.shown && !this.timer) this.wait(PATIENCE);
  }

  /** A picture came. */
  arrived(serial, timings) {
    this.shown = serial;
    this.late = false;
    this.error = "";
    this.timings = timings || this.timings;
    if (serial >= this.asked) this.wait(0);
    else this.wait(PATIENCE);
    this.write();
  }

  setBusy(busy) {
    this.busy = busy;
    if (busy) {
      this.late = false;
      this.wait(LONG);
    }
    this.write();
  }

  setError(text) {
    this.wait(0);
    this.error = text;
    this.write();
  }

  /** Explain what is going on if it goes on for so long; 0 stops waiting. */
  wait(time) {
    clearTimeout(this.timer);
    this.timer = time && setTimeout(() => {
      this.timer = 0;
      this.late = this.asked > this.shown;
      this.write();
    }, time);
  }

  setConnection(state) {
    this.connection = state;
    this.write();
  }

  write() {
    const gone = this.connection === "gone" || this.connection === "closed";
    const text = TEXTS[this.connection] ?? (this.error || (this.late ? TEXTS.waiting : ""));
    this.alert.hidden = text === "";
    write(this.alert, text);
    write(this.line, gone ? "" : `${this.busy ? "computing \u2026  " : ""}${this.timings}`);
    this.root.classList.toggle("cl-gone", gone);
    put(this.root, "data-state", this.connection !== "live" ? this.connection : this.error ? "error" : this.late ? "waiting" : "live");
  }
}
