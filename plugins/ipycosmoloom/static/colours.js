// From levels of uint8 to colours, through a table of 256.

/** A table of 256 RGB colours as pixels of ImageData. */
export class Palette {
  constructor(name, view) {
    this.name = name;
    this.rgb = new Uint8Array(view.buffer, view.byteOffset, 768);
    this.pixels = new Uint32Array(256);
    for (let i = 0; i < 256; i += 1) {
      const [red, green, blue] = this.rgb.subarray(3 * i, 3 * i + 3);
      this.pixels[i] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
  }

  /** The same colours between two ends of the scale, in [-1, 1]; beyond them they stay. */
  within([low, high]) {
    if (this.ends === `${low} ${high}`) return this.table;
    const table = new Uint32Array(256);
    const [from, to] = [127.5 * (low + 1), 127.5 * (high + 1)];
    for (let i = 0; i < 256; i += 1) {
      table[i] = this.pixels[Math.round(Math.min(1, Math.max(0, (i - from) / (to - from))) * 255)];
    }
    [this.ends, this.table] = [`${low} ${high}`, table];
    return table;
  }
}

/** Paint levels into an image; its pixels are the levels', row by row. */
export function paint(levels, table, image) {
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = table[levels[i]];
}

/** Difference of two images as levels: 128 where they are alike, ends where they differ by half the scale. */
export function difference(generated, reference) {
  const levels = new Uint8ClampedArray(generated.length);
  for (let i = 0; i < levels.length; i += 1) levels[i] = 128 + generated[i] - reference[i];
  return levels;
}

/** Density over the cosmic mean that a level stands for; the last level stands for all that is denser. */
export function density(level, kappa) {
  const x = level / 127.5 - 1;
  return (kappa * (1 + x)) / Math.max(1 - x, 1 / 255);
}
