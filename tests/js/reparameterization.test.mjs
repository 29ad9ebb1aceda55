// The bench's arithmetic: its gradients against difference quotients, its averages against the closed form.

import assert from "node:assert/strict";
import test from "node:test";
import { averageGradient, cost, draw, exactGradient, histogram, slope, standardDeviation, STD_RULES } from "../../vaelib/widgets/js/widgets/reparameterization/cost.mjs";
import { normals } from "../../vaelib/widgets/js/engine/random.mjs";

const SETTINGS = [
  { mean: 1, log_var: -1, noise: 1 },
  { mean: -3, log_var: 2, noise: -3 },
  { mean: 0, log_var: -4, noise: 0.5 },
];
const STEP = 1e-5;
const near = (value, wanted, tolerance, message) => assert.ok(Math.abs(value - wanted) <= tolerance, `${message ?? ""} wanted ${wanted}, got ${value}`);

test("the gradients are the difference quotients of the cost along z = mean + std * noise", () => {
  for (const rule of STD_RULES) {
    for (const setting of SETTINGS) {
      const one = draw({ ...setting, rule });
      const f = (change) => cost(draw({ ...setting, ...change, rule }).z);
      near(one.df_dmean, (f({ mean: setting.mean + STEP }) - f({ mean: setting.mean - STEP })) / (2 * STEP), 1e-5);
      near(one.df_dlog_var, (f({ log_var: setting.log_var + STEP }) - f({ log_var: setting.log_var - STEP })) / (2 * STEP), 1e-5);
      near(one.df_dz, (cost(one.z + STEP) - cost(one.z - STEP)) / (2 * STEP), 1e-6);
    }
  }
});

test("without the trick z and its slope stay, and both gradients are exactly 0", () => {
  const setting = SETTINGS[0];
  const on = draw(setting);
  const off = draw({ ...setting, trick: false });
  assert.equal(off.z, on.z);
  assert.equal(off.df_dz, slope(on.z));
  assert.deepEqual([off.dz_dmean, off.dz_dlog_var, off.df_dmean, off.df_dlog_var], [0, 0, 0, 0]);
});

test("the closed form is the integral of f under N(mean, exp(log_var)), differentiated", () => {
  const expectation = (mean, log_var) => {
    let [sum, total] = [0, 0];
    for (let noise = -12; noise <= 12; noise += 0.001) {
      const weight = Math.exp(-noise * noise / 2);
      sum += weight * cost(mean + standardDeviation(log_var) * noise);
      total += weight;
    }
    return sum / total;
  };
  for (const { mean, log_var } of SETTINGS) {
    const exact = exactGradient(mean, log_var);
    const h = 1e-4;
    near(exact.mean, (expectation(mean + h, log_var) - expectation(mean - h, log_var)) / (2 * h), 1e-6);
    near(exact.log_var, (expectation(mean, log_var + h) - expectation(mean, log_var - h)) / (2 * h), 1e-6);
  }
});

test("the mean of many draws is the closed form within four standard errors, and under the slip it is not", () => {
  const noises = normals(40000, 3);
  const setting = { mean: 1, log_var: -1, noises };
  const exact = exactGradient(1, -1);
  const right = averageGradient(setting);
  const wrong = averageGradient({ ...setting, rule: "exp(log_var)" });
  for (const name of ["mean", "log_var"]) near(right[name].average, exact[name], 4 * right[name].error, name);
  assert.ok(Math.abs(wrong.log_var.average - exact.log_var) > 10 * wrong.log_var.error);
});

test("under the slip the mean of many draws is the closed form for the std drawn", () => {
  const rule = "exp(log_var)";
  for (const log_var of [-1, 0.5]) {
    const drawn = averageGradient({ mean: 1, log_var, noises: normals(40000, 3), rule });
    const exact = exactGradient(1, log_var, rule);
    for (const name of ["mean", "log_var"]) near(drawn[name].average, exact[name], 4 * drawn[name].error, name);
  }
});

test("at log_var = 0 the slip cannot be seen in z", () => {
  assert.equal(draw({ mean: 1, log_var: 0, noise: 1 }).z, draw({ mean: 1, log_var: 0, noise: 1, rule: "exp(log_var)" }).z);
});

test("a histogram of densities has area 1, and each value lies in its bin", () => {
  const values = [0, 0.1, 0.49, 0.5, -0.01, 7];
  const bars = histogram(values, 0, 0.5);
  near(bars.reduce((area, { from, to, density }) => area + (to - from) * density, 0), 1, 1e-12);
  assert.deepEqual(bars.map(({ from }) => from), [-0.5, 0, 0.5, 7]);
  near(bars[1].density, 3 / (6 * 0.5), 1e-12);
});
