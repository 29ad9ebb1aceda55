// Eight codes on a line: their average against the prior, and the mean KL split into information and mismatch, in nats. No drawing.

import { average, klBetween, logMixture, logNormal } from "../../exact/bells.mjs";

export const COUNT = 8; // this, the limits and the presets as in coded_line.py
export const RANGE = { mean: [-3.5, 3.5], std: [0.1, 1.5] };
const PRIOR = { mean: 0, std: 1 };

/** The codes as bells, each with its share of the average. */
export const codes = ({ mean, std }) => mean.map((one, i) => ({ weight: 1 / mean.length, mean: one, std: std[i] }));

/**
 * { information, mismatch, kl }, each from its own definition: information = the average KL of a code from the average of all, mismatch =
 * KL(average of all || prior), both as sums over z; kl = the average of KL(code || prior), by the closed form of two Gaussians.
 */
export function split(parts) {
  const log_aggregate = logMixture(parts);
  const mean = (f) => parts.reduce((sum, one) => sum + one.weight * f(one), 0);
  return {
    information: mean((one) => average((z) => logNormal(z, one) - log_aggregate(z), one)),
    mismatch: mean((one) => average((z) => log_aggregate(z) - logNormal(z, PRIOR), one)),
    kl: mean((one) => klBetween(one, PRIOR)),
  };
}

const all = (value) => new Array(COUNT).fill(value);
const evenly = (low, high) => Array.from({ length: COUNT }, (_, i) => Math.round(100 * (low + ((high - low) * i) / (COUNT - 1))) / 100);
/** States to begin from: { words, mean, std }. */
export const PRESETS = {
  same: { words: "all the same", mean: all(0), std: all(1) },
  sharp: { words: "spread, sharp", mean: evenly(-3, 3), std: all(0.15) },
  prior: { words: "as the prior wants", mean: [-1.65, -1.01, -0.58, -0.19, 0.19, 0.58, 1.01, 1.65], std: all(0.35) },
  far: { words: "far away", mean: evenly(1.4, 3.5), std: all(0.25) },
};
