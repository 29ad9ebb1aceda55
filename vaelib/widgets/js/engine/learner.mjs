// A dense VAE with Bernoulli pixels that learns: its first weights, one step of Adam, its codes, pictures and scores. No data of its own, no worker.

import { adam } from "./adam.mjs";
import { dense } from "./dense.mjs";
import { klPerDimension, means } from "./densities.mjs";
import { elboGradient } from "./elbo.mjs";
import { bestKernel } from "./kernel.mjs";
import { likelihoodOf } from "./likelihoods.mjs";

export const ACTIVATION = "silu";

/**
 * Layers of pixels-hidden-latent and latent-hidden-pixels: { encoder, decoder }. Weights and biases are uniform up to 1 / sqrt(inputs) to both
 * sides, as torch's linear layers begin (vaelib/networks/start.py); `uniform()` is in (0, 1).
 */
export function firstLayers({ pixels, latent, hidden }, uniform) {
  const one = (name, inputs, outputs) => {
    const draw = () => (2 * uniform() - 1) / Math.sqrt(inputs);
    return { name, inputs, outputs, weight: Float64Array.from({ length: inputs * outputs }, draw), bias: Float64Array.from({ length: outputs }, draw) };
  };
  return {
    encoder: [one("hidden.0", pixels, hidden), one("mean", hidden, latent), one("log_var", hidden, latent)],
    decoder: [one("hidden.0", latent, hidden), one("output", hidden, pixels)],
  };
}

/** A VAE of these layers (firstLayers) that takes up to `rows` examples a step. Sizes are those of the layers. */
export function learner(layers, { rows, makeKernel = bestKernel }) {
  const make = (part, heads) => dense({ layers: layers[part], heads, activation: ACTIVATION, makeKernel, rows, learns: true });
  const [encoder, decoder] = [make("encoder", 2), make("decoder", 1)];
  const [pixels, latent] = [encoder.inputs, decoder.inputs];
  const likelihood = likelihoodOf({ kind: "bernoulli" }, { outputs: pixels });
  const optimizer = adam([encoder, decoder]);

  const encode = (x, count) => {
    const [mean, log_var] = encoder.forward(x, count);
    return { mean, log_var };
  };
  const logits = (z, count) => decoder.forward(z, count)[0];

  return {
    encoder, decoder, pixels, latent, encode, logits,
    /** One step uphill on `count` examples from `first`; settings and what comes back as in elbo.mjs. */
    step: (/** @type {any} */ { rate, ...batch }) => {
      const terms = elboGradient({ encoder, decoder, likelihood, ...batch });
      optimizer.rate = rate;
      optimizer.step();
      return terms;
    },
    steps: optimizer.steps,
    /** The mean pictures at `count` codes z. */
    decode: (z, count) => means(logits(z, count)),
    /** Averages over `count` examples, in nats, one draw of z each: { log_likelihood, kl, kl_per_dimension }. */
    score: (x, noise, count) => {
      const { mean, log_var } = encode(x, count);
      const output = logits(mean.map((m, i) => m + Math.exp(log_var[i] / 2) * noise[i]), count);
      let log_likelihood = 0;
      for (let i = 0; i < count; i++) log_likelihood += likelihood.logProb(x.subarray(i * pixels, (i + 1) * pixels), output.subarray(i * pixels, (i + 1) * pixels));
      const kl_per_dimension = new Float64Array(latent);
      klPerDimension(mean, log_var).forEach((kl, i) => { kl_per_dimension[i % latent] += kl / count; });
      return { log_likelihood: log_likelihood / count, kl: kl_per_dimension.reduce((sum, kl) => sum + kl, 0), kl_per_dimension };
    },
    /** The weights as they are now, in the form of firstLayers. */
    weights: () => Object.fromEntries(Object.entries({ encoder, decoder }).map(([part, { layers: made }]) => [part, made.map(({ wanted, weight, bias, inputs: wide }) => ({
      name: wanted.name, inputs: wanted.inputs, outputs: wanted.outputs,
      weight: Float64Array.from({ length: wanted.inputs * wanted.outputs }, (_, i) => weight[Math.floor(i / wanted.inputs) * wide + (i % wanted.inputs)]),
      bias: Float64Array.from(bias.subarray(0, wanted.outputs)),
    }))])),
  };
}
