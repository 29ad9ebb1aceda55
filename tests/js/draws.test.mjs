// The running average over draws: its mean, its standard error, and how both behave as more draws come.

import assert from "node:assert/strict";
import test from "node:test";
import { FUNCTIONS, MOST, running } from "../../vaelib/widgets/js/widgets/running_average/draws.mjs";
import { normals } from "../../vaelib/widgets/js/engine/random.mjs";

const near = (value, wanted, tolerance) => assert.ok(Math.abs(value - wanted) <= tolerance, `wanted ${wanted}, got ${value}`);

for (const [name, { of, mean, std }] of Object.entries(FUNCTIONS)) {
  test(`${name}: average and standard error are those of the draws, by their definitions`, () => {
    const values = Array.from(normals(MOST, 5), of);
    const { average, error } = running(name, 5);
    for (const n of [2, 3, 50, 4321, MOST]) {
      const first = values.slice(0, n);
      const own = first.reduce((sum, one) => sum + one, 0) / n;
      const variance = first.reduce((sum, one) => sum + (one - own) ** 2, 0) / (n - 1);
      near(average[n - 1], own, 1e-12);
      near(error[n - 1], Math.sqrt(variance / n), 1e-12);
    }
    assert.ok(Number.isNaN(error[0]), "one draw has no standard error");
  });

  test(`${name}: over many seeds the average is right, and off by std over the root of n`, () => {
    for (const n of [100, MOST]) {
      const misses = Array.from({ length: 200 }, (_, seed) => running(name, seed).average[n - 1] - mean);
      const scale = std / Math.sqrt(n);
      near(misses.reduce((sum, one) => sum + one, 0) / 200, 0, 4 * scale / Math.sqrt(200));
      near(Math.sqrt(misses.reduce((sum, one) => sum + one * one, 0) / 200) / scale, 1, 0.2); // four of its own errors
    }
  });
}
