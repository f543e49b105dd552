// Statistics, drawn in place: axes that stay, held-out bands, curves that follow.

import { element, put, Sheet, write } from "./dom.js";
import { between, decades, tickText } from "./axis.js";

const MARGIN = { left: 46, right: 10, top: 20, bottom: 32 };

export class Plots {
  constructor(look) {
    this.look = look;
    this.panels = new Map();
    this.words = null;
    this.grid = element("div", { class: "cl-plots" });
    this.note = element("div", { class: "cl-note" });
    const legend = element("div", { class: "cl-legend", "aria-hidden": "true" });
    for (const [kind, text] of [
      ["generated", "generated"], ["simulation", "simulation shown"], ["median", "held-out median"],
      ["band", "held-out 16\u201384 %"], ["beyond", "not trusted to 5 %"],
    ]) {
      legend.append(element("span", {}, element("i", { class: `cl-key cl-key-${kind}` }), text));
    }
    this.node = element(
      "section", { class: "cl-statistics", "aria-label": "Statistics" }, legend, this.grid, this.note,
    );
  }

  show(words, buffers) {
    this.words = words;
    words.panels.forEach((panel, index) => {
      const values = new Float32Array(buffers[index].buffer.slice(
        buffers[index].byteOffset, buffers[index].byteOffset + buffers[index].byteLength,
      ));
      const length = values.length / panel.rows.length;
      panel.curves = Object.fromEntries(
        panel.rows.map((row, i) => [row, values.subarray(i * length, (i + 1) * length)]),
      );
    });
    const keys = words.panels.map((panel) => panel.key).join();
    if (keys !== this.keys) {
      this.keys = keys;
      this.panels = new Map(words.panels.map((panel) => {
        const wide = panel.key === "power" || panel.key === "ratio";
        return [panel.key, new Sheet({ class: `cl-plot${wide ? " cl-plot-wide" : ""}` }, () => this.drawPanel(panel.key))];
      }));
      this.grid.replaceChildren(...[...this.panels.values()].map((sheet) => sheet.canvas));
    }
    write(this.note, words.text);
    this.draw();
  }

  draw() {
    for (const key of this.panels.keys()) this.drawPanel(key);
  }

  drawPanel(key) {
    const panel = this.words.panels.find((each) => each.key === key);
    const sheet = this.panels.get(key);
    const { width, height } = sheet;
    if (!width || !panel) return;
    const { colours } = this.look;
    put(sheet.canvas, "aria-label", `${panel.title}: ${panel.yLabel} over ${panel.xLabel}`);
    const context = sheet.clear();
    const area = {
      x: MARGIN.left, y: MARGIN.top,
      w: width - MARGIN.left - MARGIN.right, h: height - MARGIN.top - MARGIN.bottom,
    };
    const x = scaling(panel.xLimits, panel.xLog, area.x, area.x + area.w);
    const y = scaling(panel.yLimits, panel.yLog, area.y + area.h, area.y);
    this.drawAxes(context, panel, area, x, y, colours);
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.w, area.h);
    context.clip();
    const line = (row, colour, dash, thick) => {
      if (!panel.curves[row]) return;
      context.setLineDash(dash);
      context.strokeStyle = colour;
      context.lineWidth = thick;
      context.stroke(outline(panel, row, x, y));
    };
    if (panel.curves.low) {
      context.globalAlpha = 0.28;
      context.fillStyle = colours.simulation;
      context.fill(closed(panel, x, y));
      context.globalAlpha = 1;
    }
    line("median", panel.curves.low ? colours.simulation : colours.muted, [5, 3], 1.2);
    line("reference", colours.simulation, [], 1.4);
    line("generated", colours.generated, [], 2);
    context.restore();
  }

  drawAxes(context, panel, area, x, y, colours) {
    context.fillStyle = colours.panel;
    context.fillRect(area.x, area.y, area.w, area.h);
    if (panel.shaded) {
      const [from, to] = panel.shaded.map((value) => Math.min(area.x + area.w, Math.max(area.x, x(value))));
      context.globalAlpha = 0.18;
      context.fillStyle = colours.muted;
      context.fillRect(from, area.y, to - from, area.h);
      context.globalAlpha = 1;
    }
    context.font = `10px ${colours.font}`;
    context.lineWidth = 1;
    context.strokeStyle = colours.line;
    context.fillStyle = colours.muted;
    const ticksOf = (limits, log, most) => (log ? decades(...limits, most) : between(...limits, most));
    context.textAlign = "center";
    let free = -Infinity;
    for (const tick of ticksOf(panel.xLimits, panel.xLog, Math.max(2, area.w / 50))) {
      context.strokeRect(x(tick), area.y, 0, area.h);
      if (x(tick) - free < 24) continue;
      free = x(tick);
      context.fillText(tickText(tick), x(tick), area.y + area.h + 12);
    }
    context.textAlign = "right";
    for (const tick of ticksOf(panel.yLimits, panel.yLog, Math.max(2, area.h / 28))) {
      context.strokeRect(area.x, y(tick), area.w, 0);
      context.fillText(tickText(tick), area.x - 4, y(tick) + 3.5);
    }
    context.strokeRect(area.x, area.y, area.w, area.h);
    context.fillStyle = colours.text;
    context.textAlign = "left";
    context.font = `600 11px ${colours.font}`;
    context.fillText(panel.title, area.x, 13, area.w);
    context.font = `10px ${colours.font}`;
    context.textAlign = "center";
    context.fillText(panel.xLabel, area.x + area.w / 2, area.y + area.h + 27, area.w + 30);
    context.save();
    context.translate(9, area.y + area.h / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(panel.yLabel, 0, 0, area.h + 20);
    context.restore();
  }
}

/** Return a function from a value to its pixel. */
function scaling([low, high], log, from, to) {
  const map = log ? (value) => Math.log(Math.max(value, 1e-30)) : (value) => value;
  const [a, b] = [map(low), map(high)];
  return (value) => from + ((map(value) - a) / (b - a)) * (to - from);
}

/** Points of a curve; a histogram's are the corners of its steps. */
function points(panel, row, x, y) {
  const [xs, ys] = [panel.curves.x, panel.curves[row]];
  const found = [];
  for (let i = 0; i < xs.length; i += 1) {
    if (!Number.isFinite(ys[i])) continue;
    if (panel.steps) {
      const before = i > 0 ? (xs[i - 1] + xs[i]) / 2 : xs[i] - (xs[i + 1] - xs[i]) / 2;
      const after = i < xs.length - 1 ? (xs[i] + xs[i + 1]) / 2 : xs[i] + (xs[i] - xs[i - 1]) / 2;
      found.push([x(before), y(ys[i])], [x(after), y(ys[i])]);
    } else {
      found.push([x(xs[i]), y(ys[i])]);
    }
  }
  return found;
}

function outline(panel, row, x, y) {
  const path = new Path2D();
  for (const [px, py] of points(panel, row, x, y)) path.lineTo(px, py);
  return path;
}

/** The band between both percentiles. */
function closed(panel, x, y) {
  const path = new Path2D();
  for (const [px, py] of points(panel, "low", x, y)) path.lineTo(px, py);
  for (const [px, py] of points(panel, "high", x, y).reverse()) path.lineTo(px, py);
  path.closePath();
  return path;
}
