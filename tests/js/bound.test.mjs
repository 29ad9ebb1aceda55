// ELBO, KL, refinement and importance weights: against closed forms of a linear model, finite differences and each other.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { elboGradient, exactElbo, klToPosterior, lattice, refine, weigh } from "../../vaelib/widgets/js/exact/bound.mjs";
import { PRESETS } from "../../vaelib/widgets/js/widgets/draw_digit/drawings.mjs";
import { bernoulliLogProb, elbo, klToStandardNormal } from "../../vaelib/widgets/js/engine/densities.mjs";
import { plainKernel, wasmKernel } from "../../vaelib/widgets/js/engine/kernel.mjs";
import { logLikelihood } from "../../vaelib/widgets/js/exact/log_likelihood.mjs";
import { decoder, encoder } from "../../vaelib/widgets/js/engine/network.mjs";
import { posterior } from "../../vaelib/widgets/js/exact/posterior.mjs";
import { normals } from "../../vaelib/widgets/js/engine/random.mjs";

const shipped = (part) => readFileSync(new URL(`../../vaelib/pretrained/mnist-2d.${part}.safetensors`, import.meta.url));
const net = decoder(shipped("decoder"), { makeKernel: plainKernel });
const code = encoder(shipped("encoder"));
const model = logLikelihood(decoder(shipped("decoder"), { makeKernel: wasmKernel }));
const exact = logLikelihood(net);
const qOf = (x) => {
  const { mean, log_var } = code.encode(x);
  return { mean: [...mean], log_var: [...log_var] };
};
function finish(answers) {
  for (;;) {
    const { value, done } = answers.next();
    if (done) return value;
  }
}

test("the lattice is a rule for the normal distribution: moments up to the fourth", () => {
  for (const { noise, weight } of [lattice(1), lattice(0.5, 0.5)]) {
    const moment = (a, b) => weight.reduce((sum, one, i) => sum + one * noise[2 * i] ** a * noise[2 * i + 1] ** b, 0);
    for (const [a, b, wanted] of [[0, 0, 1], [1, 0, 0], [2, 0, 1], [1, 1, 0], [2, 2, 1], [4, 0, 3], [3, 1, 0]]) {
      assert.ok(Math.abs(moment(a, b) - wanted) < 2e-5, `${a}, ${b}: ${moment(a, b)}`);
    }
  }
});

test("the ELBO is that of very many draws", () => {
  for (const name of ["stroke 3", "scribble"]) {
    const x = PRESETS.get(name);
    const q = qOf(x);
    const found = exactElbo(exact, exact.project(x), q);
    const half = normals(2 * 2000, 3);
    const drawn = elbo(x, q.mean, q.log_var, Float64Array.from([...half, ...half.map((value) => -value)]), { decode: net.decode });
    assert.equal(found.kl, drawn.kl);
    assert.ok(Math.abs(found.log_likelihood - drawn.log_likelihood) < 0.02 * Math.max(1, 0.05 * Math.abs(found.total)), `${found.log_likelihood}, ${drawn.log_likelihood}`);
  }
});

test("the gap between log p(x) and the ELBO is KL(q || p(z|x)), summed over other points", () => {
  const study = posterior(model);
  for (const [name, x] of PRESETS) {
    const projection = model.project(x);
    const { log_prob } = finish(study(x));
    const q = qOf(x);
    const gap = log_prob - exactElbo(model, projection, q).total;
    assert.ok(gap > 0);
    const kl = klToPosterior(model, projection, q, log_prob);
    assert.ok(Math.abs(gap - kl) < 1e-3 * Math.max(1, 0.02 * gap), `${name}: ${gap} and ${kl}`);
  }
});

test("the ELBO's gradient is that of finite differences", () => {
  const x = PRESETS.get("stroke 5");
  const q = { mean: [0.4, 0.2], log_var: [-6, -7] };
  const gradient = elboGradient(exact, x, q);
  const { noise, weight } = lattice(1);
  const total = ({ mean, log_var }) => weight.reduce((sum, one, i) => {
    const z = [0, 1].map((axis) => mean[axis] + Math.exp(log_var[axis] / 2) * noise[2 * i + axis]);
    return sum + one * bernoulliLogProb(x, net.decode(z));
  }, -klToStandardNormal(mean, log_var));
  for (const part of ["mean", "log_var"]) {
    for (const axis of [0, 1]) {
      const at = (shift) => {
        const moved = { mean: [...q.mean], log_var: [...q.log_var] };
        moved[part][axis] += shift;
        return total(moved);
      };
      const step = part === "mean" ? 1e-4 : 1e-3;
      const difference = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      assert.ok(Math.abs(gradient[part][axis] - difference) < 1e-5 * Math.max(1, Math.abs(difference)), `${part}: ${gradient[part][axis]} and ${difference}`);
    }
  }
});

test("refine finds the best diagonal Gaussian of a linear model, from far away and from a wrong width", () => {
  const precision = [[900, 500], [500, 400]]; // of p(z|x); the best q keeps the diagonal and the mean
  const mean = [1.3, -0.4];
  const value = (a, b) => -(precision[0][0] * (a - mean[0]) ** 2 + 2 * precision[0][1] * (a - mean[0]) * (b - mean[1]) + precision[1][1] * (b - mean[1]) ** 2) / 2 + (a * a + b * b) / 2;
  const stand = {
    latent: 2, project: () => null, points: (z) => z,
    logProb: (_, z) => Float64Array.from({ length: z.length / 2 }, (__, i) => value(z[2 * i], z[2 * i + 1])),
    gradient: (_, z) => z.map((one, i) => {
      const [a, b] = [z[i - (i % 2)] - mean[0], z[i - (i % 2) + 1] - mean[1]];
      return one - (i % 2 ? precision[0][1] * a + precision[1][1] * b : precision[0][0] * a + precision[0][1] * b);
    }),
  };
  for (const start of [{ mean: [1.3, -0.4], log_var: [-6, -6] }, { mean: [-3, 2], log_var: [0, -9] }, { mean: [7, 1], log_var: [3, 4] }]) {
    let [last, before] = [null, -Infinity];
    for (const step of refine(stand, null, start)) {
      assert.ok(step.elbo.total > before, "a step lowered the ELBO");
      before = step.elbo.total;
      last = step.q;
    }
    for (const axis of [0, 1]) {
      assert.ok(Math.abs(last.mean[axis] - mean[axis]) < 1e-3, `mean ${last.mean}`);
      assert.ok(Math.abs(Math.exp(last.log_var[axis]) * precision[axis][axis] - 1) < 1e-2, `width ${last.log_var}`);
    }
  }
});

test("refined, the bound of every preset rises and stays below log p(x)", () => {
  const study = posterior(model);
  for (const [name, x] of PRESETS) {
    const { log_prob } = finish(study(x));
    const before = exactElbo(model, model.project(x), qOf(x)).total;
    const after = [...refine(model, x, qOf(x))].at(-1).elbo.total;
    assert.ok(after > before && after < log_prob + 1e-3, `${name}: ${before}, ${after}, ${log_prob}`);
  }
});

test("importance weights: the bound of one draw is its log weight, that of many nears log p(x)", () => {
  const x = PRESETS.get("stroke 9");
  const projection = model.project(x);
  const q = qOf(x);
  const noise = normals(2 * 500, 1);
  const { z, weight, bound } = weigh(model, projection, q, noise);
  const logNormal = (value, mean, log_var) => -0.5 * ((value - mean) ** 2 / Math.exp(log_var) + log_var + Math.log(2 * Math.PI));
  const logs = Array.from({ length: 500 }, (_, i) => {
    const place = z.subarray(2 * i, 2 * i + 2);
    const [log_likelihood] = exact.logProb(exact.project(x), exact.points(place));
    return place.reduce((sum, value, axis) => sum + logNormal(value, 0, 0) - logNormal(value, q.mean[axis], q.log_var[axis]), log_likelihood);
  });
  assert.ok(Math.abs(weight.reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
  logs.forEach((log, i) => assert.ok(Math.abs(weight[i] / weight[0] / Math.exp(log - logs[0]) - 1) < 1e-3));
  const one = weigh(model, projection, q, noise.subarray(0, 2));
  assert.ok(Math.abs(one.bound - logs[0]) < 1e-3 && one.weight[0] === 1);
  assert.ok(Math.abs(bound - finish(posterior(model)(x)).log_prob) < 0.2);
});
