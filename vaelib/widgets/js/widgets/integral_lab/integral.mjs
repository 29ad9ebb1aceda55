// One integral p(x) = int p(x | z) p(z) dz whose value is known, and three ways to it: a grid, draws from the prior, draws from a proposal. No drawing.
//
// One latent: z ~ N(0, 1). "one hump": x = 1 is z plus noise of std 0.3, so that p(x) and everything about a Gaussian proposal are closed forms.
// "two humps": x = 2 is z^2 plus noise of std 0.5; sums over a fine grid stand in for closed forms. With d latents there are d such pixels,
// independent of each other, so that the exact p(x) is a power.

import { normals } from "../../engine/random.mjs";

export const KINDS = ["one hump", "two humps"];
export const SCENES = {
  "one hump": { x: 1, std: 0.3, decode: (z) => z },
  "two humps": { x: 2, std: 0.5, decode: (z) => z * z },
};
export const LIMITS = { step: [0.1, 2], draws: [10, 10_000], place: [-3, 3], width: [0.05, 2], latents: [1, 20] };
export const REACH = 6; // grids run from -REACH to REACH
const FINE = 0.002; // of the sums that stand for exact numbers
const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

export const logNormal = (value, mean, std) => -(((value - mean) / std) ** 2) / 2 - Math.log(std) - LOG_ROOT;

/** log p(x | z) of one pixel. */
export const logLikelihood = (kind, z) => logNormal(SCENES[kind].x, SCENES[kind].decode(z), SCENES[kind].std);

/** log of p(x | z) p(z), the height under which the integral is the area. */
export const logJoint = (kind, z) => logLikelihood(kind, z) + logNormal(z, 0, 1);

/** The proposal N(place, width^2), and the prior as one. */
export const PRIOR = { place: 0, width: 1 };

function logSum(count, term) {
  const values = Float64Array.from({ length: count }, (_, i) => term(i));
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return most === -Infinity ? most : most + Math.log(values.reduce((sum, one) => sum + Math.exp(one - most), 0));
}

/** The places of a grid of this step: multiples of it from -REACH to REACH. */
export function gridPlaces(step) {
  const count = Math.floor(REACH / step + 1e-9);
  return Float64Array.from({ length: 2 * count + 1 }, (_, i) => (i - count) * step);
}

const exactly = new Map();

/** log p(x) of one latent. */
export function logEvidence(kind) {
  if (!exactly.has(kind)) exactly.set(kind, kind === "one hump" ? logNormal(1, 0, Math.hypot(1, SCENES[kind].std)) : onGrid(kind, FINE));
  return exactly.get(kind);
}

function onGrid(kind, step) {
  const nodes = gridPlaces(step);
  return logSum(nodes.length, (i) => logJoint(kind, nodes[i])) + Math.log(step);
}

/** The grid's sum for d latents: { log_estimate, log_points }. Each latent has the same sum, so that the power is the sum over all n^d points. */
export function grid({ kind, step, latents }) {
  return { log_estimate: latents * onGrid(kind, step), log_points: latents * Math.log(gridPlaces(step).length) };
}

const noises = new Map(); // seed -> noise, a row for each draw, with as many latents as there may be

function noiseOf(seed, draws) {
  const wanted = draws * LIMITS.latents[1];
  if (!(noises.get(seed)?.length >= wanted)) {
    if (noises.size > 3) noises.clear(); // up to 1.6 MB each
    noises.set(seed, normals(wanted, seed)); // more draws of one seed begin with the same ones
  }
  return noises.get(seed);
}

/** The first latent of the first `count` draws of z from a proposal. */
export function places({ place, width }, count, seed) {
  const noise = noiseOf(seed, count);
  return Float64Array.from({ length: count }, (_, k) => place + width * noise[k * LIMITS.latents[1]]);
}

/** log of each draw's weight p(x | z) p(z) / q(z), or p(x | z) where q is the prior. */
export function logWeights({ kind, draws, latents, seed }, { place, width }) {
  const noise = noiseOf(seed, draws);
  const { x, std, decode } = SCENES[kind];
  // all constants of the three densities at once, for this is done up to 200,000 times for one picture
  const constant = latents * (Math.log(width) - Math.log(std) - LOG_ROOT);
  return Float64Array.from({ length: draws }, (_, k) => {
    let sum = constant;
    for (let j = 0; j < latents; j++) {
      const one = noise[k * LIMITS.latents[1] + j];
      const z = place + width * one;
      const missed = (x - decode(z)) / std;
      sum += (one * one - z * z - missed * missed) / 2;
    }
    return sum;
  });
}

/**
 * What draws tell: { log_estimate, effective, claimed }. log_estimate: log of the average weight; effective: (sum of w)^2 / sum of w^2, how many
 * draws count; claimed: the standard error that the draws themselves report, over their average.
 */
export function byDraws(setting, proposal) {
  const log_w = logWeights(setting, proposal);
  const first = logSum(log_w.length, (k) => log_w[k]);
  const second = logSum(log_w.length, (k) => 2 * log_w[k]);
  const effective = Math.exp(2 * first - second);
  return { log_estimate: first - Math.log(log_w.length), effective, claimed: Math.sqrt(Math.max(0, 1 / effective - 1 / log_w.length)) };
}

/** log of E_q[w^2] / E_q[w]^2 for one latent: by this factor fewer draws count, and it is raised to the power of d. Infinite for a q whose tails are too thin. */
export function logSpread(kind, { place, width }) {
  if (kind === "one hump") {
    const variance = SCENES[kind].std ** 2 / (1 + SCENES[kind].std ** 2); // of the posterior, whose mean is 1 / (1 + std^2)
    const thin = 2 * width * width - variance;
    if (thin <= 0) return Infinity;
    const off = 1 / (1 + SCENES[kind].std ** 2) - place;
    return 2 * Math.log(width) - (Math.log(variance) + Math.log(thin)) / 2 + (off * off) / thin;
  }
  const fine = gridPlaces(FINE);
  return logSum(fine.length, (i) => 2 * logJoint(kind, fine[i]) - logNormal(fine[i], place, width)) + Math.log(FINE) - 2 * logEvidence(kind);
}

/** The narrowest width at which the average of w^2 is finite, wherever the proposal stands; 0 where all are. */
export const narrowest = (kind) => (kind === "one hump" ? SCENES[kind].std / Math.hypot(1, SCENES[kind].std) / Math.SQRT2 : 0);

export const WANTED = 0.1; // the relative error for which points are counted

const gridSizes = new Map(); // kind -> for 1, 2, ... latents, the points a latent of the coarsest grid that is good enough

/** log of how many points a grid has whose sum is off by a tenth of p(x) at most, with d latents: the coarsest before the first that is not. */
export function logPointsFor(kind, latents) {
  if (!gridSizes.has(kind)) {
    const sizes = [];
    const offs = Array.from({ length: 191 }, (_, i) => onGrid(kind, 0.1 + 0.01 * i) - logEvidence(kind));
    for (let d = 1; d <= LIMITS.latents[1]; d++) {
      const bad = offs.findIndex((off) => Math.abs(Math.expm1(d * off)) > WANTED);
      const step = bad < 0 ? LIMITS.step[1] : 0.1 + 0.01 * Math.max(0, bad - 1);
      sizes.push(gridPlaces(step).length);
    }
    gridSizes.set(kind, sizes);
  }
  return latents * Math.log(gridSizes.get(kind)[latents - 1]);
}

/** log of how many draws make the standard error of the average a tenth of p(x), with d latents. */
export function logDrawsFor(kind, proposal, latents) {
  const spread = latents * logSpread(kind, proposal);
  // log(exp(spread) - 1): for a perfect proposal one draw is enough
  return Math.max(0, (spread > 30 ? spread : Math.log(Math.max(0, Math.expm1(spread)))) - 2 * Math.log(WANTED));
}
