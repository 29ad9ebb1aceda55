// One integral, three ways: the exact value against fine sums, closed forms of the weights against sums, and what draws promise against what they do.

import assert from "node:assert/strict";
import test from "node:test";
import { byDraws, grid, gridPlaces, KINDS, logDrawsFor, logEvidence, logJoint, logNormal, logPointsFor, logSpread, logWeights, narrowest, places, PRIOR } from "../../vaelib/widgets/js/widgets/integral_lab/integral.mjs";
import { count, few } from "../../vaelib/widgets/js/widgets/integral_lab/words.mjs";

const near = (value, wanted, tolerance, words = "") => assert.ok(Math.abs(value - wanted) <= tolerance, `${words} wanted ${wanted}, got ${value}`);
const sum = (step, height) => gridPlaces(step).reduce((total, z) => total + step * height(z), 0);

test("the exact p(x) is the area under the curve, and with independent latents a power of it", () => {
  for (const kind of KINDS) {
    near(logEvidence(kind), Math.log(sum(0.003, (z) => Math.exp(logJoint(kind, z)))), 1e-9, kind);
    near(grid({ kind, step: 0.1, latents: 7 }).log_estimate, 7 * logEvidence(kind), 1e-8, kind);
  }
});

test("a grid of n points a latent has n to the power of d, and two latents summed point by point give what the power gives", () => {
  for (const kind of KINDS) {
    const { log_estimate, log_points } = grid({ kind, step: 0.7, latents: 2 });
    let [total, points] = [0, 0];
    for (const a of gridPlaces(0.7)) {
      for (const b of gridPlaces(0.7)) {
        total += 0.49 * Math.exp(logJoint(kind, a) + logJoint(kind, b));
        points += 1;
      }
    }
    near(log_estimate, Math.log(total), 1e-12);
    near(log_points, Math.log(points), 1e-12);
  }
});

test("the spread of the weights is E[w^2] / E[w]^2 by a sum, and infinite from the width on at which the sum grows with its range", () => {
  for (const [kind, proposal] of [["one hump", { place: 0.4, width: 0.6 }], ["one hump", PRIOR], ["one hump", { place: 1.1, width: 0.25 }], ["two humps", { place: 0.2, width: 1.3 }]]) {
    const second = sum(0.001, (z) => Math.exp(2 * logJoint(kind, z) - logNormal(z, proposal.place, proposal.width)));
    near(logSpread(kind, proposal), Math.log(second) - 2 * logEvidence(kind), 1e-6, kind);
  }
  const edge = narrowest("one hump");
  assert.ok(Number.isFinite(logSpread("one hump", { place: 0.9, width: 1.001 * edge })));
  assert.equal(logSpread("one hump", { place: 0.9, width: 0.999 * edge }), Infinity);
});

test("the posterior as proposal has equal weights, each p(x) itself, and one draw is enough", () => {
  const posterior = { place: 1 / 1.09, width: 0.3 / Math.sqrt(1.09) };
  const setting = { kind: "one hump", draws: 50, latents: 9, seed: 3 };
  for (const log of logWeights(setting, posterior)) near(log, 9 * logEvidence("one hump"), 1e-9);
  const { effective, claimed } = byDraws(setting, posterior);
  near(effective, 50, 1e-6);
  near(claimed, 0, 1e-6);
  near(logDrawsFor("one hump", posterior, 9), 0, 1e-6);
});

test("draws are right within the error that the spread promises, at one latent and at three", () => {
  for (const [kind, proposal] of [["one hump", PRIOR], ["one hump", { place: 0.7, width: 0.5 }], ["two humps", PRIOR]]) {
    for (const latents of [1, 3]) {
      const promised = Math.sqrt(Math.expm1(latents * logSpread(kind, proposal)) / 10_000);
      for (const seed of [1, 2, 3]) {
        const { log_estimate } = byDraws({ kind, draws: 10_000, latents, seed }, proposal);
        near(Math.exp(log_estimate - latents * logEvidence(kind)), 1, 4.5 * promised, kind);
      }
    }
  }
});

test("as many draws as are asked for have an error of a tenth", () => {
  const proposal = { place: 0.7, width: 0.5 };
  const draws = Math.round(Math.exp(logDrawsFor("one hump", proposal, 2)));
  const errors = Array.from({ length: 400 }, (_, seed) => Math.expm1(byDraws({ kind: "one hump", draws, latents: 2, seed }, proposal).log_estimate - 2 * logEvidence("one hump")));
  const error = Math.sqrt(errors.reduce((total, one) => total + one * one, 0) / errors.length);
  near(error, 0.1, 0.02);
});

test("the grid that is called good enough is, and the next coarser size of its kind is found by trial", () => {
  for (const kind of KINDS) {
    for (const d of [1, 5, 20]) {
      const points = Math.exp(logPointsFor(kind, d) / d);
      const fits = Array.from({ length: 191 }, (_, i) => 0.1 + 0.01 * i).filter((step) => gridPlaces(step).length === Math.round(points));
      assert.ok(fits.some((step) => Math.abs(Math.expm1(grid({ kind, step, latents: d }).log_estimate - d * logEvidence(kind))) <= 0.1), `${kind} ${d}`);
    }
    assert.ok(logPointsFor(kind, 10) > 10 * Math.log(10), "more than ten points a latent");
  }
});

test("ten latents: a proposal near the posterior takes tens of draws, the prior tens of millions, the grid more", () => {
  const wide = { place: 1 / 1.09, width: (1.2 * 0.3) / Math.sqrt(1.09) };
  const [proposal, prior, points] = [logDrawsFor("one hump", wide, 10), logDrawsFor("one hump", PRIOR, 10), logPointsFor("one hump", 10)];
  assert.ok(proposal < Math.log(100) && prior > Math.log(1e7) && points > Math.log(1e11));
});

test("the same seed gives the same draws, another number of latents the same first one", () => {
  const setting = { kind: "two humps", draws: 20, latents: 1, seed: 9 };
  assert.deepEqual(logWeights(setting, PRIOR), logWeights(setting, PRIOR));
  const shown = places({ place: 0.5, width: 0.2 }, 20, 9);
  logWeights(setting, { place: 0.5, width: 0.2 }).forEach((log, k) => near(log, logJoint("two humps", shown[k]) - logNormal(shown[k], 0.5, 0.2), 1e-9));
});

test("counts are read as counts", () => {
  assert.deepEqual([0, Math.log(61), Math.log(12_100), Math.log(3.14e6), 40, Infinity].map(count), ["1", "61", "12,100", "3.1\u00b710\u2076", "2.4\u00b710\u00b9\u2077", "\u221e"]);
  assert.deepEqual([1, 9.96, 1234.4].map(few), ["1.0", "10", "1,234"]);
});
