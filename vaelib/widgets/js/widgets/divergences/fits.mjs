// One bell q under a density p of two humps: three divergences, the bells at which each is smallest, and where the reverse KL lets go of a hump. No drawing.

import { average, logMixture, logNormal } from "../../exact/bells.mjs";
import { minimum } from "../../exact/minimum.mjs";

const WEIGHTS = [0.7, 0.3]; // these and the limits as in divergences.py
const HUMP = 0.5; // the standard deviation of each
/** The sliders' limits; `distance` is half the way from hump to hump. */
export const RANGE = { distance: [0.2, 2.5], q_mean: [-3.5, 3.5], q_std: [0.2, 2.5] };
export const WIDTHS = [0.3, 1, 3];
export const NAMES = ["reverse", "forward", "mmd"];
const STEP = 0.06; // of the sums over z; p is never sharper than its humps
const LETS_GO = [0.2, 2]; // where that is searched for
const NEAR = 0.05; // two starts that end closer than this ended in one valley

/** p: humps of weight 0.7 and 0.3 at -distance and distance. */
export const humps = (distance) => WEIGHTS.map((weight, k) => ({ weight, mean: (2 * k - 1) * distance, std: HUMP }));

/** The bell with the mean and the standard deviation of p. */
export function moments(parts) {
  const mean = parts.reduce((sum, one) => sum + one.weight * one.mean, 0);
  const square = parts.reduce((sum, one) => sum + one.weight * (one.std ** 2 + one.mean ** 2), 0);
  return { mean, std: Math.sqrt(square - mean ** 2) };
}

/** KL(q || p), the average under q; that of log q is known. */
export const reverse = (q, parts) => -0.5 - Math.log(q.std * Math.sqrt(2 * Math.PI)) - average(logMixture(parts), q, STEP);

/** KL(p || q), the average under p. */
export function forward(q, parts) {
  const log_p = logMixture(parts);
  return parts.reduce((sum, hump) => sum + hump.weight * average((z) => log_p(z) - logNormal(z, q), hump, STEP), 0);
}

/** MMD^2(q, p) with the kernel exp(-(a - b)^2 / 2 width^2): each of its three expectations is that of a bell. */
export function mmd(q, parts, width) {
  const alike = (a, b) => {
    const variance = width ** 2 + a.std ** 2 + b.std ** 2;
    return (width / Math.sqrt(variance)) * Math.exp(-((a.mean - b.mean) ** 2) / (2 * variance));
  };
  const own = parts.reduce((sum, a) => sum + parts.reduce((inner, b) => inner + a.weight * b.weight * alike(a, b), 0), 0);
  return alike(q, q) - 2 * parts.reduce((sum, one) => sum + one.weight * alike(q, one), 0) + own;
}

/** The three in the order of NAMES. */
export const all = (q, parts, width) => [reverse(q, parts), forward(q, parts), mmd(q, parts, width)];

const bell = ([mean, log_std]) => ({ mean, std: Math.exp(log_std) });

/**
 * The bells at which `name` has a valley, lowest first, as { mean, std, value }: a search from each hump, from between them and from the whole,
 * since the reverse KL and a narrow kernel have several. The forward KL has one, where mean and standard deviation are those of p.
 */
export function valleys(name, parts, width) {
  const whole = moments(parts);
  if (name === "forward") return [{ ...whole, value: forward(whole, parts) }];
  const cost = name === "reverse" ? (at) => reverse(bell(at), parts) : (at) => mmd(bell(at), parts, width);
  const found = [];
  for (const { mean, std } of [parts[0], parts[1], whole, { mean: 0, std: HUMP }]) {
    const { at, value } = minimum(cost, [mean, Math.log(std)]);
    const place = { ...bell(at), value };
    if (!found.some((one) => Math.abs(one.mean - place.mean) < NEAR && Math.abs(one.std - place.std) < NEAR)) found.push(place);
  }
  return found.sort((a, b) => a.value - b.value);
}

/** The distance at which the lowest reverse KL leaves the right hump to itself: the bell over both then costs as much as the one over the left. */
export function letsGo() {
  let [low, high] = LETS_GO;
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    const parts = humps(middle);
    const costs = [moments(parts), parts[0]].map(({ mean, std }) => minimum((at) => reverse(bell(at), parts), [mean, Math.log(std)]));
    const lowest = costs[0].value <= costs[1].value ? costs[0] : costs[1];
    if (lowest.at[0] > -0.7 * middle) low = middle; // over both its mean stays between the humps
    else high = middle;
  }
  return (low + high) / 2;
}
