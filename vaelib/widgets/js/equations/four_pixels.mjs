// A random decoder of one latent and four pixels with an image and a Gaussian q: what several equations of chapter 4 are broken on.

import { bernoulliLogProb } from "../engine/densities.mjs";
import { between, expect, integrate, list, logNormal } from "./tools.mjs";

export const PIXELS = 4;

export const drawModel = (random) => ({
  weight: list(PIXELS, () => 1.5 * random.normal()), bias: list(PIXELS, () => 0.5 * random.normal()), x: list(PIXELS, () => (random.uniform() < 0.5 ? 0 : 1)),
});
const drawQ = (random) => ({ mean: between(random, -1, 1), std: between(random, 0.7, 1.5) });
export const drawBoth = (random) => ({ ...drawModel(random), ...drawQ(random) });

export const logLikelihood = ({ weight, bias, x }, z) => bernoulliLogProb(x, weight.map((slope, j) => slope * z + bias[j]));
export const logJoint = (inputs, z) => logLikelihood(inputs, z) + logNormal(z);
export const logEvidence = (inputs) => Math.log(integrate((z) => Math.exp(logJoint(inputs, z))));
/** The average of log w over draws from q, the noise averaged by quadrature. */
export const elboOf = (inputs) => expect((z) => logJoint(inputs, z) - logNormal(z, inputs.mean, inputs.std), inputs.mean, inputs.std);
