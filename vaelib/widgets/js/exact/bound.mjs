// The bounds of a Gaussian q over two latents: ELBO without sampling noise, its best q, and the importance-weighted bound. Draws nothing.
//
// Expectations under q are sums over a lattice of `step` standard deviations. For smooth functions such a sum converges faster
// than any power of the step: at step 1 the variance of q itself is right to 3e-7.

import { klToStandardNormal } from "../engine/densities.mjs";
import { clamp } from "../engine/range.mjs";

const REACH = 6; // standard deviations to the lattice's end
const STEPS = 200; // of refine, at most
const SETTLED = 1e-7; // nats: a step that gains less is the last
const LONGEST = { mean: 3, log_var: 1 }; // no step moves the mean by more standard deviations, or log_var by more

/** { noise, weight }: lattice points (two numbers each) and their weights, which sum to 1. */
export function lattice(step, shift = 0) {
  const line = [];
  for (let k = -Math.ceil(REACH / step); k <= Math.ceil(REACH / step); k++) line.push((k + shift) * step);
  const points = line.flatMap((a) => line.map((b) => [a, b])).filter(([a, b]) => a * a + b * b <= REACH * REACH);
  const raw = points.map(([a, b]) => Math.exp(-(a * a + b * b) / 2));
  const total = raw.reduce((sum, one) => sum + one, 0);
  return { noise: Float64Array.from(points.flat()), weight: Float64Array.from(raw, (one) => one / total) };
}

const COARSE = lattice(1); // 113 points: what refine climbs on, and what is printed
const FINE = lattice(0.5, 0.5); // none of its points is in the other: the difference tells how far either is to be trusted

const place = ({ mean, log_var }, noise) => noise.map((value, i) => mean[i % 2] + Math.exp(log_var[i % 2] / 2) * value);

/** The ELBO of q = { mean, log_var } for a projection of x (log_likelihood.mjs): { log_likelihood, kl, total }. */
export function exactElbo(model, projection, q, { noise, weight } = COARSE) {
  const values = model.logProb(projection, model.points(place(q, noise)));
  const log_likelihood = values.reduce((sum, value, i) => sum + weight[i] * value, 0);
  const kl = klToStandardNormal(q.mean, q.log_var);
  return { log_likelihood, kl, total: log_likelihood - kl };
}

/** KL(q || p(z|x)) in nats, summed over the other lattice: E_q[log q - log p(x|z) - log p(z)] + log p(x). */
export function klToPosterior(model, projection, q, log_prob) {
  const z = place(q, FINE.noise);
  const values = model.logProb(projection, model.points(z));
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const noise = FINE.noise.subarray(2 * i, 2 * i + 2);
    const logRatio = (z[2 * i] ** 2 + z[2 * i + 1] ** 2 - noise[0] ** 2 - noise[1] ** 2 - q.log_var[0] - q.log_var[1]) / 2; // log q - log p(z)
    sum += FINE.weight[i] * (logRatio - values[i] + log_prob);
  }
  return sum;
}

/** The gradient of the ELBO: { mean, log_var }, two numbers each, by z = mean + std * noise. */
export function elboGradient(model, x, q, { noise, weight } = COARSE) {
  const slopes = model.gradient(x, place(q, noise));
  return {
    mean: [0, 1].map((axis) => weight.reduce((sum, one, i) => sum + one * slopes[2 * i + axis], -q.mean[axis])),
    log_var: [0, 1].map((axis) => {
      const half = Math.exp(q.log_var[axis] / 2) / 2;
      return weight.reduce((sum, one, i) => sum + one * slopes[2 * i + axis] * noise[2 * i + axis] * half, -Math.expm1(q.log_var[axis]) / 2);
    }),
  };
}

/**
 * Climbs the ELBO from q with the decoder fixed, a generator of { q, elbo } after each step. The gradient is measured in q's
 * own widths (times the variance for the mean, twice for log_var: the natural gradient), and a step that would lower the ELBO is
 * halved instead. So the bound never falls, whatever q one starts from.
 */
export function* refine(model, x, start) {
  const projection = model.project(x);
  let q = { mean: Array.from(start.mean), log_var: Array.from(start.log_var) };
  let elbo = exactElbo(model, projection, q);
  let rate = 0.5;
  for (let step = 0; step < STEPS; step++) {
    const gradient = elboGradient(model, x, q);
    let next = null;
    while (!next && rate > 1e-6) {
      const moved = stepped(q, gradient, rate);
      const reached = exactElbo(model, projection, moved);
      if (reached.total > elbo.total) next = { q: moved, elbo: reached };
      else rate /= 2;
    }
    if (!next) return;
    const gain = next.elbo.total - elbo.total;
    ({ q, elbo } = next);
    rate = Math.min(1, 1.5 * rate);
    yield { q, elbo };
    if (gain < SETTLED) return;
  }
}

function stepped({ mean, log_var }, gradient, rate) {
  return {
    mean: mean.map((value, axis) => {
      const std = Math.exp(log_var[axis] / 2);
      return value + std * rate * clamp(std * gradient.mean[axis], [-LONGEST.mean, LONGEST.mean]);
    }),
    log_var: log_var.map((value, axis) => value + rate * clamp(2 * gradient.log_var[axis], [-LONGEST.log_var, LONGEST.log_var])),
  };
}

/** The importance-weighted bound of the draws mean + std * noise: { z, weight, bound }, the weights summing to 1. */
export function weigh(model, projection, q, noise) {
  const z = place(q, noise);
  const logs = model.logProb(projection, model.points(z)).map((value, i) => {
    const [a, b, e, f] = [z[2 * i], z[2 * i + 1], noise[2 * i], noise[2 * i + 1]];
    return value - (a * a + b * b - e * e - f * f - q.log_var[0] - q.log_var[1]) / 2; // log p(x|z) + log p(z) - log q(z|x)
  });
  const top = logs.reduce((most, one) => Math.max(most, one), -Infinity);
  const raw = logs.map((one) => Math.exp(one - top));
  const total = raw.reduce((sum, one) => sum + one, 0);
  return { z, weight: raw.map((one) => one / total), bound: top + Math.log(total / logs.length) };
}
