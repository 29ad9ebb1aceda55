// The truth bench's arithmetic: closed forms against quadrature on random models, the steps against search, and mean field against search.

import assert from "node:assert/strict";
import test from "node:test";
import { averageTerms, DATA, eStep, logNormal, logWeight, mStep, nearestPoint, points, posterior, RANGE, secant, secondMoment, terms, train } from "../../vaelib/widgets/js/widgets/truth_bench/linear_gaussian.mjs";
import { meanField, price, SCALES, STD, termsOf, X } from "../../vaelib/widgets/js/widgets/truth_bench/mean_field.mjs";
import { lowest } from "../../vaelib/widgets/js/widgets/truth_bench/nats_bars.mjs";
import { generator } from "../../vaelib/widgets/js/engine/random.mjs";
import { barRows, mStepWords } from "../../vaelib/widgets/js/widgets/truth_bench/words.mjs";

const near = (value, wanted, tolerance, message = "") => assert.ok(Math.abs(value - wanted) <= tolerance, `${message} wanted ${wanted}, got ${value}`);
const { uniform } = generator(2024);
const between = ([low, high]) => low + (high - low) * uniform();

/** A model, a point and a q somewhere within the sliders. */
function anyState(data = "one") {
  const state = { data, ...Object.fromEntries(Object.entries(RANGE).map(([name, range]) => [name, between(range)])) };
  return data === "one" ? state : { ...state, x: nearestPoint(state.x) };
}
const STATES = Array.from({ length: 40 }, () => anyState());
const BOTH = [...STATES, ...Array.from({ length: 40 }, () => anyState("eight"))];

/** The sum of f over a fine grid that holds all but a speck of N(mean, std^2). */
function integral(f, mean, std) {
  const step = std / 100;
  let sum = 0;
  for (let i = -1200; i <= 1200; i++) sum += f(mean + i * step);
  return sum * step;
}

test("log p(x) and the posterior are the integral of the joint and the joint over it", () => {
  for (const state of STATES) {
    const joint = (z) => Math.exp(logNormal(state.x, state.slope * z, state.std) + logNormal(z, 0, 1));
    const { mean, std } = posterior(state);
    const evidence = integral(joint, mean, std);
    near(terms(state).log_evidence, Math.log(evidence), 1e-9);
    for (const z of [mean - 2 * std, mean, mean + std]) near(logNormal(z, mean, std), Math.log(joint(z) / evidence), 1e-9);
  }
});

test("each term of the bound is the integral that defines it", () => {
  for (const state of STATES) {
    const { x, slope, std, q_mean, q_std } = state;
    const exact = posterior(state);
    const q = (z) => logNormal(z, q_mean, q_std);
    const mean = (f) => integral((z) => Math.exp(q(z)) * f(z), q_mean, q_std);
    const likelihood = (z) => logNormal(x, slope * z, std);
    const prior = (z) => logNormal(z, 0, 1);
    const wanted = {
      log_likelihood: mean(likelihood),
      kl: mean((z) => q(z) - prior(z)),
      log_joint: mean((z) => likelihood(z) + prior(z)),
      entropy: mean((z) => -q(z)),
      gap: mean((z) => q(z) - logNormal(z, exact.mean, exact.std)),
      elbo: mean((z) => logWeight(state, z)),
    };
    const found = terms(state);
    for (const [name, value] of Object.entries(wanted)) near(found[name], value, 1e-8 * Math.max(1, Math.abs(value)), name);
  }
});

test("three decompositions give one ELBO, and ELBO + gap is log p(x)", () => {
  for (const state of BOTH) {
    const { log_evidence, elbo, gap, log_likelihood, kl, log_joint, entropy, residual } = averageTerms(state);
    for (const value of [log_likelihood - kl, log_joint + entropy, log_evidence - gap]) near(value, elbo, 1e-10 * Math.max(1, Math.abs(elbo)));
    assert.ok(Math.abs(residual) <= 1e-10 * Math.max(1, Math.abs(elbo)) && gap >= 0 && elbo <= log_evidence + 1e-12);
  }
});

test("the bars of each decomposition join end to end and arrive at log p(x)", () => {
  const theme = { axis: "grey", accent: "blue", ink: "black", classes: ["", "amber"] };
  for (const split of ["prior", "entropy", "posterior"]) {
    for (const state of BOTH) {
      const found = averageTerms(state);
      const rows = barRows(found, split, null, theme);
      const [first, second, elbo, gap, evidence] = rows;
      near(second.to, elbo.to, 1e-10 * Math.max(1, -elbo.to));
      assert.deepEqual([first.from, second.from, elbo.from], [0, first.to, 0]);
      if (split === "posterior") {
        assert.deepEqual([rows.length, first.value, second.value], [3, found.log_evidence, found.gap], "log p(x) and the gap stand there once");
      } else {
        assert.deepEqual([gap.from, evidence.from], [elbo.to, 0]);
        near(gap.to, evidence.to, 1e-10 * Math.max(1, -elbo.to));
      }
      for (const { words, from, to, value } of rows) {
        near(to - from, words.startsWith("\u2212") ? -value : value, 1e-10 * Math.max(1, -elbo.to));
        assert.ok(Math.max(from, to) <= 1e-9, `${split}: a bar right of 0 would not be seen`);
        assert.ok(Math.min(from, to) >= lowest([from, to]), "a bar leaves the scale");
      }
    }
  }
});

test("a change too small for two digits is told with four", () => {
  const state = { slope: 1, std: 1 };
  const words = mStepWords(state, { slope: 1.01, std: 1 }, { elbo: -2, log_evidence: -2, gap: 0 }, { elbo: -1.9979, log_evidence: -1.9967, gap: 0.0012 });
  assert.match(words, /ELBO rose by 0\.0021 nats and log p\(x\) rose by 0\.0033 nats, so the gap went from 0 to 0\.0012/);
});

test("the E-step closes the gap, for every point at once, and stays within the sliders", () => {
  for (const state of BOTH) {
    const after = eStep(state);
    assert.ok(averageTerms(after).gap < 1e-10);
    assert.equal(averageTerms(after).log_evidence, averageTerms(state).log_evidence);
    for (const name of ["q_mean", "q_std"]) assert.ok(after[name] >= RANGE[name][0] && after[name] <= RANGE[name][1], name);
  }
});

test("no slope and std within the sliders give a higher bound than the M-step's", () => {
  for (const state of BOTH) {
    const best = averageTerms(mStep(state)).elbo;
    for (let i = 0; i <= 30; i++) {
      for (let j = 0; j <= 30; j++) {
        const [slope, std] = [["slope", i], ["std", j]].map(([name, k]) => RANGE[name][0] + ((RANGE[name][1] - RANGE[name][0]) * k) / 30);
        assert.ok(averageTerms({ ...state, slope, std }).elbo <= best + 1e-9);
      }
    }
  }
});

test("inside the sliders the M-step is slope = E[x z] / E[z^2], std^2 = E[(x - slope z)^2]", () => {
  const state = { data: "one", x: 1.5, slope: 0.3, std: 1, q_mean: 0.9, q_std: 0.6 };
  const zz = 0.9 ** 2 + 0.6 ** 2;
  const after = mStep(state);
  near(after.slope, (1.5 * 0.9) / zz, 1e-12);
  near(after.std ** 2, 1.5 ** 2 - (1.5 * 0.9) ** 2 / zz, 1e-12);
});

test("after an E-step the M-step lifts the bound, lifts log p(x) more, and so opens the gap", () => {
  for (const state of BOTH) {
    const start = eStep(state);
    const [before, after] = [averageTerms(start), averageTerms(mStep(start))];
    const [rise, growth] = [after.elbo - before.elbo, after.log_evidence - before.log_evidence];
    assert.ok(rise >= -1e-12 && growth >= rise - 1e-10);
    near(growth - rise, after.gap, 1e-10);
    // at slope 0 z says nothing about x, and the posterior is the prior whatever std is
    if (rise > 1e-2 && Math.abs(state.slope) > 0.3) assert.ok(after.gap > 1e-5, "the gap has opened");
  }
});

test("training never lowers log p(x), closes the gap, and ends at slope^2 + std^2 = mean of x^2 where the sliders reach", () => {
  for (const start of BOTH) {
    let last = start;
    for (const next of train(start)) {
      assert.ok(averageTerms(next).log_evidence >= averageTerms(last).log_evidence - 1e-12);
      last = next;
    }
    assert.ok(averageTerms(last).gap < 1e-10);
    const reachable = Math.max(secondMoment(last), RANGE.std[0] ** 2);
    near(last.slope ** 2 + last.std ** 2, reachable, 1e-4);
    for (const variance of [0.5, 0.9, 1.1, 2]) {
      const other = { ...last, slope: 0, std: Math.sqrt(variance * reachable) };
      assert.ok(averageTerms(eStep(other)).log_evidence <= averageTerms(last).log_evidence + 1e-9 || secondMoment(last) < RANGE.std[0] ** 2);
    }
  }
});

test("the eight points have a mean square of 2.5, and one encoder passes through the q that is shown", () => {
  near(secondMoment({ data: "eight", x: 0.5, q_mean: 1 }), 2.5, 1e-12);
  const all = points({ data: "eight", x: 1.2, q_mean: -0.6 });
  assert.deepEqual(all.map(({ x }) => x), DATA);
  for (const { x, q_mean } of all) near(q_mean, -0.5 * x, 1e-12);
  near(nearestPoint(0.1), 0.5, 0);
});

test("a secant lies below the curve by what Jensen loses, and at one std its middle is the ELBO", () => {
  for (const state of STATES) {
    for (const t of [0, 0.3, 1, 2.2, 3]) {
      const { logs, mean_log, log_mean, lost } = secant(state, t);
      assert.ok(lost >= 0 && Number.isFinite(lost));
      near(mean_log, (logs[0] + logs[1]) / 2, 1e-12);
      const largest = Math.max(...logs);
      near(log_mean, largest + Math.log((Math.exp(logs[0] - largest) + Math.exp(logs[1] - largest)) / 2), 1e-9 * Math.max(1, Math.abs(largest)));
    }
    near(secant(state, 1).mean_log, terms(state).elbo, 1e-9 * Math.max(1, -terms(state).elbo));
    assert.ok(secant(eStep(state), 3).lost < 1e-12, "equal weights lose nothing");
  }
});

test("the mean-field price is 0 at 0 and 90 degrees and 0.62 nats at 45", () => {
  near(price(0), 0, 1e-12);
  near(price(90), 0, 1e-12);
  assert.equal(price(45).toFixed(2), "0.62");
  for (let angle = 0; angle <= 90; angle += 3) {
    const { precision, terms: found } = meanField(angle);
    near(found.gap, price(angle), 1e-12);
    assert.ok(price(angle) <= price(45) && Math.abs(found.residual) < 1e-12);
    near(found.log_evidence, meanField(0).terms.log_evidence, 1e-12);
    for (const value of [found.log_joint + found.entropy, found.log_evidence - found.gap]) near(value, found.elbo, 1e-12);
    const ratio = precision[0][0] * precision[1][1] - precision[0][1] ** 2;
    near(ratio, (1 + (SCALES[0] / STD) ** 2) * (1 + (SCALES[1] / STD) ** 2), 1e-9);
  }
});

test("log p(x) of two pixels is the sum of the joint over a grid of latents", () => {
  const { weight, terms: found } = meanField(37);
  const step = 0.02;
  let sum = 0;
  for (let a = -4; a <= 4; a += step) {
    for (let b = -4; b <= 4; b += step) {
      const pixels = X.reduce((log, x, i) => log + logNormal(x, weight[i][0] * a + weight[i][1] * b, STD), 0);
      sum += Math.exp(pixels + logNormal(a, 0, 1) + logNormal(b, 0, 1)) * step * step;
    }
  }
  near(found.log_evidence, Math.log(sum), 1e-4); // the grid ends at 4 standard deviations of the prior
});

test("no other q without tilt has a higher bound", () => {
  for (const angle of [0, 20, 45, 77]) {
    const field = meanField(angle);
    for (let i = 0; i < 200; i++) {
      const mean = field.mean.map((one) => one + 0.3 * (uniform() - 0.5));
      const std = field.std.map((one) => one * Math.exp(0.6 * (uniform() - 0.5)));
      const other = termsOf({ ...field, exact: field.mean, mean, std });
      assert.ok(other.elbo <= field.terms.elbo + 1e-12 && Math.abs(other.residual) < 1e-10);
    }
  }
});
