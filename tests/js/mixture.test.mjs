// The mixture's arithmetic: sums, limits and the bound. tests/browser/test_mixture_posterior.py compares it with exact.Mixture and scikit-learn.

import assert from "node:assert/strict";
import test from "node:test";
import { asProbabilities, bound, logJoint, logPosterior, logSumExp, posterior, posteriorOver, withEntry } from "../../vaelib/widgets/js/widgets/mixture_posterior/mixture.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";

const near = (value, wanted, tolerance, message) => assert.ok(Math.abs(value - wanted) <= tolerance, `${message ?? ""} wanted ${wanted}, got ${value}`);
const total = (values) => values.reduce((sum, value) => sum + value, 0);
const MIXTURE = { weight: [0.5, 0.3, 0.2], mean: [[-2, -1], [2, -1], [0, 2]], std: [1, 0.7, 1.3] };

function cases(count) {
  const { uniform } = generator(5);
  return Array.from({ length: count }, () => {
    const u = Array.from({ length: 16 }, uniform);
    const pair = (j) => [10 * u[j] - 5, 10 * u[j + 1] - 5];
    const simplex = (j) => asProbabilities([u[j], u[j + 1], u[j + 2]], 3, 0.01);
    return { x: pair(0), q: simplex(2), mixture: { weight: simplex(5), mean: [pair(8), pair(10), pair(12)], std: [0.1 + u[14], 0.1 + 2 * u[15], 0.5] } };
  });
}

test("responsibilities sum to 1 and have the odds of the joint", () => {
  for (const { x, mixture } of cases(200)) {
    near(total(posterior(x, mixture)), 1, 1e-12);
    const [joint, logs] = [logJoint(x, mixture), logPosterior(x, mixture)];
    near(logs[0] - logs[1], joint[0] - joint[1], 1e-9 * Math.max(1, Math.abs(joint[0]), Math.abs(joint[1])));
  }
});

test("the drawn posterior is the posterior of each point, row by row", () => {
  const [xs, ys] = [[-4.5, -1, 0.3, 4], [3, 0.2, -2.5]];
  for (const { mixture } of cases(20)) {
    const all = posteriorOver(xs, ys, mixture);
    ys.forEach((y, row) => xs.forEach((x, column) => posterior([x, y], mixture).forEach((p, k) => near(all[(row * xs.length + column) * 3 + k], p, 1e-12))));
  }
});

test("with std towards 0 the nearest mean takes all", () => {
  const sharp = { ...MIXTURE, std: [0.01, 0.01, 0.01] };
  assert.deepEqual(posterior([-0.1, -1], sharp).map(Math.round), [1, 0, 0]);
  assert.deepEqual(posterior([0.1, -1], sharp).map(Math.round), [0, 1, 0]);
  assert.deepEqual(posterior([0, 2], sharp), [0, 0, 1]);
});

test("equal components answer with their weights, wherever x is", () => {
  const equal = { weight: MIXTURE.weight, mean: [[1, 1], [1, 1], [1, 1]], std: [2, 2, 2] };
  for (const x of [[0, 0], [5, -5], [1e3, 0]]) posterior(x, equal).forEach((p, k) => near(p, equal.weight[k], 1e-9));
});

test("a point as far as can be written gives numbers, and the widest component takes it", () => {
  for (const x of [[1e3, 0], [0, -1e6], [1e100, 1e100]]) {
    assert.deepEqual(posterior(x, MIXTURE), [0, 0, 1]);
    const { log_evidence, elbo, gap, residual } = bound(x, MIXTURE, [0, 0, 1]);
    assert.ok([log_evidence, elbo, gap, residual].every(Number.isFinite), String(x));
    near(gap, 0, 1e-12);
  }
  assert.ok(logPosterior([1e3, 0], MIXTURE).every(Number.isFinite), "a probability that underflows keeps its logarithm");
});

test("the bound never passes log p(x), touches it at the posterior, and the identity closes", () => {
  for (const { x, q, mixture } of cases(300)) {
    const { log_evidence, log_likelihood, kl, elbo, gap, residual, terms } = bound(x, mixture, q);
    const scale = Math.max(1, Math.abs(log_evidence), Math.abs(elbo));
    assert.ok(elbo <= log_evidence + 1e-12 * scale && gap >= -1e-12 * scale && kl >= -1e-12);
    near(residual, 0, 1e-12 * scale);
    near(total(terms), elbo, 1e-12 * scale);
    near(log_likelihood - kl, elbo, 1e-12 * scale);
    const tight = bound(x, mixture, posterior(x, mixture));
    near(tight.elbo, log_evidence, 1e-12 * scale);
    near(tight.gap, 0, 1e-12 * scale);
  }
});

test("at q = prior the KL is 0, and a one-hot q pays -log of its responsibility", () => {
  const x = [0.3, 0];
  near(bound(x, MIXTURE, MIXTURE.weight).kl, 0, 1e-15);
  [0, 1, 2].forEach((k) => {
    const hot = [0, 1, 2].map((i) => Number(i === k));
    near(bound(x, MIXTURE, hot).gap, -Math.log(posterior(x, MIXTURE)[k]), 1e-12);
  });
});

test("log p(x) integrates to 1 over the plane", () => {
  let sum = 0;
  for (let x = -9; x <= 9; x += 0.1) for (let y = -9; y <= 9; y += 0.1) sum += 0.01 * Math.exp(logSumExp(logJoint([x, y], MIXTURE)));
  near(sum, 1, 1e-6);
});

test("a probability that is moved leaves the others in proportion, and the sum at 1", () => {
  assert.deepEqual(withEntry([0.5, 0.3, 0.2], 0, 0).map((p) => +p.toFixed(12)), [0, 0.6, 0.4]);
  assert.deepEqual(withEntry([1, 0, 0], 0, 0.4).map((p) => +p.toFixed(12)), [0.4, 0.3, 0.3]);
  for (const value of [-1, 0, 0.005, 0.33, 0.999, 1, 7]) {
    const moved = withEntry([0.01, 0.6, 0.39], 1, value, 0.01);
    near(total(moved), 1, 1e-15);
    assert.ok(Math.min(...moved) >= 0.01 - 1e-15);
  }
});

test("what cannot be probabilities is refused, and what can is scaled", () => {
  for (const values of [null, "abc", [1, 1], [1, 1, 1, 1], [1, -1, 1], [0, 0, 0], [NaN, 1, 1], [1e308, 1e308, 1e308], [1, "1", 1]]) assert.equal(asProbabilities(values, 3), null, String(values));
  assert.deepEqual(asProbabilities([2, 1, 1], 3), [0.5, 0.25, 0.25]);
  const raised = asProbabilities([1, 0, 0], 3, 0.01);
  near(total(raised), 1, 1e-15);
  assert.ok(raised[1] > 0.009);
});
