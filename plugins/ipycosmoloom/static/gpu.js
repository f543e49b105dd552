// Two volumes on a graphics card: textures, and one drawing of both.

import { FRAGMENT, VERTEX } from "./shaders.js";

export const RENDERINGS = ["attenuated", "mip", "iso"];

/** Tell whether the browser has WebGL 2; the context that tells is given back at once. */
export function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

export class Gpu {
  constructor(canvas) {
    this.canvas = canvas;
    const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error("no WebGL 2");
    this.gl = gl;
    this.program = build(gl);
    this.place = Object.fromEntries(
      ["volume", "palette", "right", "up", "eye", "halfWidth", "contrast", "steps", "attenuation", "surface", "texel",
        "rendering"].map((name) => [name, gl.getUniformLocation(this.program, name)]),
    );
    this.volumes = {};
    this.palettes = {};
    gl.bindVertexArray(gl.createVertexArray());
  }

  /** Keep a volume of uint8, x varying fastest. */
  upload(name, levels, n) {
    const { gl } = this;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    let volume = this.volumes[name];
    if (!volume || volume.n !== n) {
      if (volume) gl.deleteTexture(volume.texture);
      volume = { n, texture: gl.createTexture() };
      this.volumes[name] = volume;
      gl.bindTexture(gl.TEXTURE_3D, volume.texture);
      gl.texStorage3D(gl.TEXTURE_3D, 1, gl.R8, n, n, n);
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) {
        gl.texParameteri(gl.TEXTURE_3D, side, gl.CLAMP_TO_EDGE);
      }
      gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    }
    gl.bindTexture(gl.TEXTURE_3D, volume.texture);
    gl.texSubImage3D(gl.TEXTURE_3D, 0, 0, 0, 0, n, n, n, gl.RED, gl.UNSIGNED_BYTE, levels);
  }

  forget(name) {
    if (this.volumes[name]) this.gl.deleteTexture(this.volumes[name].texture);
    delete this.volumes[name];
  }

  /** Draw volumes beside each other, each in a part of the canvas: {name, x, y, width, height} in pixels. */
  draw(parts, view, { palette, contrast, rendering, surface, attenuation, fineness, span }) {
    const { gl, place } = this;
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.colours(palette));
    gl.uniform1i(place.palette, 1);
    gl.activeTexture(gl.TEXTURE0);
    gl.uniform1i(place.volume, 0);
    for (const axis of ["right", "up", "eye"]) gl.uniform3fv(place[axis], view[axis]);
    gl.uniform2fv(place.contrast, contrast.map((end) => (end + 1) / 2));
    gl.uniform1f(place.surface, surface);
    gl.uniform1f(place.attenuation, attenuation);
    gl.uniform1i(place.rendering, Math.max(0, RENDERINGS.indexOf(rendering)));
    for (const { name, x, y, width, height } of parts) {
      const volume = this.volumes[name];
      if (!volume) continue;
      gl.viewport(x, y, width, height);
      gl.bindTexture(gl.TEXTURE_3D, volume.texture);
      gl.uniform1f(place.texel, 1 / volume.n);
      gl.uniform1f(place.steps, volume.n * fineness);
      const least = Math.min(width, height);
      gl.uniform2f(place.halfWidth, (0.5 * span * width) / least, (0.5 * span * height) / least);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // returns once all is drawn
  }

  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  colours(palette) {
    const { gl } = this;
    if (!this.palettes.texture || this.palettes.shown !== palette) {
      this.palettes.texture ??= gl.createTexture();
      this.palettes.shown = palette;
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.bindTexture(gl.TEXTURE_2D, this.palettes.texture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, palette.rgb);
      for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    }
    return this.palettes.texture;
  }
}

function build(gl) {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
      throw new Error(gl.getShaderInfoLog(shader));
    }
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return program;
}
