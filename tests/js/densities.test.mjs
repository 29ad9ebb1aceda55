// The terms of the ELBO against closed forms, quadrature, limits and bounds.

import assert from "node:assert/strict";
import test from "node:test";
import { bernoulliLogProb, elbo, klPerDimension, klToStandardNormal, means, reparameterize, sigmoid } from "../../vaelib/widgets/js/engine/densities.mjs";
import { generator, normals } from "../../vaelib/widgets/js/engine/random.mjs";

const near = (actual, wanted, tolerance = 1e-12) => assert.ok(Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${actual}, wanted ${wanted}`);

test("KL is zero at the prior and nowhere else", () => {
  assert.equal(klToStandardNormal([0, 0, 0], [0, 0, 0]), 0);
  const { normal } = generator(5);
  for (let i = 0; i < 500; i++) assert.ok(klToStandardNormal([normal()], [normal()]) > 0);
  assert.ok(klToStandardNormal([1e-6], [0]) > 0 && klToStandardNormal([0], [1e-6]) > 0 && klToStandardNormal([0], [-1e-6]) > 0);
});

test("KL equals the integral of q log(q / p)", () => {
  for (const [mean, log_var] of [[0.7, -1.3], [-2, 0.5], [0, 1]]) {
    const std = Math.exp(log_var / 2);
    const step = (24 * std) / 20000;
    let sum = 0;
    for (let i = 0; i <= 20000; i++) {
      const z = mean - 12 * std + i * step;
      const log_q = -0.5 * (((z - mean) / std) ** 2 + log_var);
      sum += (Math.exp(log_q) / Math.sqrt(2 * Math.PI)) * (log_q + 0.5 * z * z) * step;
    }
    near(klToStandardNormal([mean], [log_var]), sum, 1e-9);
  }
});

test("KL adds over dimensions and keeps its digits next to the prior", () => {
  const parts = klPerDimension([0.5, -1], [0.2, -3]);
  near(klToStandardNormal([0.5, -1], [0.2, -3]), parts[0] + parts[1]);
  near(klToStandardNormal([0], [1e-5]) / (1e-10 / 4), 1, 1e-5); // log_var^2 / 4 to leading order
});

test("the Bernoulli log-probability is the log of the product, and finite where the product is not", () => {
  const logits = [-2, 0.3, 1.5];
  near(bernoulliLogProb([0, 1, 1], logits), Math.log((1 - sigmoid(-2)) * sigmoid(0.3) * sigmoid(1.5)));
  near(bernoulliLogProb([1, 0], [-1000, 1000]), -2000);
  assert.equal(bernoulliLogProb([1, 0], [1000, -1000]) + 0, 0);
  let total = 0;
  for (let code = 0; code < 8; code++) total += Math.exp(bernoulliLogProb([code & 1, (code >> 1) & 1, code >> 2], logits));
  near(total, 1);
});

test("sigmoid does not overflow", () => {
  assert.deepEqual([...means([-1000, 0, 1000])], [0, 0.5, 1]);
  near(sigmoid(-3) + sigmoid(3), 1);
});

test("reparameterize gives mean + std * noise for each row", () => {
  assert.deepEqual([...reparameterize([1, -1], [0, Math.log(4)], [0, 0, 1, -2])], [1, -1, 2, -5]);
});

test("the ELBO averages over its samples and subtracts KL once", () => {
  const decode = (z) => z; // latent = pixels
  const [x, mean, log_var] = [[1, 0], [0.4, -0.6], [-0.5, 0.3]];
  const noise = normals(128, 3);
  const z = reparameterize(mean, log_var, noise);
  let sum = 0;
  for (let s = 0; s < 64; s++) sum += bernoulliLogProb(x, z.subarray(2 * s, 2 * s + 2));
  const terms = elbo(x, mean, log_var, noise, { decode });
  near(terms.log_likelihood, sum / 64);
  near(terms.kl, klToStandardNormal(mean, log_var));
  near(terms.total, terms.log_likelihood - terms.kl);
});

test("the ELBO stays below log p(x), by quadrature", () => {
  const decode = (z) => z;
  let evidence = 0;
  for (let z = -12; z <= 12; z += 0.001) evidence += (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)) * Math.exp(bernoulliLogProb([1], [z])) * 0.001;
  near(evidence, 0.5, 1e-6); // by symmetry
  const noise = normals(40000, 11);
  for (const [mean, log_var] of [[0, 0], [0.4, -2], [1, -1]]) assert.ok(elbo([1], [mean], [log_var], noise, { decode }).total < Math.log(evidence));
});

test("what does not fit together is refused", () => {
  assert.throws(() => klToStandardNormal([0, 0], [0]), /mean and log_var of equal length, got 2 and 1/);
  assert.throws(() => bernoulliLogProb([1], [0, 0]), /x and logits of equal length, got 1 and 2/);
  for (const bad of [NaN, -0.1, 255]) assert.throws(() => bernoulliLogProb([bad], [0]), /wanted x in \[0, 1\], got/);
  assert.throws(() => reparameterize([0, 0], [0, 0], [1, 2, 3]), /multiple of 2 numbers, got 3/);
  assert.throws(() => reparameterize([0], [0], []), /got 0/);
});
