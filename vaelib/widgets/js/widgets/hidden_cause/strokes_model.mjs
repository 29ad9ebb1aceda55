// Bars whose two causes are known: how z becomes a picture of 8 x 8 pixels, and which z may have made one, exactly. No drawing.

export const SIDE = 8;
export const EXTENT = 4; // candidates stand on a square lattice over [-EXTENT, EXTENT]^2
export const STEPS = 81;

const PLACES = Array.from({ length: SIDE * SIDE }, (_, j) => [(j % SIDE) - (SIDE - 1) / 2, (SIDE - 1) / 2 - Math.floor(j / SIDE)]);
const lattice = (i) => (2 * EXTENT * i) / (STEPS - 1) - EXTENT;
const softplus = (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));

function logits([z1, z2]) {
  const [slant, width] = [0.3 * z1, 2 * 1.3 ** z2];
  return PLACES.map(([right, up]) => 4 * (width / 2 - Math.abs(right - slant * up)));
}

/** The probability of ink at each of the 64 pixels, row by row from the top: a bar that leans by 0.3 z1 and is 2 * 1.3^z2 wide. */
export const ink = (z) => logits(z).map((a) => 1 / (1 + Math.exp(-a)));

/** log p(x|z) in nats, x of 0 and 1. */
export const logLikelihood = (x, z) => logits(z).reduce((sum, a, j) => sum + x[j] * a - softplus(a), 0);

/**
 * What is known of z once x is seen, with N(0, I) before: { shares, mean, std, bits }. shares: of each candidate, z1 from the left and, within
 * one z1, z2 from below; they add up to 1. bits: the KL divergence of the shares after x from those before.
 */
export function posterior(x) {
  const candidates = Array.from({ length: STEPS * STEPS }, (_, k) => [lattice(Math.floor(k / STEPS)), lattice(k % STEPS)]);
  const before = normalized(candidates.map(([z1, z2]) => -(z1 * z1 + z2 * z2) / 2));
  const after = normalized(candidates.map(([z1, z2]) => logLikelihood(x, [z1, z2]) - (z1 * z1 + z2 * z2) / 2));
  const shares = after.map(Math.exp);
  const average = (value) => shares.reduce((sum, share, k) => sum + share * value(candidates[k], k), 0);
  const mean = [0, 1].map((axis) => average((z) => z[axis]));
  const std = [0, 1].map((axis) => Math.sqrt(average((z) => (z[axis] - mean[axis]) ** 2)));
  return { shares, mean, std, bits: average((_, k) => after[k] - before[k]) / Math.LN2 };
}

function normalized(logs) {
  const largest = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = largest + Math.log(logs.reduce((sum, one) => sum + Math.exp(one - largest), 0));
  return logs.map((one) => one - total);
}
