// Three runs of gradient descent on the average of f(z) = z^2 + sin z over z ~ N(mean, exp(log_var)), which differ in how a draw is differentiated. No drawing.

import { cost, slope } from "../reparameterization/cost.mjs";
import { normals } from "../../engine/random.mjs";
import { clamp } from "../../engine/range.mjs";

export const RUNNERS = ["trick", "score function", "detached"];
export const LIMITS = { start: [-3, 3], learning_rate: [0.01, 0.3], draws: [1, 100], steps: [0, 200] };
export const START_LOG_VAR = 0;
export const LOG_VARS = [-4, 2]; // a step beyond stops at the end: without it the width would shrink for ever
export const MEANS = [-6, 6]; // and a runner that is thrown out of the valley stays at its rim
const OWN_NOISE = 2 ** 32; // added to the seed, once for each runner, where they do not share the noise

/** The gradient of f(z) for the two parameters, from one draw z = mean + std noise: [for mean, for log_var]. */
export const GRADIENTS = {
  trick: (mean, std, noise) => {
    const df_dz = slope(mean + std * noise);
    return [df_dz, (df_dz * std * noise) / 2];
  },
  "score function": (mean, std, noise) => {
    const f = cost(mean + std * noise);
    return [(f * noise) / std, (f * (noise * noise - 1)) / 2];
  },
  detached: () => [0, 0],
};

/** The average of f over N(mean, exp(log_var)), in closed form. */
export const averageCost = (mean, log_var) => mean * mean + Math.exp(log_var) + Math.exp(-Math.exp(log_var) / 2) * Math.sin(mean);

/** The least that it can be within LOG_VARS. */
export const LEAST = (() => {
  let [low, high] = LIMITS.start;
  const at = (mean) => averageCost(mean, LOG_VARS[0]);
  for (let i = 0; i < 100; i++) { // a golden search is not needed for one valley
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(left) < at(right)) high = right;
    else low = left;
  }
  return { mean: (low + high) / 2, cost: at((low + high) / 2) };
})();

/** The average over the noises of one step: [for mean, for log_var]. */
export function gradient(runner, mean, log_var, noises) {
  const std = Math.exp(log_var / 2);
  const sum = [0, 0];
  for (const noise of noises) {
    const one = GRADIENTS[runner](mean, std, noise);
    sum[0] += one[0];
    sum[1] += one[1];
  }
  return sum.map((value) => value / noises.length + 0);
}


const NODES = (() => {
  const places = Array.from({ length: 129 }, (_, i) => (i - 64) / 8);
  const weights = places.map((noise) => Math.exp((-noise * noise) / 2));
  const total = weights.reduce((a, b) => a + b);
  return places.map((noise, i) => [noise, weights[i] / total]);
})();

/** The standard deviation of one step's gradient for the mean, over all noises that might have come, by a sum over a fine grid. */
export function spread(runner, mean, log_var, draws) {
  const std = Math.exp(log_var / 2);
  let [first, second] = [0, 0];
  for (const [noise, weight] of NODES) {
    const [value] = GRADIENTS[runner](mean, std, noise);
    first += weight * value;
    second += weight * value * value;
  }
  return Math.sqrt(Math.max(0, second - first * first) / draws);
}

/**
 * All runs, for `steps` steps: { [runner]: [{ mean, log_var, cost, spread }] }, the start first. `shared`: whether all three get the same noise.
 * One seed gives the same runs however often, and at a larger number of steps the same beginning.
 */
export function race({ start, learning_rate, draws, steps, seed, shared }) {
  return Object.fromEntries(RUNNERS.map((runner, lane) => {
    const noise = normals(steps * draws, seed + (shared ? 0 : (lane + 1) * OWN_NOISE));
    let [mean, log_var] = [start, START_LOG_VAR];
    const at = () => ({ mean, log_var, cost: averageCost(mean, log_var), spread: spread(runner, mean, log_var, draws) });
    const way = [at()];
    for (let step = 0; step < steps; step++) {
      const [by_mean, by_log_var] = gradient(runner, mean, log_var, noise.subarray(step * draws, (step + 1) * draws));
      mean = clamp(mean - learning_rate * by_mean, MEANS);
      log_var = clamp(log_var - learning_rate * by_log_var, LOG_VARS);
      way.push(at());
    }
    return [runner, way];
  }));
}
