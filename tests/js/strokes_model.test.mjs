// The bars whose causes are known: the rule against its formula, and p(z|x) against the causes that were drawn.

import assert from "node:assert/strict";
import test from "node:test";
import { EXTENT, ink, logLikelihood, posterior, SIDE, STEPS } from "../../vaelib/widgets/js/widgets/hidden_cause/strokes_model.mjs";
import { bernoulli, normals } from "../../vaelib/widgets/js/engine/random.mjs";

const near = (value, wanted, tolerance, message) => assert.ok(Math.abs(value - wanted) <= tolerance, `${message ?? ""} wanted ${wanted}, got ${value}`);

test("a pixel is ink with the probability that the formula gives", () => {
  const pi = ink([1, -0.5]);
  const width = 2 * Math.exp(-0.5 * Math.log(1.3));
  // the second row from the top, fifth pixel: half a pixel to the right and two and a half above the middle
  near(pi[SIDE + 4], 1 / (1 + Math.exp(-4 * (width / 2 - Math.abs(0.5 - 0.3 * 2.5)))), 1e-12);
  const mirrored = ink([-1, -0.5]);
  pi.forEach((value, j) => near(value, mirrored[j - (j % SIDE) + SIDE - 1 - (j % SIDE)], 1e-12));
});

test("log p(x|z) is the log of the product of the coins", () => {
  const x = bernoulli(ink([0.3, 0.8]), 5);
  for (const z of [[0, 0], [-2, 1], [4, -4]]) {
    const product = ink(z).reduce((so_far, p, j) => so_far + Math.log(x[j] ? p : 1 - p), 0);
    near(logLikelihood(x, z), product, 1e-8);
  }
});

test("the shares add up to 1, and their mean and spread are those of likelihood times prior", () => {
  const x = bernoulli(ink([-1, 0.5]), 2);
  const { shares, mean, std, bits } = posterior(x);
  near(shares.reduce((a, b) => a + b), 1, 1e-10);
  let [total, first, second, divergence, before] = [0, [0, 0], [0, 0], 0, 0];
  const weights = [];
  for (let i = 0; i < STEPS; i++) {
    for (let k = 0; k < STEPS; k++) {
      const z = [i, k].map((n) => -EXTENT + (n * 2 * EXTENT) / (STEPS - 1));
      const prior = Math.exp(-(z[0] ** 2 + z[1] ** 2) / 2);
      const weight = ink(z).reduce((so_far, p, j) => so_far * (x[j] ? p : 1 - p), prior);
      weights.push([weight, prior]);
      total += weight;
      before += prior;
      z.forEach((value, axis) => { first[axis] += weight * value; second[axis] += weight * value * value; });
    }
  }
  for (const [weight, prior] of weights) if (weight) divergence += (weight / total) * Math.log2(weight / total / (prior / before));
  for (const axis of [0, 1]) {
    near(mean[axis], first[axis] / total, 1e-9);
    near(std[axis], Math.sqrt(second[axis] / total - (first[axis] / total) ** 2), 1e-8);
  }
  near(bits, divergence, 1e-8);
});

test("over many pictures the causes that were drawn miss the mean by as much as the spread says", () => {
  const [count, misses] = [80, [0, 0]];
  for (let i = 0; i < count; i++) {
    const z = normals(2, 100 + i);
    const { mean, std } = posterior(bernoulli(ink(z), 900 + i));
    for (const axis of [0, 1]) misses[axis] += ((z[axis] - mean[axis]) / std[axis]) ** 2 / count;
  }
  for (const axis of [0, 1]) near(misses[axis], 1, 4 * Math.sqrt(2 / count), `cause ${axis}:`);
});
