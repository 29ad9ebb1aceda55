// Gaussian pixels of one width: the best width is where the slope of the score is zero, samples have the width, and packed pictures are read.

import assert from "node:assert/strict";
import test from "node:test";
import { bestStd, density, isPacked, logLikelihood, sample, unpack } from "../../vaelib/widgets/js/widgets/pixel_width/gaussian_pixels.mjs";
import { generator, normals } from "../../vaelib/widgets/js/engine/random.mjs";

const near = (value, wanted, tolerance) => assert.ok(Math.abs(value - wanted) <= tolerance, `wanted ${wanted}, got ${value}`);

function pair(seed) {
  const { uniform } = generator(seed);
  return [0, 1].map(() => Float64Array.from({ length: 64 }, uniform));
}

test("at the best width the score has no slope, and every other width scores less", () => {
  for (const seed of [3, 4, 5]) {
    const [x, mean] = pair(seed);
    const best = bestStd(x, mean);
    const score = (std) => logLikelihood(x, mean, std).total;
    near((score(best + 1e-6) - score(best - 1e-6)) / 2e-6, 0, 1e-3);
    for (let std = 0.01; std <= 2; std *= 1.02) assert.ok(score(std) <= score(best));
  }
});

test("the score is the sum of the logarithms of what each pixel's bell has at x, and its parts add up", () => {
  const [x, mean] = pair(6);
  for (const std of [0.05, 0.4, 1.7]) {
    const { tops, misses, total } = logLikelihood(x, mean, std);
    near(total, x.reduce((sum, value, j) => sum + Math.log(density(value, mean[j], std)), 0), 1e-9 * Math.abs(total));
    near(tops, 64 * Math.log(density(0, 0, std)), 1e-9);
    near(tops + misses, total, 1e-12 * Math.abs(total));
    assert.ok(misses < 0);
  }
});

test("a smaller width raises the score without end only when the mean misses nothing", () => {
  const [x, mean] = pair(7);
  assert.equal(bestStd(x, x), 0);
  assert.ok(logLikelihood(x, x, 0.01).total > logLikelihood(x, x, 0.02).total);
  assert.ok(logLikelihood(x, mean, 0.01).total < logLikelihood(x, mean, 0.02).total);
});

test("the density of a pixel is one in sum, and samples spread by the width", () => {
  let area = 0;
  for (let value = -4; value < 5; value += 0.001) area += 0.001 * density(value, 0.4, 0.3);
  near(area, 1, 1e-9);
  const draws = sample(new Float64Array(20000).fill(0.4), 0.3, normals(20000, 8));
  near(draws.reduce((sum, value) => sum + (value - 0.4) ** 2, 0) / 20000, 0.09, 4 * 0.09 * Math.sqrt(2 / 20000));
});

test("packed pictures are read as 240ths, and what is none is refused", () => {
  const [first, second] = unpack(`${"00".repeat(63)}f0 ${"0f".repeat(64)}`);
  assert.deepEqual([first[0], first[63], second[5]], [0, 1, 1 / 16]);
  for (const wrong of ["", "00", null, 3, `${"0g".repeat(64)}`, `${"00".repeat(64)} `, ["00".repeat(64)]]) {
    assert.equal(isPacked(wrong), false);
    assert.throws(() => unpack(wrong), /packed in hexadecimal/);
  }
});
