// What a graphics card runs for every pixel of a volume.

export const VERTEX = `#version 300 es
const vec2 corners[3] = vec2[](vec2(-1.0, -1.0), vec2(3.0, -1.0), vec2(-1.0, 3.0));
out vec2 place;
void main() {
  place = corners[gl_VertexID];
  gl_Position = vec4(place, 0.0, 1.0);
}`;

export const FRAGMENT = `#version 300 es
precision highp float;
precision highp sampler3D;
in vec2 place;
out vec4 colour;
uniform sampler3D volume;   // levels, 0 to 1
uniform sampler2D palette;  // 256 colours
uniform vec3 right, up, eye;
uniform vec2 halfWidth;     // of the view, in sides of the box
uniform vec2 contrast;      // ends of the colours, as levels
uniform float steps, attenuation, surface, texel;
uniform int rendering;      // 0 attenuated, 1 maximum, 2 surface

float at(vec3 point) { return texture(volume, point).r; }

vec4 shade(vec3 point) {
  vec3 slope = vec3(
    at(point + vec3(texel, 0, 0)) - at(point - vec3(texel, 0, 0)),
    at(point + vec3(0, texel, 0)) - at(point - vec3(0, texel, 0)),
    at(point + vec3(0, 0, texel)) - at(point - vec3(0, 0, texel)));
  vec3 normal = -normalize(slope + 1e-6 * eye);
  float light = 0.25 + 0.75 * max(dot(normal, normalize(eye + 0.5 * up + 0.3 * right)), 0.0);
  float nearness = 0.6 + 0.4 * clamp(0.5 + dot(point - 0.5, eye), 0.0, 1.0);
  float level = clamp((surface - contrast.x) / (contrast.y - contrast.x), 0.35, 0.85);
  return vec4(texture(palette, vec2(level, 0.5)).rgb * light * nearness, 1.0);
}

void main() {
  vec3 start = vec3(0.5) + place.x * halfWidth.x * right + place.y * halfWidth.y * up + 2.0 * eye;
  vec3 direction = -eye + 1e-7;
  vec3 first = (vec3(0.0) - start) / direction, second = (vec3(1.0) - start) / direction;
  vec3 nearest = min(first, second), farthest = max(first, second);
  float from = max(max(nearest.x, nearest.y), nearest.z), to = min(min(farthest.x, farthest.y), farthest.z);
  if (from >= to) discard;
  float stride = 1.0 / steps, shown = 0.0, passed = 0.0, before = 0.0;
  for (float t = from + 0.5 * stride; t < to; t += stride) {
    float level = at(start + t * direction);
    if (rendering == 2) {
      if (level >= surface) {
        float back = t > from + stride ? stride * (level - surface) / max(level - before, 1e-4) : 0.0;
        colour = shade(start + (t - min(back, stride)) * direction);
        return;
      }
      before = level;
      continue;
    }
    float value = clamp((level - contrast.x) / (contrast.y - contrast.x), 0.0, 1.0);
    if (rendering == 0) {
      shown = max(shown, value * exp(-attenuation * passed));
      passed += value * stride;
    } else {
      shown = max(shown, value);
    }
  }
  if (rendering == 2) discard;
  colour = vec4(texture(palette, vec2((shown * 255.0 + 0.5) / 256.0, 0.5)).rgb, 1.0);
}`;
