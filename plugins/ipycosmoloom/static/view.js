// An explorer, or parts of one, in a cell's output.

import { beforePainting, element, Look } from "./dom.js";
import { Palette } from "./colours.js";
import { Link } from "./link.js";
import { Slices } from "./slices.js";
import { Volume } from "./volume.js";
import { hasWebGL } from "./gpu.js";
import { Plots } from "./plots.js";
import { Controls, RedshiftControl } from "./controls.js";
import { Status } from "./status.js";

const LOADING = [0, 100, 300, 1000, 3000]; // when to look whether a theme has been loaded [ms]

function render({ model, el }) {
  const parts = model.get("parts");
  const has = (part) => parts.includes(part);
  const root = element("div", { class: "cosmoloom" });
  root.addEventListener("focusin", ({ target }) => target.setAttribute("data-lm-suppress-shortcuts", "true")); // of JupyterLab
  el.append(root);
  const palettes = Object.fromEntries(Object.entries(model.get("palettes")).map(([name, table]) => [name, new Palette(name, table)]));
  const look = new Look(root);
  const webgl = has("volume") && hasWebGL();
  const status = new Status(root);
  const link = new Link(model, { webgl, onMessage: receive, onState: (state) => status.setConnection(state) });
  link.onHeard = (serial) => status.ask(serial);
  const slices = has("slices") ? new Slices(look, palettes) : null;
  const volume = has("volume")
    ? new Volume(look, { webgl, palettes, moved: (camera) => link.set({ camera }) })
    : null;
  const plots = has("statistics") ? new Plots(look) : null;
  const controls = has("controls") ? new Controls(model, link) : has("redshift") ? new RedshiftControl(model, link) : null;
  const pictures = [slices, volume, plots].filter((part) => part !== null).map((part) => part.node);
  const shown = pictures.length ? [element("div", { class: "cl-pictures" }, ...pictures)] : [];
  root.append(element(
    "div", { class: `cl-body${has("controls") ? " cl-whole" : ""}` },
    ...(controls ? [controls.node] : []), ...shown, status.node,
  ));

  const waiting = new Map(); // what came since the last painting, by kind: the newest wins

  function receive(content, buffers) {
    if (content.kind === "frame" || content.kind === "statistics") {
      const before = waiting.get(content.kind);
      waiting.set(content.kind, merged(before, content, buffers));
      if (waiting.size === 1 && !before) beforePainting(paintAll);
    } else if (content.kind === "busy") status.setBusy(content.busy);
    else if (content.kind === "error") status.setError(content.text);
    else if (content.kind === "closed") status.setConnection("closed");
  }

  /** Arrays of a frame that was never painted still count where the newer frame brings none of its own. */
  function merged(before, content, buffers) {
    if (content.kind !== "frame") return { content, buffers };
    const arrays = { ...(before?.arrays ?? {}) };
    content.arrays.forEach((name, index) => {
      const { buffer, byteOffset, byteLength } = buffers[index];
      arrays[name] = new Uint8Array(buffer, byteOffset, byteLength);
    });
    return { content, arrays };
  }

  function paintAll() {
    const [frame, statistics] = [waiting.get("frame"), waiting.get("statistics")];
    waiting.clear();
    if (frame) {
      slices?.show(frame.content, frame.arrays);
      volume?.show(frame.content, frame.arrays);
      controls?.show(frame.content);
      status.arrived(frame.content.serial, frame.content.timings);
      root.dataset.redshift = frame.content.redshift;
      root.dataset.serial = frame.content.serial;
    }
    if (statistics) {
      plots?.show(statistics.content, statistics.buffers);
      root.dataset.plotted = statistics.content.redshift;
    }
    const last = Math.max(frame?.content.number ?? 0, statistics?.content.number ?? 0);
    if (last) link.acknowledge(last);
    root.dispatchEvent(new CustomEvent("cosmoloom-shown"));
  }

  let drawn = ""; // how the volume was last drawn

  function update() {
    controls?.update();
    const flat = !(slices && volume) || model.get("ndisplay") === 2;
    if (slices) {
      slices.node.hidden = !flat;
      slices.contrast = model.get("contrast");
      slices.draw();
    }
    if (volume) {
      const shown = !slices || !flat;
      volume.node.hidden = !shown;
      if (!shown) volume.stop();
      const settings = {
        rendering: model.get("rendering"), contrast: model.get("contrast"), isoDensity: model.get("iso_density"),
      };
      const wanted = JSON.stringify([settings, model.get("camera"), shown]);
      if (wanted === drawn) return;
      drawn = wanted;
      volume.settings = settings;
      if (shown && !volume.held) volume.camera = model.get("camera");
      if (shown) volume.touch();
    }
  }

  model.on("change", update);
  const themes = new MutationObserver(() => LOADING.forEach((time) => setTimeout(recolour, time)));
  themes.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name"] });
  /** The notebook changes its theme; the theme's colours come later than its name. */
  function recolour() {
    if (!root.isConnected || !look.renew()) return;
    slices?.draw();
    plots?.draw();
    volume?.draw();
  }
  update();
  return () => {
    model.off("change", update);
    themes.disconnect();
    volume?.close();
    link.close();
  };
}

export default { render };
