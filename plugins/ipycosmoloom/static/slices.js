// Three slices side by side: generated, simulated, and their difference; a colour bar below.

import { element, put, Sheet, write } from "./dom.js";
import { density, difference, paint } from "./colours.js";
import { niceTicks } from "./axis.js";
import { drawBar, makeBar } from "./bar.js";

const LEFT = 34;
const TOP = 6;
const MARGINS = 38; // beside the image across, and beside it upwards: tiles are square
const WHOLE = [-1, 1];
const DIFFERENCES = [["\u22121", -1], ["\u22120.5", -0.5], ["0", 0], ["0.5", 0.5], ["1", 1]];

export class Slices {
  constructor(look, palettes) {
    this.look = look;
    this.palettes = palettes;
    this.levels = {};
    this.words = null;
    this.contrast = WHOLE;
    this.tiles = ["generated", "simulation", "difference"].map((kind) => this.tile(kind));
    this.bars = [makeBar(() => this.draw()), makeBar(() => this.draw())];
    this.readout = element("div", { class: "cl-readout", "aria-live": "off" });
    this.node = element(
      "section", { class: "cl-slices", "aria-label": "Slices" },
      element("div", { class: "cl-tiles" }, ...this.tiles.map((tile) => tile.node)),
      element("div", { class: "cl-bars" }, ...this.bars.map((bar) => bar.canvas)),
      this.readout,
    );
  }

  tile(kind) {
    const title = element("figcaption", { class: `cl-title cl-${kind}` });
    const sheet = new Sheet({ class: "cl-tile" }, () => this.draw());
    sheet.canvas.addEventListener("pointermove", (event) => this.point(event, kind));
    sheet.canvas.addEventListener("pointerleave", () => write(this.readout, "\u00a0"));
    return { kind, title, sheet, node: element("figure", { class: "cl-figure" }, title, sheet.canvas), image: element("canvas") };
  }

  show(words, arrays) {
    this.words = words;
    for (const kind of ["generated", "reference"]) {
      const levels = arrays[`slice.${kind}`];
      if (levels) this.levels[kind] = levels;
    }
    if (!words.hasReference) delete this.levels.reference;
    const { generated, reference } = this.levels;
    const both = reference && generated && reference.length === generated.length;
    this.shown = {
      generated, simulation: both ? reference : null, difference: both ? difference(generated, reference) : null,
    };
    this.draw();
  }

  /** Draw what is not on its sheet yet. */
  draw() {
    const { words, shown } = this;
    if (!words || !shown.generated) return;
    const both = shown.simulation !== null;
    const [titleOfGenerated, titleOfSimulation] = words.titles;
    const [across, up] = words.plane.split("-");
    const titles = {
      generated: titleOfGenerated,
      simulation: both ? titleOfSimulation : "no simulation of its kind",
      difference: both ? `Generated \u2212 ${titleOfSimulation.split(",")[0].toLowerCase()}` : "",
    };
    for (const tile of this.tiles) {
      write(tile.title, titles[tile.kind]);
      put(tile.sheet.canvas, "aria-label", `${titles[tile.kind]}: slice ${across}, ${up} of ${words.boxSize} Mpc/h`);
      tile.node.hidden = shown[tile.kind] === null && tile.kind === "difference";
      this.drawTile(tile, shown[tile.kind], across, up);
    }
    drawBar(this.bars[0], this.palettes[words.colouring], words.ticks, words.colourText, this.contrast, this.look);
    this.bars[1].canvas.hidden = !both;
    drawBar(this.bars[1], this.palettes.difference, DIFFERENCES, "difference of the scaled fields", WHOLE, this.look);
  }

  drawTile(tile, levels, across, up) {
    const { width } = tile.sheet;
    if (!width) return;
    const side = width - MARGINS;
    const frame = [width, across, up, this.words.boxSize, levels === null, this.look.version].join();
    if (tile.frame !== frame) {
      [tile.frame, tile.levels] = [frame, null];
      this.drawAxes(tile.sheet.clear(), side, across, up);
    }
    const difference = tile.kind === "difference";
    const table = this.palettes[difference ? "difference" : this.words.colouring].within(difference ? WHOLE : this.contrast);
    if (levels === null || (tile.levels === levels && tile.table === table)) return;
    [tile.levels, tile.table] = [levels, table];
    const n = Math.round(Math.sqrt(levels.length));
    if (!tile.data || tile.image.width !== n) {
      [tile.image.width, tile.image.height] = [n, n];
      tile.data = tile.image.getContext("2d").createImageData(n, n);
    }
    paint(levels, table, tile.data);
    tile.image.getContext("2d").putImageData(tile.data, 0, 0);
    const context = tile.sheet.canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(tile.image, LEFT, TOP, side, side);
  }

  drawAxes(context, side, across, up) {
    const { boxSize } = this.words;
    const { colours } = this.look;
    context.strokeStyle = colours.line;
    context.strokeRect(LEFT - 0.5, TOP - 0.5, side + 1, side + 1);
    context.fillStyle = colours.muted;
    context.font = `10px ${colours.font}`;
    const ticks = niceTicks(boxSize, side < 150 ? 3 : 5);
    for (const tick of ticks) {
      const [x, y] = [LEFT + (tick / boxSize) * side, TOP + side - (tick / boxSize) * side];
      context.fillRect(x - 0.5, TOP + side, 1, 4);
      context.fillRect(LEFT - 4, y - 0.5, 4, 1);
      context.textAlign = "center";
      context.fillText(String(tick), x, TOP + side + 14);
      context.textAlign = "right";
      context.fillText(String(tick), LEFT - 6, y + 3.5);
    }
    context.textAlign = "center";
    context.fillText(`${across} [Mpc/h]`, LEFT + side / 2, TOP + side + 27);
    context.save();
    context.translate(9, TOP + side / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(`${up} [Mpc/h]`, 0, 0);
    context.restore();
  }

  /** Say which density lies below the pointer. */
  point(event, kind) {
    const levels = kind === "simulation" ? this.levels.reference : this.levels.generated;
    const side = event.target.clientWidth - MARGINS;
    const [a, b] = [(event.offsetX - LEFT) / side, 1 - (event.offsetY - TOP) / side];
    if (!levels || !this.words || a < 0 || a >= 1 || b < 0 || b >= 1) return;
    const n = Math.round(Math.sqrt(levels.length));
    const at = (n - 1 - Math.floor(b * n)) * n + Math.floor(a * n);
    const { plane, boxSize, kappa, colouring } = this.words;
    const [across, up] = plane.split("-");
    const where = `${across} = ${(a * boxSize).toFixed(1)}, ${up} = ${(b * boxSize).toFixed(1)} Mpc/h`;
    let what = "";
    if (colouring === "density" && kind === "difference" && this.levels.reference) {
      const both = [this.levels.generated, this.levels.reference].map((l) => density(l[at], kappa).toPrecision(2));
      what = `: \u03c1/\u03c1\u0304 \u2248 ${both[0]} generated, ${both[1]} simulated`;
    } else if (colouring === "density") {
      what = `: \u03c1/\u03c1\u0304 \u2248 ${density(levels[at], kappa).toPrecision(2)}`;
    }
    write(this.readout, where + what);
  }
}
