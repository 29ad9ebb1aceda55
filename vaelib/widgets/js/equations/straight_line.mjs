// A random straight line with one latent and one pixel, and a Gaussian q: what several equations of chapter 4 are broken on.

import { between, expect, integrate, logNormal } from "./tools.mjs";

export const drawLinear = (random) => ({ slope: between(random, 0.6, 1.8), noise_std: between(random, 0.5, 0.8), x: between(random, 0.8, 2) });
export const drawQ = (random) => ({ mean: between(random, 0.4, 1.4), std: between(random, 0.4, 0.8) });

export const logJoint = ({ slope, noise_std, x }, z) => logNormal(x, slope * z, noise_std) + logNormal(z);
export const logEvidence = (inputs) => Math.log(integrate((z) => Math.exp(logJoint(inputs, z))));
export const elboOf = (inputs) => expect((z) => logJoint(inputs, z) - logNormal(z, inputs.mean, inputs.std), inputs.mean, inputs.std);
export const klToPosterior = (inputs) => {
  const evidence = logEvidence(inputs);
  return expect((z) => logNormal(z, inputs.mean, inputs.std) - (logJoint(inputs, z) - evidence), inputs.mean, inputs.std);
};
/** KL(N(mean, std^2) || N(0, 1)), in closed form. */
export const klToPrior = ({ mean, std }) => 0.5 * (mean ** 2 + std ** 2 - 1 - Math.log(std ** 2));
