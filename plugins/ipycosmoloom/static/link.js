// The line to the kernel: changes go one at a time, the newest wins, and what was shown is acknowledged.

const PATIENCE = 2000; // longest wait for a word of the kernel [ms]
const PULSE = 10000; // how often a quiet line is tried [ms]
const AHEAD = 2; // questions before the picture shown: one is computed, one waits, and each costs the notebook a blink
const PACE = 30; // shortest time between two changes [ms]
const SLOWEST = 150; // longest time that a newer change waits for a picture [ms]

export class Link {
  /** onMessage(content, buffers) takes messages, onState(state) one of "live", "silent", "away", "gone". */
  constructor(model, { webgl, onMessage, onState }) {
    this.model = model;
    this.page = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    this.webgl = webgl;
    this.onMessage = onMessage;
    this.onState = onState;
    this.onHeard = () => {}; // told the number of the last question that the kernel works on
    this.asked = 0; // that number
    this.answered = 0; // the same of the picture that came last
    this.state = "live";
    this.number = 0;
    this.awaited = 0; // number of the change whose answer is due, 0 for none
    this.sent = 0; // when the last change went [ms]
    this.unsent = {};
    this.unheard = {}; // what went with it, and with those before it that were not answered
    this.lost = false; // whether the connection was, since the last change
    this.shown = 0; // number of the last message that was painted
    this.onCustom = (content, buffers) => this.receive(content, buffers);
    this.onLive = () => (this.kernel ? this.look() : this.turn("gone"));
    model.on("msg:custom", this.onCustom);
    model.on("comm_live_update", this.onLive);
    this.kernel = model.widget_manager?.kernel ?? null; // not every notebook shows it
    this.onKernel = () => this.look();
    this.kernel?.statusChanged?.connect(this.onKernel);
    this.kernel?.connectionStatusChanged?.connect(this.onKernel);
    this.pulse = setInterval(() => document.hidden || this.probe(), PULSE);
    this.greet();
  }

  greet() {
    this.send({ kind: "hello", page: this.page, webgl: this.webgl });
  }

  /** Ask for other values; while one change is on its way, later ones wait and only the newest of each goes. */
  set(values) {
    Object.assign(this.unsent, values);
    this.flushInTime();
  }

  /** Do something with what was set until now. */
  does(what) {
    if (this.hasUnsent) this.flush();
    this.send({ kind: "do", what });
  }

  /** Tell what was painted, together with the next change if one is about to go. */
  acknowledge(number) {
    this.shown = Math.max(this.shown, number);
    if (this.hasUnsent) this.flushInTime();
    else this.send({ kind: "ack", number: this.shown });
  }

  get hasUnsent() {
    return Object.keys(this.unsent).length > 0;
  }

  /** Ask for nothing but an answer; where nobody tells of lost connections, an old question may be lost, too. */
  probe() {
    if (this.awaited === 0 || !this.kernel) this.flush();
  }

  close() {
    clearInterval(this.pulse);
    clearTimeout(this.pacing);
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.onCustom);
    this.model.off("comm_live_update", this.onLive);
    this.kernel?.statusChanged?.disconnect(this.onKernel);
    this.kernel?.connectionStatusChanged?.disconnect(this.onKernel);
    if (this.state !== "gone") this.send({ kind: "bye", page: this.page });
  }

  flushInTime() {
    if (this.awaited !== 0 || !this.hasUnsent) return;
    clearTimeout(this.pacing);
    const pause = this.asked - this.answered < AHEAD ? PACE : SLOWEST;
    const early = this.sent + pause - performance.now();
    if (early > 0) this.pacing = setTimeout(() => this.flushInTime(), early);
    else this.flush();
  }

  flush() {
    this.sent = performance.now();
    this.number += 1;
    this.awaited = this.number;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn("silent"), PATIENCE);
    const values = this.unsent;
    this.unheard = { ...this.unheard, ...values };
    this.unsent = {};
    this.send({ kind: "set", values, number: this.number, shown: this.shown });
  }

  send(content) {
    if (this.state === "gone") return;
    try {
      this.model.send(content);
    } catch {
      this.turn("gone");
    }
  }

  receive(content, buffers) {
    if (content.kind === "heard") {
      if (content.number !== this.awaited) return; // an answer to another page
      clearTimeout(this.timer);
      this.awaited = 0;
      this.unheard = {};
      const wasAway = this.state !== "live";
      this.turn("live");
      this.asked = content.serial;
      this.onHeard(content.serial);
      if (wasAway) this.greet();
      this.flushInTime();
      return;
    }
    if (content.kind === "frame") this.answered = content.serial;
    this.onMessage(content, buffers ?? []);
  }

  /** Look what became of the kernel: what it was told about us is gone when it starts anew. */
  look() {
    const { status, connectionStatus } = this.kernel ?? {};
    if (["restarting", "autorestarting", "terminating", "dead"].includes(status)) this.turn("gone");
    else if (connectionStatus && connectionStatus !== "connected") {
      this.lost = true;
      this.turn("away");
    } else if (this.lost) {
      this.lost = false;
      this.unsent = { ...this.unheard, ...this.unsent }; // it may have been lost on the way
      this.flush();
    }
  }

  turn(state) {
    if (this.state === "gone" || this.state === state) return;
    this.state = state;
    this.onState(state);
  }
}
