// Gaussian pixels of one width: what a picture scores, the width at which it scores most, and a sample. No drawing.

export const LEVELS = 240; // grey levels of a stored pixel; sixteenths, the steps of the 8x8 digits, are among them
export const SIDE = 8;
export const PIXELS = SIDE * SIDE;
export const RANGE = [0.01, 2]; // of the standard deviation; as in pixel_width.py
const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

/** Are these pictures as pixel_width.py packs them: one word each, two hexadecimal digits a pixel? */
export const isPacked = (text) => typeof text === "string" && /^[0-9a-f]{128}( [0-9a-f]{128}){0,5}$/.test(text);

/** Packed pictures -> [Float64Array(64)], each value in [0, 1]. */
export function unpack(text) {
  if (!isPacked(text)) throw new Error("wanted one to six pictures of 64 pixels, packed in hexadecimal");
  return text.split(" ").map((row) => Float64Array.from({ length: PIXELS }, (_, j) => parseInt(row.slice(2 * j, 2 * j + 2), 16) / LEVELS));
}

/**
 * log p(x | z) = log N(x; mean, std^2 I) in nats, and its two parts: { tops, misses, total }. tops: what it would be if the mean missed
 * nothing, pixels times the logarithm of a bell's top; misses: what is lost by what it misses, at most 0.
 */
export function logLikelihood(x, mean, std) {
  const tops = -x.length * (Math.log(std) + LOG_ROOT);
  const misses = -squares(x, mean) / (2 * std * std) + 0;
  return { tops, misses, total: tops + misses };
}

/** The width at which `mean` gives x the highest log p(x | z): the root mean square of what it misses. */
export const bestStd = (x, mean) => Math.sqrt(squares(x, mean) / x.length);

/** The density of one pixel at `value`. */
export const density = (value, mean, std) => Math.exp(-(((value - mean) / std) ** 2) / 2 - LOG_ROOT) / std;

export const sample = (mean, std, noise) => Float64Array.from(mean, (value, j) => value + std * noise[j]);

const squares = (x, mean) => x.reduce((sum, value, j) => sum + (value - mean[j]) ** 2, 0);
