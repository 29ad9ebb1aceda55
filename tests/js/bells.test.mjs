// Bells, their divergences and lowest places: sums, limits and inequalities. tests/browser/test_bells.py compares the numbers with torch and SciPy.

import assert from "node:assert/strict";
import test from "node:test";
import { average, density, klBetween, klIntegrand, logMixture, logNormal } from "../../vaelib/widgets/js/exact/bells.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";
import { minimum } from "../../vaelib/widgets/js/exact/minimum.mjs";
import { roundUp } from "../../vaelib/widgets/js/ui/bars.mjs";
import { codes, COUNT, PRESETS, split } from "../../vaelib/widgets/js/widgets/coded_line/split.mjs";
import { all, forward, humps, letsGo, mmd, moments, RANGE, reverse, valleys, WIDTHS } from "../../vaelib/widgets/js/widgets/divergences/fits.mjs";
import { words } from "../../vaelib/widgets/js/widgets/two_bells/index.mjs";

const near = (value, wanted, tolerance, message = "") => assert.ok(Math.abs(value - wanted) <= tolerance, `${message} wanted ${wanted}, got ${value}`);
const { uniform } = generator(20260107);
const between = (low, high) => low + (high - low) * uniform();
const bell = () => ({ mean: between(-3, 3), std: between(0.3, 2.5) });

test("an average under a bell has its weight, mean and variance", () => {
  for (let i = 0; i < 50; i++) {
    const one = bell();
    near(average(() => 1, one), 1, 1e-10);
    near(average((z) => z, one), one.mean, 1e-9);
    near(average((z) => (z - one.mean) ** 2, one), one.std ** 2, 1e-9);
  }
});

test("the KL of two bells is the area of its integrand, is 0 for one bell alone, and is larger from the wide one to the narrow one", () => {
  for (let i = 0; i < 200; i++) {
    const [q, p] = [bell(), bell()];
    near(klBetween(q, p), average((z) => logNormal(z, q) - logNormal(z, p), q), 1e-7 * Math.max(1, klBetween(q, p)));
    let area = 0;
    for (let z = -30; z < 30; z += 0.01) area += 0.01 * klIntegrand(z, q, p);
    near(klBetween(q, p), area, 1e-7 * Math.max(1, area));
    assert.equal(klBetween(q, q), 0);
    assert.equal(klBetween(q, p) > klBetween(p, q), q.std > p.std);
    assert.match(words(q, p, [klBetween(q, p), klBetween(p, q)]), Math.abs(q.std - p.std) < 0.005 ? /equally wide/ : q.std > p.std ? /q is the wider bell/ : /p is the wider bell/);
  }
});

test("a mixture of equal bells is that bell, and its logarithm does not underflow", () => {
  const one = { mean: 0.4, std: 0.7 };
  const mixture = logMixture([0.2, 0.5, 0.3].map((weight) => ({ weight, ...one })));
  for (const z of [-60, -1, 0.4, 3, 60]) near(mixture(z), logNormal(z, one), 1e-9 * Math.max(1, Math.abs(logNormal(z, one))));
});

test("the lowest place of a bent valley is found", () => {
  const { at, value } = minimum(([x, y]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-1.2, 1]);
  near(at[0], 1, 1e-4);
  near(at[1], 1, 1e-4);
  near(value, 0, 1e-8);
});

test("the codes' KL is information + mismatch, each from its own sum; information is at most log 8, mismatch at least 0", () => {
  for (let i = 0; i < 40; i++) {
    const state = { mean: Array.from({ length: COUNT }, () => between(-3.5, 3.5)), std: Array.from({ length: COUNT }, () => between(0.1, 1.5)) };
    const { information, mismatch, kl } = split(codes(state));
    near(information + mismatch, kl, 1e-8 * Math.max(1, kl));
    assert.ok(information >= -1e-12 && information <= Math.log(COUNT) + 1e-9 && mismatch >= -1e-12);
  }
});

test("the presets do what they say", () => {
  const of = Object.fromEntries(Object.entries(PRESETS).map(([name, state]) => [name, split(codes(state))]));
  for (const value of Object.values(of.same)) near(value, 0, 1e-12);
  assert.ok(of.sharp.information > 2.05 && of.sharp.mismatch > 1, "sharp codes tell all, and the prior pays");
  assert.ok(of.prior.mismatch < 0.05 && of.prior.information > 1, "information at hardly any mismatch");
  assert.ok(of.far.mismatch > 3);
  const pushed = split(codes({ mean: new Array(COUNT).fill(2), std: new Array(COUNT).fill(1) }));
  near(pushed.information, 0, 1e-12);
  near(pushed.mismatch, 2, 1e-9); // half of 2 squared
});

test("each divergence is 0 where q is p; MMD squared lies between 0 and 2 and is the double sum of its kernel", () => {
  const alone = [{ weight: 0.7, mean: 0.3, std: 0.9 }, { weight: 0.3, mean: 0.3, std: 0.9 }];
  for (const value of all({ mean: 0.3, std: 0.9 }, alone, 1)) near(value, 0, 1e-9);
  for (let i = 0; i < 10; i++) {
    const [parts, q, width] = [humps(between(...RANGE.distance)), { mean: between(-3, 3), std: between(0.3, 2) }, WIDTHS[i % 3]];
    const log_p = logMixture(parts);
    const step = 0.08;
    const z = Array.from({ length: 450 }, (_, k) => -18 + k * step);
    const difference = z.map((one) => step * (density(one, q) - Math.exp(log_p(one))));
    let sum = 0;
    z.forEach((a, j) => z.forEach((b, k) => { sum += difference[j] * difference[k] * Math.exp(-((a - b) ** 2) / (2 * width ** 2)); }));
    near(mmd(q, parts, width), sum, 1e-8);
    assert.ok(sum >= 0 && sum <= 2);
  }
});

test("no bell close to a valley is lower, the valleys are in order, and the forward KL has the moments of p", () => {
  const costs = { reverse, forward, mmd };
  for (const distance of [0.5, 1, 1.07, 1.11, 1.5, 2.3]) {
    const parts = humps(distance);
    for (const width of WIDTHS) {
      for (const [name, cost] of Object.entries(costs)) {
        const found = valleys(name, parts, width);
        for (const { mean, std, value } of found) {
          near(cost({ mean, std }, parts, width), value, 1e-12);
          for (let turn = 0; turn < 8; turn++) {
            const [dx, dy] = [0.01 * Math.cos(turn), 0.01 * Math.sin(turn)];
            assert.ok(cost({ mean: mean + dx, std: std + dy }, parts, width) >= value - 1e-9, `${name} at ${distance}`);
          }
        }
        found.slice(1).forEach(({ value }, k) => assert.ok(value >= found[k].value));
      }
    }
    assert.deepEqual(moments(parts), (({ mean, std }) => ({ mean, std }))(valleys("forward", parts)[0]));
  }
});

test("the reverse KL lets go between 1.0 and 1.2: just below its lowest bell covers both humps, just above it sits on the left one", () => {
  const there = letsGo();
  assert.ok(there > 1 && there < 1.2, String(there));
  const [below, above] = [-0.01, 0.01].map((off) => valleys("reverse", humps(there + off))[0]);
  assert.ok(below.mean > -0.55 && below.std > 0.9, JSON.stringify(below));
  assert.ok(above.mean < -0.95 && above.std < 0.65, JSON.stringify(above));
});

test("far apart, the lowest reverse KL is -log of the hump's weight, and a second valley pays for the other", () => {
  const [first, second] = valleys("reverse", humps(2.5));
  near(first.value, -Math.log(0.7), 1e-3);
  near(second.value, -Math.log(0.3), 1e-3);
});

test("a scale ends at a round number", () => {
  assert.deepEqual([1, 1.01, 2, 3, 5, 7, 10, 11, 0.3].map(roundUp), [1, 2, 2, 5, 5, 10, 10, 20, 0.5]);
});
