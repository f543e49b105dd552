// The meaning of colours: a bar with ticks.

import { put, Sheet } from "./dom.js";

const MARGIN = 12;
const CLOSEST = 26; // pixels between two ticks

export function makeBar(resized) {
  return new Sheet({ class: "cl-bar" }, resized);
}

/** Draw a palette between two ends of the scale, with ticks as pairs of text and place, unless it is there already. */
export function drawBar(sheet, palette, ticks, text, [low, high], look) {
  const { width } = sheet;
  const { colours } = look;
  const drawn = [width, palette.name, ticks, text, low, high, look.version].join("|");
  if (!width || sheet.drawn === drawn) return;
  sheet.drawn = drawn;
  put(sheet.canvas, "aria-label", text);
  const context = sheet.clear();
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
