// Six pixels that are coins, with random logits, for the equations of chapter 7. No equations.

import { sigmoid } from "../engine/densities.mjs";
import { list } from "./tools.mjs";

export const PIXELS = 6;
export const drawBits = ({ uniform }) => list(PIXELS, () => (uniform() < 0.5 ? 0 : 1));
export const drawLogits = ({ normal }) => list(PIXELS, () => 2 * normal());
export const softplus = (logit) => Math.log(1 + Math.exp(logit));
/** log of the product of Bernoulli probabilities, from the probabilities themselves. */
export const logOfProduct = (x, logits) => Math.log(x.reduce((product, bit, j) => product * (bit ? sigmoid(logits[j]) : sigmoid(-logits[j])), 1));
