// Draws of a standard normal z, the running average of a function of them, and what it comes near to. No drawing.

import { normals } from "../../engine/random.mjs";

export const MOST = 10000; // draws; this and the names as in running_average.py
const TAIL = 0.15865525393145707; // the probability of z > 1

/** The functions: { of(z), mean, std }, mean and standard deviation exact. */
export const FUNCTIONS = {
  "z": { of: (z) => z, mean: 0, std: 1 },
  "z\u00b2": { of: (z) => z * z, mean: 1, std: Math.SQRT2 },
  "z > 1": { of: (z) => Number(z > 1), mean: TAIL, std: Math.sqrt(TAIL * (1 - TAIL)) },
};

/** For the first n = 1 to MOST draws of a seed: { average, error }, the average of f and its estimated standard error (NaN for one draw). */
export function running(name, seed) {
  const { of } = FUNCTIONS[name];
  const average = new Float64Array(MOST);
  const error = new Float64Array(MOST);
  let [mean, squares] = [0, 0];
  normals(MOST, seed).forEach((z, i) => {
    const off = of(z) - mean;
    mean += off / (i + 1);
    squares += off * (of(z) - mean); // Welford: no difference of large sums
    average[i] = mean;
    error[i] = Math.sqrt(squares / i / (i + 1));
  });
  return { average, error };
}
