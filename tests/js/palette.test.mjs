// Class colours can be told apart and scales are even, for every reader: CIELAB distances for normal and simulated colour-blind sight.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { rgb } from "../../vaelib/widgets/js/draw/palette.mjs";

// Machado, Oliveira and Fernandes 2009, full severity, on linear RGB
const SIGHT = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};
const XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]];
const LEAST = { normal: 45, protanopia: 20, deuteranopia: 20, tritanopia: 20 };

const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, value, i) => sum + value * vector[i], 0));
const linear = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);

function lab(colour, matrix) {
  const seen = times(matrix, rgb(colour).map((channel) => linear(channel / 255))).map((value) => Math.min(1, Math.max(0, value)));
  const white = times(XYZ, [1, 1, 1]);
  const [x, y, z] = times(XYZ, seen).map((value, i) => value / white[i]).map((t) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const css = readFileSync(new URL("../../vaelib/widgets/static/widgets.css", import.meta.url), "utf8");
const colours = [...css.matchAll(/--vaelib-class-\d: (#\w+);/g)].map((match) => match[1]);

test("the style sheet names ten colours for a light page and ten for a dark one, the latter twice", () => {
  assert.equal(colours.length, 30);
  assert.deepEqual(colours.slice(10, 20), colours.slice(20));
});

for (const [page, ten] of [["light", colours.slice(0, 10)], ["dark", colours.slice(10, 20)]]) {
  test(`no two classes look alike on a ${page} page`, () => {
    for (const [sight, matrix] of Object.entries(SIGHT)) {
      const seen = ten.map((colour) => lab(colour, matrix));
      seen.forEach((a, i) => seen.slice(0, i).forEach((b, j) => {
        const distance = Math.hypot(...a.map((value, k) => value - b[k]));
        assert.ok(distance >= LEAST[sight], `${sight}: ${i} and ${j} are ${distance.toFixed(1)} apart`);
      }));
    }
  });
}

const ALL = css.matchAll(/--vaelib-(slant|thickness)-\d: (#\w+);/g);
const scales = { slant: [], thickness: [] };
for (const [, name, colour] of ALL) scales[name].push(colour);
const apart = (a, b) => Math.hypot(...a.map((value, k) => value - b[k]));
const between = (low, high) => (value) => value >= low && value <= high;

test("each scale has seven colours for a light page and seven for a dark one, the latter twice", () => {
  for (const colours of Object.values(scales)) {
    assert.equal(colours.length, 21);
    assert.deepEqual(colours.slice(7, 14), colours.slice(14));
  }
});

for (const [page, start] of [["light", 0], ["dark", 7]]) {
  test(`the scales are even steps on a ${page} page, and their order shows to every reader`, () => {
    for (const [name, colours] of Object.entries(scales)) {
      const seven = colours.slice(start, start + 7);
      const seen = seven.map((colour) => lab(colour, SIGHT.normal));
      const steps = seen.slice(1).map((one, i) => apart(one, seen[i]));
      // slant is two scales, one to each side of upright
      for (const half of name === "slant" ? [steps.slice(0, 3), steps.slice(3)] : [steps]) {
        assert.ok(half.every(between(0.93 * half[0], 1.07 * half[0])), `${name}: ${half.map((one) => one.toFixed(1))}`);
      }
      // lightness carries the order; on slant it falls, or rises, to both sides of upright, and hue tells the sides apart
      for (const [sight, matrix] of Object.entries(SIGHT)) {
        const light = seven.map((colour) => lab(colour, matrix)[0]);
        const rises = light.slice(1).map((one, i) => Math.sign(one - light[i]));
        assert.deepEqual(rises, name === "slant" ? [1, 1, 1, -1, -1, -1].map((sign) => sign * (page === "light" ? 1 : -1)) : rises.map(() => (page === "light" ? -1 : 1)), `${name}, ${sight}`);
        const [left, right] = [lab(seven[0], matrix), lab(seven[6], matrix)];
        assert.ok(apart(left, right) > 50, `${name}, ${sight}: the ends are ${apart(left, right).toFixed(0)} apart`);
      }
    }
  });
}
