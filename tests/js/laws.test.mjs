// Draws from a Gaussian and how they fit a cloud of codes; where the arrow keys lead on a sheet. Numbers against torch are a browser test.

import assert from "node:assert/strict";
import test from "node:test";
import { byX, drawn, fitted, PRIOR, shareFar, shareOutside, spreadOf, widened } from "../../vaelib/widgets/js/widgets/sample_sheet/laws.mjs";
import { normals } from "../../vaelib/widgets/js/engine/random.mjs";
import { COUNT, ROW, stepped } from "../../vaelib/widgets/js/widgets/sample_sheet/sheet.mjs";

const close = (a, b, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} and ${b}`);
const cloud = (z) => ({ x: z.filter((_, i) => i % 2 === 0), y: z.filter((_, i) => i % 2 === 1) });

test("N(0, I) leaves the noise as it is, and a spread multiplies it", () => {
  assert.deepEqual([...drawn(PRIOR, [0.5, -2, 3, 0])], [0.5, -2, 3, 0]);
  assert.deepEqual([...drawn(widened(PRIOR, 2), [0.5, -2, 3, 0])], [1, -4, 6, 0]);
});

test("the fitted Gaussian has the codes' mean and covariance", () => {
  const { mean, factor: [a, b, c] } = fitted({ x: [0, 2, 4, 6], y: [1, 1, 5, 5] });
  assert.deepEqual(mean, [3, 3]);
  // sums of products of the deviations (-3, -1, 1, 3) and (-2, -2, 2, 2), over 3
  close(a * a, 20 / 3);
  close(a * b, 16 / 3);
  close(b * b + c * c, 16 / 3);
});

test("many draws of a law give the law back", () => {
  const law = { mean: [1, -2], factor: [3, -1, 0.5] };
  const found = fitted(cloud(drawn(law, normals(200000, 5))));
  // standard errors are below 3 / sqrt(100000) = 0.01
  [...found.mean, ...found.factor].forEach((value, i) => close(value, [...law.mean, ...law.factor][i], 0.04));
  close(shareOutside(cloud(drawn(law, normals(200000, 6))), law, 3), Math.exp(-4.5), 0.0015); // exact in two dimensions
});

test("codes outside an ellipse are counted in the ellipse's own units", () => {
  const codes = { x: [0, 2.9, 3.1, 0, 0], y: [0, 0, 0, 2.9, -3.1] };
  assert.equal(shareOutside(codes, PRIOR, 3), 0.4);
  assert.equal(shareOutside(codes, widened(PRIOR, 2), 3), 0);
  assert.equal(shareOutside(codes, { mean: [0, 0], factor: [1, 0, 2] }, 3), 0.2);
});

test("a draw is far when no code lies within the distance", () => {
  const codes = { x: [0, 10], y: [0, 0] };
  assert.equal(shareFar([0, 0.5, 5, 0, 10, -1, 10, 1.01], codes, 1), 0.5);
  const many = byX(cloud(normals(800, 3)));
  const z = normals(600, 4);
  const asked = z.filter((_, i) => i % 2 === 0).filter((z1, i) => many.x.every((x, k) => Math.hypot(x - z1, many.y[k] - z[2 * i + 1]) > 0.2));
  assert.equal(shareFar(z, many, 0.2), asked.length / 300);
  close(spreadOf({ x: [-1, 1, -1, 1], y: [-3, -3, 3, 3] }), Math.sqrt((4 / 3 + 12) / 2));
});

test("arrow keys walk the sheet and stop at its edges", () => {
  assert.equal(stepped(-1, -ROW), 0);
  assert.deepEqual([stepped(0, 1), stepped(7, ROW), stepped(7, -ROW), stepped(7, -1)], [1, 12, 2, 6]);
  assert.deepEqual([stepped(0, -1), stepped(4, 1), stepped(5, -1), stepped(2, -ROW), stepped(COUNT - 1, 1), stepped(COUNT - 2, ROW)], [0, 4, 5, 2, COUNT - 1, COUNT - 2]);
});
