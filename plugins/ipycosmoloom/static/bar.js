// The meaning of colours: a bar with ticks.

import { element, prepare } from "./dom.js";

const HEIGHT = 44;
const MARGIN = 12;
const CLOSEST = 26; // pixels between two ticks

export function makeBar() {
  return element("canvas", { class: "cl-bar", role: "img" });
}

/** Draw a palette between two ends of the scale, with ticks as pairs of text and place. */
export function drawBar(canvas, palette, ticks, text, [low, high], colours) {
  const width = canvas.clientWidth;
  if (!width || !palette) return;
  canvas.setAttribute("aria-label", text);
  const context = prepare(canvas, width, HEIGHT);
  const long = width - 2 * MARGIN;
  for (let x = 0; x < long; x += 1) {
    const [red, green, blue] = palette.rgb.subarray(3 * Math.floor((256 * x) / long));
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(MARGIN + x, 2, 1.5, 10);
  }
  context.fillStyle = colours.muted;
  context.font = `10px ${colours.font}`;
  context.textAlign = "center";
  let free = -Infinity;
  for (const [label, place] of ticks) {
    const share = (place - low) / (high - low);
    const x = MARGIN + share * long;
    if (share < -1e-6 || share > 1 + 1e-6 || x - free < CLOSEST) continue;
    free = x;
    context.fillRect(x - 0.5, 12, 1, 4);
    context.fillText(label, x, 26);
  }
  context.fillText(text, width / 2, 40, width);
}
