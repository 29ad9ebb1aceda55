// One latent, one pixel: z ~ N(0, 1), x = slope z + std noise, noise ~ N(0, 1), and q = N(q_mean, q_std^2). Everything in closed form
// and in nats: the bound's parts, the E-step, the M-step, importance weights. No drawing, no state.

import { klToStandardNormal } from "../../engine/densities.mjs";
import { clamp } from "../../engine/range.mjs";

/** The eight data points of the bench. Their mean of x^2 is 2.5, and that is all of them that this model can learn. */
export const DATA = [-2.3, -1.6, -1.1, -0.5, 0.5, 1.2, 1.8, 2.4];
/** The models and the q's that the bench can make. Within them the exact posterior never leaves the range of q. */
export const RANGE = { x: [-3, 3], slope: [-3, 3], std: [0.4, 2], q_mean: [-4, 4], q_std: [0.1, 2] };

const LOG_2PI = Math.log(2 * Math.PI);

/** log N(value; mean, std^2) */
export const logNormal = (value, mean, std) => -0.5 * (LOG_2PI + ((value - mean) / std) ** 2) - Math.log(std);

/** p(z | x), which is a Gaussian: { mean, std }. */
export function posterior({ slope, std, x }) {
  const variance = slope * slope + std * std;
  return { mean: (slope * x) / variance, std: std / Math.sqrt(variance) };
}

/**
 * The terms of the bound at one x, each by a formula of its own, so that what theory says of them can be checked:
 * elbo = log_likelihood - kl = log_joint + entropy = log_evidence - gap. `residual` is log_evidence - elbo - gap.
 */
export function terms({ slope, std, x, q_mean, q_std }) {
  const exact = posterior({ slope, std, x });
  const log_likelihood = logNormal(x, slope * q_mean, std) - 0.5 * ((slope * q_std) / std) ** 2;
  const log_joint = log_likelihood + logNormal(q_mean, 0, 1) - 0.5 * q_std * q_std;
  const entropy = 0.5 * (LOG_2PI + 1) + Math.log(q_std);
  const kl = klToStandardNormal([q_mean], [2 * Math.log(q_std)]);
  // a divergence stays what it is when z is measured from the posterior's mean in units of its std
  const gap = klToStandardNormal([(q_mean - exact.mean) / exact.std], [2 * Math.log(q_std / exact.std)]);
  const log_evidence = logNormal(x, 0, Math.hypot(slope, std));
  const elbo = log_likelihood - kl;
  return { log_evidence, elbo, gap, log_likelihood, kl, log_joint, entropy, residual: log_evidence - elbo - gap };
}

/**
 * What the bench's numbers are averaged over: x alone, or the eight data points. Those share one encoder, q = N(gain x, q_std^2),
 * whose gain is q_mean / x; the exact posterior has just this form, so sharing costs nothing here.
 */
export function points({ data, x, q_mean }) {
  return data === "one" ? [{ x, q_mean }] : DATA.map((one) => ({ x: one, q_mean: (q_mean / x) * one }));
}

/** The data point nearest to x. */
export const nearestPoint = (x) => DATA.reduce((best, one) => (Math.abs(one - x) < Math.abs(best - x) ? one : best));

/**
 * `terms`, averaged over `points`.
 *
 * @returns {ReturnType<typeof terms>}
 */
export function averageTerms(state) {
  const all = points(state).map((one) => terms({ ...state, ...one }));
  return /** @type {any} */ (Object.fromEntries(Object.keys(all[0]).map((name) => [name, all.reduce((sum, one) => sum + one[name], 0) / all.length])));
}

/** q moves onto the posterior: the most that the bound can be for this model. */
export function eStep(state) {
  const { mean, std } = posterior(state);
  return { ...state, q_mean: mean, q_std: std };
}

/**
 * slope and std move to where the bound is largest for this q, among the models that the sliders can make. With averages over the points,
 * slope = E[x z] / E[z^2] and std^2 = E[(x - slope z)^2]. The best slope is the same for every std, and on either side of the best std
 * the bound falls, so cutting first slope and then std to their sliders is still the largest there.
 */
export function mStep(state) {
  const all = points(state);
  const average = (value) => all.reduce((sum, one) => sum + value(one), 0) / all.length;
  const xz = average(({ x, q_mean }) => x * q_mean);
  const zz = average(({ q_mean }) => q_mean * q_mean) + state.q_std * state.q_std;
  const slope = clamp(xz / zz, RANGE.slope);
  const variance = average(({ x, q_mean }) => (x - slope * q_mean) ** 2) + (slope * state.q_std) ** 2;
  return { ...state, slope, std: clamp(Math.sqrt(variance), RANGE.std) };
}

const STILL = 1e-9; // a round that moves nothing by more has ended the training
const ROUNDS = 2000; // enough for every start that the sliders allow, but those where slope creeps to 0

/** E-step and M-step in turn until nothing moves: every state on the way, one for each half of a round. */
export function* train(state) {
  for (let round = 0; round < ROUNDS; round++) {
    const before = state;
    yield (state = eStep(state));
    yield (state = mStep(state));
    if (Math.max(...["slope", "std", "q_mean", "q_std"].map((name) => Math.abs(state[name] - before[name]))) < STILL) return;
  }
}

/** E[x^2] of what the bench is fitted to; at the end of training slope^2 + std^2 is equal to it. */
export function secondMoment(state) {
  const all = points(state);
  return all.reduce((sum, { x }) => sum + x * x, 0) / all.length;
}

/** log w(z) = log p(x, z) - log q(z) */
export function logWeight({ slope, std, x, q_mean, q_std }, z) {
  return logNormal(x, slope * z, std) + logNormal(z, 0, 1) - logNormal(z, q_mean, q_std);
}

/**
 * Jensen with two draws, z = q_mean -+ t q_std: { logs, mean_log, log_mean, lost }, lost = log_mean - mean_log >= 0 in nats.
 * At t = 1 mean_log is the ELBO: log w is a parabola in z, and its mean under q is its mean at these two places.
 */
export function secant(state, t) {
  const logs = [-t, t].map((noise) => logWeight(state, state.q_mean + noise * state.q_std));
  const mean_log = (logs[0] + logs[1]) / 2;
  const half = Math.abs(logs[1] - logs[0]) / 2;
  const lost = half + Math.log1p(Math.exp(-2 * half)) - Math.LN2; // log cosh(half), which cannot overflow
  return { logs, mean_log, log_mean: mean_log + lost, lost };
}
