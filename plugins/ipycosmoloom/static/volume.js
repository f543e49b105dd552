// Both volumes side by side, turned together by mouse or keys; pictures of the kernel where there is no WebGL 2.

import { beforePainting, element, Sheet, theme } from "./dom.js";
import { EDGES, hidden, orbit, seen, tickEdge } from "./matrix.js";
import { Gpu, RENDERINGS } from "./gpu.js";
import { between } from "./axis.js";
import { drawBar, makeBar } from "./bar.js";

const SPAN = 2.15; // sides of the box that a view holds at zoom 1
const SLOW = 45; // longest drawing while something moves [ms]
const SETTLED = 250; // without a move for so long, the picture becomes fine [ms]
const TURN = 5; // degrees per key

export class Volume {
  /** moved(camera) is called when the camera came to rest. */
  constructor(look, { webgl, palettes, moved }) {
    this.look = look;
    this.palettes = palettes;
    this.moved = moved;
    this.webgl = webgl;
    this.camera = [-28, 22, 1];
    this.settings = { rendering: "attenuated", contrast: [-1, 1], isoDensity: 10 };
    this.levels = {};
    this.pictures = {};
    this.coarseness = 1;
    this.canvas = element("canvas", { class: "cl-volume-pixels", "aria-hidden": "true" });
    this.sheet = new Sheet({
      class: "cl-volume-overlay", tabindex: "0", role: "application",
      "aria-label": "Volumes. Arrow keys turn them, plus and minus zoom, Home puts them back.",
    }, () => this.draw());
    this.overlay = this.sheet.canvas;
    this.stage = element("div", { class: "cl-stage" }, this.canvas, this.overlay);
    this.bar = makeBar(() => this.draw());
    this.node = element("section", { class: "cl-volume", "aria-label": "Volume" }, this.stage, this.bar.canvas);
    this.listen();
  }

  show(words, arrays) {
    this.words = words;
    for (const kind of ["generated", "reference"]) {
      const levels = arrays[`volume.${kind}`];
      if (levels) {
        this.levels[kind] = levels;
        this.gpu?.upload(kind, levels, words.n);
      }
      if (arrays[`picture.${kind}`]) this.picture(kind, arrays[`picture.${kind}`]);
    }
    if (!words.hasReference) {
      delete this.levels.reference;
      delete this.pictures.reference;
      this.gpu?.forget("reference");
    }
    this.touch();
  }

  /** Draw at once, coarsely if that takes long, and finely when nothing moves any more. */
  touch() {
    this.draw(this.coarseness);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.coarseness > 1 && this.draw(1), SETTLED);
  }

  draw(coarseness = 1) {
    const { width, height } = this.sheet;
    if (!this.words || !width || !height || this.node.hidden) return;
    this.drawOverlay(width, height);
    if (!this.webgl) return;
    const began = performance.now();
    if (!this.gpu && !this.start()) return;
    const scale = Math.min(window.devicePixelRatio || 1, 2) / coarseness;
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== w || this.canvas.height !== h) [this.canvas.width, this.canvas.height] = [w, h];
    const { kappa } = this.words;
    const { isoDensity, rendering, contrast } = this.settings;
    const parts = this.parts(w, h);
    this.gpu.draw(parts, orbit(this.camera), {
      palette: this.palettes[this.words.colouring], contrast, rendering: RENDERINGS.includes(rendering) ? rendering : "mip",
      surface: isoDensity / (isoDensity + kappa), attenuation: 6, fineness: coarseness > 1 ? 1 : 2, span: SPAN / this.camera[2],
    });
    const took = (performance.now() - began) * coarseness * coarseness;
    this.coarseness = Math.min(4, Math.max(1, Math.sqrt(took / SLOW)));
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.resting);
    this.stop();
  }

  /** Give the graphics card's memory back; a page has few contexts. */
  stop() {
    this.gpu?.close();
    this.gpu = null;
    const fresh = this.canvas.cloneNode();
    this.canvas.replaceWith(fresh);
    this.canvas = fresh;
  }

  start() {
    try {
      this.gpu = new Gpu(this.canvas);
    } catch {
      this.overlay.getContext("2d").fillText("The browser gives no WebGL context: close other volumes.", 20, 40);
      return false;
    }
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      if (this.gpu) this.stop();
    });
    for (const [kind, levels] of Object.entries(this.levels)) this.gpu.upload(kind, levels, this.words.n);
    return true;
  }

  /** Where each volume is drawn, in pixels from the lower left corner: side by side, or one above the other. */
  parts(width, height) {
    if (!this.words.hasReference) return [{ name: "generated", x: 0, y: 0, width, height }];
    const beside = width >= height;
    const [w, h] = beside ? [width / 2, height] : [width, height / 2];
    return [
      { name: "generated", x: 0, y: beside ? 0 : h, width: w, height: h },
      { name: "reference", x: beside ? w : 0, y: 0, width: w, height: h },
    ].map((part) => ({ ...part, ...Object.fromEntries(["x", "y", "width", "height"].map((k) => [k, Math.round(part[k])])) }));
  }

  picture(kind, bytes) {
    const image = new Image();
    image.onload = () => {
      URL.revokeObjectURL(image.src);
      this.pictures[kind] = image;
      this.draw();
    };
    image.src = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  }

  drawOverlay(width, height) {
    const { look, words } = this;
    if (this.version !== look.version) [this.version, this.colours] = [look.version, theme(this.stage)];
    const { colours } = this;
    drawBar(this.bar, this.palettes[words.colouring], words.ticks, words.colourText, this.settings.contrast, look);
    const context = this.sheet.clear();
    const view = orbit(this.camera);
    const titles = [this.words.titles[0], this.words.titles[1]];
    this.parts(width, height).forEach((part, index) => {
      const side = (Math.min(part.width, part.height) * this.camera[2]) / SPAN;
      const [x, y] = [part.x + part.width / 2, height - part.y - part.height / 2];
      const place = (point) => {
        const [a, b] = seen(point, view);
        return [x + a * side, y - b * side];
      };
      const picture = this.webgl ? null : this.pictures[part.name];
      context.save();
      context.beginPath();
      context.rect(part.x, height - part.y - part.height, part.width, part.height);
      context.clip();
      if (picture) {
        const [w, h] = [side * 1.75, side * 1.75];
        context.drawImage(picture, x - w / 2, y - h / 2, w, h);
      }
      this.drawFrame(context, view, place, colours);
      context.fillStyle = index === 0 ? colours.generated : colours.simulation;
      context.font = `600 12px ${colours.font}`;
      context.textAlign = "left";
      context.fillText(titles[index], part.x + 10, height - part.y - part.height + 17, part.width - 20);
      context.restore();
    });
  }

  drawFrame(context, view, place, colours) {
    context.strokeStyle = colours.muted;
    for (const edge of EDGES) {
      if (hidden(edge, view)) continue; // it would cross the volume
      context.globalAlpha = 0.6;
      context.beginPath();
      context.moveTo(...place(edge.start));
      context.lineTo(...place(edge.end));
      context.stroke();
    }
    context.globalAlpha = 1;
    context.fillStyle = colours.muted;
    context.font = `10px ${colours.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const { boxSize } = this.words;
    for (let axis = 0; axis < 3; axis += 1) {
      const edge = tickEdge(axis, view);
      if (!edge) continue;
      const outwards = edge.start.map((value, i) => (i === axis ? 0 : value - 0.5));
      const at = (share, far) => place(edge.start.map((value, i) => (i === axis ? share : value + far * outwards[i])));
      const [[ax, ay], [bx, by]] = [at(0, 0), at(1, 0)];
      if (Math.hypot(bx - ax, by - ay) < 40) continue; // seen from its end
      for (const tick of between(0, boxSize, 4)) context.fillText(String(tick), ...at(tick / boxSize, 0.12));
      context.fillText(`${"xyz"[axis]} [Mpc/h]`, ...at(0.5, 0.36));
    }
    context.textBaseline = "alphabetic";
  }

  listen() {
    const { overlay } = this;
    overlay.addEventListener("pointerdown", (event) => {
      overlay.setPointerCapture(event.pointerId);
      this.held = [event.clientX, event.clientY];
    });
    overlay.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      const [x, y] = this.held;
      this.held = [event.clientX, event.clientY];
      this.turn(-(event.clientX - x) * 0.5, (event.clientY - y) * 0.5, 1);
    });
    for (const end of ["pointerup", "pointercancel"]) overlay.addEventListener(end, () => (this.held = null));
    overlay.addEventListener("wheel", (event) => {
      if (document.activeElement !== overlay) return; // the page scrolls until the volume was clicked
      event.preventDefault();
      this.turn(0, 0, Math.exp(-event.deltaY * 0.001));
    }, { passive: false });
    overlay.addEventListener("keydown", (event) => {
      const move = {
        ArrowLeft: [TURN, 0, 1], ArrowRight: [-TURN, 0, 1], ArrowUp: [0, TURN, 1], ArrowDown: [0, -TURN, 1],
        "+": [0, 0, 1.1], "=": [0, 0, 1.1], "-": [0, 0, 1 / 1.1],
      }[event.key];
      if (move) this.turn(...move);
      else if (event.key === "Home") this.aim([-28, 22, 1]);
      else return;
      event.preventDefault();
      event.stopPropagation(); // keys of the notebook
    });
  }

  turn(yaw, pitch, zoom) {
    const [a, b, size] = this.camera;
    this.aim([(a + yaw) % 360, Math.min(90, Math.max(-90, b + pitch)), Math.min(6, Math.max(0.4, size * zoom))]);
  }

  aim(camera) {
    this.camera = camera;
    clearTimeout(this.resting);
    if (this.webgl) this.resting = setTimeout(() => this.moved(this.camera), SETTLED);
    else this.moved(camera);
    if (!this.drawing) {
      this.drawing = true;
      beforePainting(() => {
        this.drawing = false;
        this.touch();
      });
    }
  }
}
