// What a loss means: the variance against the Gaussian's own log-density, the hand's beta as its inverse, and the code that is shown.

import assert from "node:assert/strict";
import test from "node:test";
import { betaFor, code, ERRORS, LIMITS, meaning, REDUCTIONS } from "../../vaelib/widgets/js/widgets/loss_meaning/meaning.mjs";
import { number } from "../../vaelib/widgets/js/widgets/loss_meaning/words.mjs";

const DATA = { pixels: 6, eigenvalues: [3, 1, 0.5, 0.1] };
const close = (value, wanted, words) => assert.ok(Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted)), `${words}: wanted ${wanted}, got ${value}`);

/** error + beta * KL as the settings say, of squared misses (batch, pixels) and KLs (batch, latents), written out with loops. */
function loss({ error, error_reduction, kl_reduction, beta }, misses, kls) {
  const reduce = (rows, how) => {
    const all = rows.flat().reduce((sum, one) => sum + one, 0);
    return how === "sum" ? all : all / (how === "mean" ? rows.flat().length : rows.length);
  };
  return (error === "half squared error" ? 0.5 : 1) * reduce(misses, error_reduction) + beta * reduce(kls, kl_reduction);
}

test("the loss is minus the ELBO of Gaussian pixels with that variance, up to one factor", () => {
  const rows = (count, width, from) => Array.from({ length: count }, (_, i) => Array.from({ length: width }, (_, j) => from + ((7 * i + 3 * j) % 5)));
  for (const error of ERRORS.slice(0, 2)) for (const error_reduction of REDUCTIONS) for (const kl_reduction of REDUCTIONS) {
    const state = { error, error_reduction, kl_reduction, beta: 0.37, latents: 3, batch: 4 };
    const { variance } = meaning(state, DATA);
    const pairs = [[rows(4, 6, 0.5), rows(4, 3, 0.2)], [rows(4, 6, 1.5), rows(4, 3, 0)], [rows(4, 6, 0), rows(4, 3, 2)]];
    const minusElbo = ([misses, kls]) => misses.flat().reduce((a, b) => a + b, 0) / (2 * variance) + kls.flat().reduce((a, b) => a + b, 0);
    const factors = pairs.map((pair) => loss(state, ...pair) / minusElbo(pair));
    factors.forEach((one) => close(one, factors[0], `${error} ${error_reduction} ${kl_reduction}`));
  }
});

test("beta for a waterline gives that waterline, within its limits, and what lies above it lives", () => {
  const state = { error: "squared error", error_reduction: "mean", kl_reduction: "sum", beta: 1, latents: 3, batch: 8 };
  for (const wanted of [0.02, 0.7, 40]) {
    const found = meaning({ ...state, beta: betaFor(state, DATA, wanted) }, DATA);
    close(found.variance, wanted, "variance");
    assert.equal(found.alive, DATA.eigenvalues.slice(0, 3).filter((one) => one > wanted).length);
  }
  assert.equal(betaFor(state, DATA, 1e30), LIMITS.beta[1]);
  assert.deepEqual(meaning({ ...state, error: "bce", error_reduction: "batch mean", kl_reduction: "batch mean", beta: 4 }, DATA), { variance: null, beta: 4, alive: null });
});

test("the code names each reduction, and leaves a factor of one away", () => {
  assert.equal(code({ error: "half squared error", error_reduction: "mean", kl_reduction: "mean", beta: 1 }), "loss = 0.5 * F.mse_loss(out, x)\nloss = loss + kl.mean()");
  assert.match(code({ error: "bce", error_reduction: "sum", kl_reduction: "sum", beta: 0.00123 }), /binary_cross_entropy\(out, x, reduction="sum"\)\n.*0\.00123 \* kl\.sum\(\)/);
  assert.deepEqual([0.5, 392, 12345, 1.2e-7, 0].map(number), ["0.5", "392", "12,300", "1.2\u00b710\u207b\u2077", "0"]);
});
