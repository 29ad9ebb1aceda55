// Drawings of 28 x 28 pixels, each 0 or 1: the presets, a pen that adds to them, and their short text. No canvas, no models.

import { render, renderStroke } from "../../engine/strokes.mjs";
import { clamp } from "../../engine/range.mjs";

export const SIDE = 28;
export const PIXELS = SIDE * SIDE;
const BYTES = PIXELS / 8;

// The pen passes through these points on a smooth curve, as in strokes.mjs.
const AMBIGUOUS = [[[13.5, 6.2], [12.4, 5.4], [9.6, 9.6], [10.2, 13.6], [14, 14.6], [18.2, 12.6]], [[18.8, 5], [17.8, 14], [16.4, 23.8]]];
const SCRIBBLE = [[[6, 8], [20, 6], [7, 12], [21, 11], [8, 16], [22, 16], [7, 21], [20, 22]]];

const inked = (levels) => Float64Array.from(levels, (level) => (level >= 0.5 ? 1 : 0));

/** Name -> pixels: ten digits, one between 4 and 9, and a scribble that is no digit. */
export const PRESETS = new Map(/** @type {[string, Float64Array][]} */ ([
  ...Array.from({ length: 10 }, (_, digit) => [`stroke ${digit}`, inked(renderStroke(digit))]),
  ["4 or 9", inked(render(AMBIGUOUS))],
  ["scribble", inked(render(SCRIBBLE))],
]));

/** The pixels as text: 98 bytes, the first pixel in the highest bit, in base 64. */
export function pack(pixels) {
  const bytes = new Uint8Array(BYTES);
  pixels.forEach((value, i) => { bytes[i >> 3] |= value ? 128 >> (i & 7) : 0; });
  return btoa(String.fromCharCode(...bytes));
}

/** The pixels that `pack` wrote, or null for any other text. */
export function unpack(text) {
  if (typeof text !== "string" || text.length !== 132 || !/^[A-Za-z0-9+/]{131}=$/.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return Float64Array.from({ length: PIXELS }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
}

/** The pixels with every one set to `value` whose middle lies within `radius` of the line from `from` to `to`, [column, row] each. */
export function stroked(pixels, from, to, radius, value) {
  const result = Float64Array.from(pixels);
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  for (let i = 0; i < PIXELS; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const along = squared === 0 ? 0 : clamp(((x - from[0]) * dx + (y - from[1]) * dy) / squared, [0, 1]);
    if (Math.hypot(x - from[0] - along * dx, y - from[1] - along * dy) <= radius) result[i] = value;
  }
  return result;
}
