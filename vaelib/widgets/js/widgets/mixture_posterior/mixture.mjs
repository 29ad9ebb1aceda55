// A mixture of round Gaussians in the plane: joint, evidence, posterior, and the bound for any q. Nats throughout. No drawing.
// A mixture is { weight: [k numbers], mean: [k pairs], std: [k numbers] }.

import { clamp } from "../../engine/range.mjs";

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** log sum exp(values) without overflow or underflow. */
export function logSumExp(values) {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** log p(x | z = k) for each k. */
export const logLikelihoods = ([x1, x2], { mean, std }) => mean.map(([m1, m2], k) => (
  -LOG_TWO_PI - 2 * Math.log(std[k]) - (((x1 - m1) / std[k]) ** 2 + ((x2 - m2) / std[k]) ** 2) / 2
));

/** log p(x, z = k) for each k. */
export const logJoint = (x, mixture) => logLikelihoods(x, mixture).map((value, k) => value + Math.log(mixture.weight[k]));

/** log p(z = k | x) = -log sum_j p(x, j) / p(x, k): by the odds between components, so that p(x) itself is not needed. */
export function logPosterior(x, mixture) {
  const joint = logJoint(x, mixture);
  return joint.map((own) => -logSumExp(joint.map((other) => other - own)));
}

/** p(z = k | x), the responsibilities. */
export const posterior = (x, mixture) => logPosterior(x, mixture).map(Math.exp);

/** The posterior at every crossing of `xs` and `ys`, row by row: as `posterior`, but fast enough to be drawn while a hand drags. */
export function posteriorOver(xs, ys, { weight, mean, std }) {
  const count = weight.length;
  const result = new Float64Array(xs.length * ys.length * count);
  const rates = std.map((one) => 0.5 / (one * one));
  const constants = weight.map((one, k) => Math.log(one) - 2 * Math.log(std[k]));
  const across = Float64Array.from({ length: xs.length * count }, (_, i) => (xs[Math.floor(i / count)] - mean[i % count][0]) ** 2 * rates[i % count]);
  let start = 0;
  for (const y of ys) {
    const up = mean.map(([, m2], k) => constants[k] - (y - m2) ** 2 * rates[k]);
    for (let i = 0; i < across.length; i += count) {
      let largest = -Infinity;
      for (let k = 0; k < count; k++) largest = Math.max(largest, (result[start + k] = up[k] - across[i + k]));
      let sum = 0;
      for (let k = 0; k < count; k++) sum += result[start + k] = Math.exp(result[start + k] - largest);
      for (let k = 0; k < count; k++) result[start + k] /= sum;
      start += count;
    }
  }
  return result;
}

/**
 * The bound for q = [k probabilities], each part by its own formula: { log_evidence, log_likelihood, kl, elbo, gap, residual, terms }.
 * elbo = sum of `terms` = E_q[log p(x|z)] - KL(q || weight), gap = KL(q || posterior), residual = log_evidence - elbo - gap.
 */
export function bound(x, mixture, q) {
  const likelihoods = logLikelihoods(x, mixture);
  const posteriors = logPosterior(x, mixture);
  const log_evidence = logSumExp(logJoint(x, mixture));
  const under_q = (values) => q.reduce((sum, one, k) => sum + (one > 0 ? one * values[k] : 0), 0); // 0 log 0 = 0
  const log_likelihood = under_q(likelihoods);
  const kl = under_q(q.map((one, k) => Math.log(one) - Math.log(mixture.weight[k])));
  const gap = under_q(q.map((one, k) => Math.log(one) - posteriors[k]));
  const terms = q.map((one, k) => (one > 0 ? one * (likelihoods[k] + Math.log(mixture.weight[k] / one)) : 0));
  const elbo = log_likelihood - kl;
  return { log_evidence, log_likelihood, kl, elbo, gap, residual: log_evidence - elbo - gap, terms };
}

/** Probabilities after entry `k` was set to `value`: the others keep their proportions, and none falls below `least`. */
export function withEntry(probabilities, k, value, least = 0) {
  const others = probabilities.length - 1;
  const own = clamp(value, [least, 1 - others * least]);
  const spare = probabilities.map((one, i) => (i === k ? 0 : Math.max(0, one - least)));
  const total = spare.reduce((sum, one) => sum + one, 0);
  const rest = 1 - own - others * least;
  return spare.map((one, i) => (i === k ? own : least + rest * (total > 0 ? one / total : 1 / others)));
}

/** `values` as probabilities of at least `least`, or null when they cannot be. */
export function asProbabilities(values, count, least = 0) {
  if (!Array.isArray(values) || values.length !== count || !values.every((one) => Number.isFinite(one) && one >= 0)) return null;
  const total = values.reduce((sum, one) => sum + one, 0);
  if (!(total > 0 && total < Infinity)) return null;
  const raised = values.map((one) => Math.max(least, one / total));
  const sum = raised.reduce((all, one) => all + one, 0);
  return raised.map((one) => one / sum);
}
