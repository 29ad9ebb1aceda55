// The way back through a network: gradients against finite differences on both kernels, the ELBO's gradient, and Adam's steps.

import assert from "node:assert/strict";
import test from "node:test";
import { adam } from "../../vaelib/widgets/js/engine/adam.mjs";
import { dense } from "../../vaelib/widgets/js/engine/dense.mjs";
import { bernoulliLogProb, klToStandardNormal, reparameterize } from "../../vaelib/widgets/js/engine/densities.mjs";
import { elboGradient } from "../../vaelib/widgets/js/engine/elbo.mjs";
import { plainKernel, wasmKernel } from "../../vaelib/widgets/js/engine/kernel.mjs";
import { gaussianLogProb, likelihoodOf } from "../../vaelib/widgets/js/engine/likelihoods.mjs";
import { generator, normals } from "../../vaelib/widgets/js/engine/random.mjs";

const KERNELS = [plainKernel, wasmKernel];
const STEP = 1e-4; // the central difference of fourth order errs by about its fourth power

const BERNOULLI = likelihoodOf({ kind: "bernoulli" }, { outputs: 11 });
const gaussianOf = (std, outputs) => likelihoodOf({ kind: "gaussian", std, learn_std: false, min_std: 0 }, {
  outputs, tensors: { "likelihood.log_factor": { dtype: "F32", shape: [], data: Float32Array.of(0) } },
});

/** Layers of random weights: hidden ones of the given widths, then a head of each name. */
function randomLayers(inputs, widths, heads, outputs, seed) {
  const { normal } = generator(seed);
  const one = (name, from, to) => ({
    name, inputs: from, outputs: to, weight: Float64Array.from({ length: from * to }, () => normal() / Math.sqrt(from)), bias: Float64Array.from({ length: to }, () => 0.3 * normal()),
  });
  const hidden = widths.map((width, i) => one(`hidden.${i}`, widths[i - 1] ?? inputs, width));
  return [...hidden, ...heads.map((name) => one(name, widths.at(-1) ?? inputs, outputs))];
}

const slopeOf = (value, step = STEP) => (8 * (value(step) - value(-step)) - (value(2 * step) - value(-2 * step))) / (12 * step);

/** A VAE of random weights on one kernel, its weights as they were made. */
function randomVae(makeKernel, activation, { pixels = 11, latent = 3, seed = 1, rows = 8 } = {}) {
  const parts = { encoder: randomLayers(pixels, [9, 10], ["mean", "log_var"], latent, seed), decoder: randomLayers(latent, [13], ["output"], pixels, seed + 1) };
  const make = (layers, heads) => dense({ layers, heads, activation, makeKernel, rows, learns: true });
  return { parts, latent, pixels, encoder: make(parts.encoder, 2), decoder: make(parts.decoder, 1) };
}

/** The mean over examples of log p(x|z) - beta KL, from densities.mjs and a plain network of the same layers. */
function objective({ parts, latent, pixels }, activation, logProb, { x, noise, count, beta }) {
  const [encoder, decoder] = [[parts.encoder, 2], [parts.decoder, 1]].map(([layers, heads]) => dense({ layers, heads, activation, makeKernel: plainKernel }));
  const [mean, log_var] = encoder.forward(x, count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const [m, v] = [mean, log_var].map((all) => all.subarray(i * latent, (i + 1) * latent));
    const [output] = decoder.forward(reparameterize(m, v, noise.subarray(i * latent, (i + 1) * latent)), 1);
    total += logProb(x.subarray(i * pixels, (i + 1) * pixels), output) - beta * klToStandardNormal(m, v);
  }
  return total / count;
}

for (const [kind, activation] of [["bernoulli", "silu"], ["bernoulli", "tanh"], ["gaussian", "silu"], ["bernoulli", "relu"]]) {
  test(`the ELBO's gradient in every weight is that of finite differences: ${kind}, ${activation}`, () => {
    const likelihood = kind === "gaussian" ? gaussianOf(0.7, 11) : BERNOULLI;
    const logProb = kind === "gaussian" ? (x, output) => gaussianLogProb(x, output, new Float64Array(11).fill(0.7)) : bernoulliLogProb;
    const count = 5; // no multiple of four
    const x = normals(11 * count, 21).map((value) => (value > 0 ? 1 : 0));
    const noise = normals(3 * count, 22);
    for (const makeKernel of KERNELS) {
      const vae = randomVae(makeKernel, activation);
      const terms = elboGradient({ ...vae, likelihood, x, noise, count, beta: 0.6 });
      const value = () => objective(vae, activation, logProb, { x, noise, count, beta: 0.6 });
      assert.ok(Math.abs((terms.log_likelihood - 0.6 * terms.kl) / count - value()) < 1e-5);
      for (const part of ["encoder", "decoder"]) {
        vae.parts[part].forEach((layer, depth) => {
          const learned = vae[part].layers[depth];
          for (const name of ["weight", "bias"]) {
            const wide = name === "weight" ? layer.inputs : 1;
            const stride = name === "weight" ? learned.inputs : 1;
            const found = Array.from(layer[name], (_, i) => learned.learning[name].gradient[Math.floor(i / wide) * stride + (i % wide)]);
            const wanted = Array.from(layer[name], (kept, i) => {
              const slope = slopeOf((shift) => {
                layer[name][i] = kept + shift;
                return value();
              });
              layer[name][i] = kept;
              return slope;
            });
            const largest = Math.max(...wanted.map(Math.abs));
            // relu has corners; a difference that steps over one is off by more
            const bad = wanted.filter((slope, i) => Math.abs(slope - found[i]) > 1e-4 * largest).length;
            assert.ok(bad <= (activation === "relu" ? 0.02 * wanted.length : 0), `${makeKernel.name} ${part} ${layer.name}.${name}: ${bad} of ${wanted.length}, ${found.slice(0, 3)} for ${wanted.slice(0, 3)}`);
          }
        });
      }
    }
  });
}

test("gradients gather over batches: two halves give what the whole gives", () => {
  const x = normals(11 * 8, 31).map((value) => (value > 0 ? 1 : 0));
  const noise = normals(3 * 8, 32);
  const likelihood = BERNOULLI;
  for (const makeKernel of KERNELS) {
    const [whole, halves] = [randomVae(makeKernel, "silu"), randomVae(makeKernel, "silu")];
    elboGradient({ ...whole, likelihood, x, noise, count: 8 });
    for (const first of [0, 4]) elboGradient({ ...halves, likelihood, x, first, noise: noise.subarray(3 * first), count: 4 });
    whole.encoder.layers.forEach((layer, depth) => layer.learning.weight.gradient.forEach((value, i) => {
      assert.ok(Math.abs(halves.encoder.layers[depth].learning.weight.gradient[i] / 2 - value) < 1e-6);
    }));
  }
});

test("Adam's first step is the rate along each gradient's sign, and it climbs to the top of a parabola", () => {
  for (const makeKernel of KERNELS) {
    const layers = [{ name: "output", inputs: 2, outputs: 3, weight: [1, -2, 0.5, 4, -1, 0], bias: [0, 1, -1] }];
    const net = dense({ layers, activation: "relu", makeKernel, learns: true });
    const optimizer = adam([net], { rate: 0.05 });
    const [layer] = net.layers;
    const pull = () => { for (let i = 0; i < 3; i++) layer.learning.bias.gradient[i] = 2 - layer.bias[i]; };
    pull();
    optimizer.step();
    [0.05, 1.05, -0.95].forEach((wanted, i) => assert.ok(Math.abs(layer.bias[i] - wanted) < 1e-6));
    for (let i = 0; i < 400; i++) {
      pull();
      optimizer.step();
    }
    for (let i = 0; i < 3; i++) assert.ok(Math.abs(layer.bias[i] - 2) < 1e-3, `${layer.bias[i]}`);
    assert.deepEqual([...layer.weight.subarray(0, 2), ...layer.weight.subarray(8, 10)].map(Math.fround), [1, -2, 0.5, 4], "no gradient, no step");
    assert.equal(optimizer.steps(), 401);
  }
});

test("a network that does not learn, a rate of 0 and a batch that is too large are refused", () => {
  const net = dense({ layers: randomLayers(2, [], ["output"], 3, 1), activation: "relu", makeKernel: plainKernel });
  assert.throws(() => adam([net]), /learns: true .*"output" without gradients/);
  assert.throws(() => adam([], { rate: 0 }), /rate above 0, got 0/);
  const vae = randomVae(plainKernel, "silu");
  assert.throws(() => elboGradient({ ...vae, likelihood: BERNOULLI, x: new Float64Array(99), noise: new Float64Array(27), count: 9 }), /at most 8 examples, got 9/);
  assert.throws(() => elboGradient({ ...vae, gradient: "best" }), /gradient among trick, detached, score function, got best/);
  for (const spec of [undefined, { kind: "poisson" }, { kind: "gaussian" }]) assert.throws(() => likelihoodOf(spec, { outputs: 3 }), /likelihood: wanted/);
});

test("with the score function the encoder follows weight log p(x|z) log q(z|x) - beta KL at held draws; detached, the KL alone", () => {
  const count = 5;
  const x = normals(11 * count, 41).map((value) => (value > 0 ? 1 : 0));
  const noise = normals(3 * count, 42);
  const [weight, beta] = [0.3, 0.6];
  for (const gradient of ["score function", "detached"]) {
    for (const makeKernel of KERNELS) {
      const vae = randomVae(makeKernel, "silu");
      const q = () => dense({ layers: vae.parts.encoder, heads: 2, activation: "silu", makeKernel: plainKernel }).forward(x, count);
      const [mean, log_var] = q();
      const z = mean.map((m, i) => m + Math.exp(log_var[i] / 2) * noise[i]);
      const [output] = dense({ layers: vae.parts.decoder, heads: 1, activation: "silu", makeKernel: plainKernel }).forward(z, count);
      const held = Array.from({ length: count }, (_, i) => (gradient === "detached" ? 0 : bernoulliLogProb(x.subarray(11 * i, 11 * (i + 1)), output.subarray(11 * i, 11 * (i + 1)))));
      const value = () => {
        const [m, v] = q();
        return held.reduce((sum, score, i) => {
          const of = (all) => all.subarray(3 * i, 3 * (i + 1));
          const logQ = gaussianLogProb(of(z), of(m), of(v).map((one) => Math.exp(one / 2)));
          return sum + (weight * score * logQ - beta * klToStandardNormal(of(m), of(v))) / count;
        }, 0);
      };
      elboGradient({ ...vae, likelihood: BERNOULLI, x, noise, count, beta, weight, gradient });
      vae.parts.encoder.forEach((layer, depth) => {
        const { learning } = vae.encoder.layers[depth];
        const wanted = Array.from(layer.bias, (kept, i) => {
          const slope = slopeOf((shift) => {
            layer.bias[i] = kept + shift;
            return value();
          });
          layer.bias[i] = kept;
          return slope;
        });
        const largest = Math.max(...wanted.map(Math.abs));
        wanted.forEach((slope, i) => assert.ok(Math.abs(slope - learning.bias.gradient[i]) <= 1e-4 * largest, `${gradient} ${layer.name}: ${learning.bias.gradient[i]} for ${slope}`));
      });
    }
  }
});
