// The line to the kernel: changes go one at a time, the newest wins, and what was shown is acknowledged.

const PATIENCE = 2000; // longest wait for a word of the kernel [ms]
const PULSE = 10000; // how often a quiet line is tried [ms]

export class Link {
  /** onMessage(content, buffers) takes messages, onState(state) one of "live", "silent", "away", "gone". */
  constructor(model, { webgl, onMessage, onState }) {
    this.model = model;
    this.page = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
    this.webgl = webgl;
    this.onMessage = onMessage;
    this.onState = onState;
    this.onHeard = () => {}; // told the number of the last question that the kernel works on
    this.state = "live";
    this.number = 0;
    this.awaited = 0; // number of the change whose answer is due, 0 for none
    this.unsent = {};
    this.onCustom = (content, buffers) => this.receive(content, buffers);
    this.onLive = () => (this.kernel ? this.look() : this.turn("gone"));
    model.on("msg:custom", this.onCustom);
    model.on("comm_live_update", this.onLive);
    this.kernel = model.widget_manager?.kernel ?? null; // not every notebook shows it
    this.onKernel = () => this.look();
    this.kernel?.statusChanged?.connect(this.onKernel);
    this.kernel?.connectionStatusChanged?.connect(this.onKernel);
    this.pulse = setInterval(() => document.hidden || this.set({}), PULSE);
    this.greet();
  }

  greet() {
    this.send({ kind: "hello", page: this.page, webgl: this.webgl });
  }

  /** Ask for other values; while one change is on its way, later ones wait and only the newest of each goes. */
  set(values) {
    Object.assign(this.unsent, values);
    if (this.awaited === 0) this.flush();
  }

  does(what) {
    this.send({ kind: "do", what });
  }

  acknowledge(number) {
    this.send({ kind: "ack", number });
  }

  close() {
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.onCustom);
    this.model.off("comm_live_update", this.onLive);
    this.kernel?.statusChanged?.disconnect(this.onKernel);
    this.kernel?.connectionStatusChanged?.disconnect(this.onKernel);
    if (this.state !== "gone") this.send({ kind: "bye", page: this.page });
  }

  flush() {
    this.number += 1;
    this.awaited = this.number;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn("silent"), PATIENCE);
    const values = this.unsent;
    this.unsent = {};
    this.send({ kind: "set", values, number: this.number });
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
      const wasAway = this.state !== "live";
      this.turn("live");
      this.onHeard(content.serial);
      if (wasAway) this.greet();
      if (Object.keys(this.unsent).length) this.flush();
      return;
    }
    this.onMessage(content, buffers ?? []);
  }

  /** Look what became of the kernel: what it was told about us is gone when it starts anew. */
  look() {
    const { status, connectionStatus } = this.kernel ?? {};
    if (["restarting", "autorestarting", "terminating", "dead"].includes(status)) this.turn("gone");
    else if (connectionStatus && connectionStatus !== "connected") this.turn("away");
    else if (connectionStatus && this.state === "away") this.set({});
  }

  turn(state) {
    if (this.state === "gone" || this.state === state) return;
    this.state = state;
    this.onState(state);
  }
}
