// How to break an equation in the page, and the arithmetic that the entries share. One file for each page of the book lies in pages/.
//
// An entry stands under the label of a numbered equation (an equation without one is named in none.mjs, with the reason):
//
//   "eq-kl": {
//     says: "For a random mean and std.",                    what is compared, one sentence
//     routes: ["by the formula", "by quadrature"],           how the left and the right side are computed
//     unit: "nats",                                          of the difference; "" for a plain number
//     mistakes: { sign: "sign flipped" },                    key -> the words on its button
//     numbers: ({ uniform, normal }) => ({ mean: normal() }),  random inputs, drawn anew whenever the reader asks
//     sides: (inputs, mistake) => ({ left, right, tolerance }),  `mistake` is null or one of the keys; numbers, or lists of numbers
//   },
//
// The two sides go different ways (a closed form and an integral, a derivative and a difference), the mistake is made in one of
// them, and nothing is stored. An entry of an inequality adds `relation: ">="`. A file has its notebook's name without the
// number (pages/elbo.mjs for 04_elbo.ipynb), and `npm run build` finds it. tests/js/equations.test.mjs wants the sides within the
// tolerance, and each mistake ten times outside of it.

export const SIGN = "sign flipped";
export const STD = "std for variance";
export const HALF = "one half dropped";
export const MEAN = "mean instead of sum";

export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const list = (count, make) => Array.from({ length: count }, (_, i) => make(i));

/** A uniform draw between `low` and `high`. */
export const between = ({ uniform }, low, high) => low + (high - low) * uniform();

/** The integral of a smooth function that has died away at both ends: heights times step, exact but for rounding where the function is smooth over a step. */
export function integrate(height, low = -12, high = 12, count = 480) {
  const step = (high - low) / count;
  let total = 0;
  for (let i = 0; i <= count; i++) total += height(low + i * step);
  return total * step;
}

/** log N(z; mean, std^2). */
export const logNormal = (z, mean = 0, std = 1) => -0.5 * (Math.log(2 * Math.PI) + 2 * Math.log(std) + ((z - mean) / std) ** 2);

/** The expectation of `value(z)` for z = mean + std * noise, by quadrature over the noise. */
export const expect = (value, mean = 0, std = 1) => integrate((noise) => Math.exp(logNormal(noise)) * value(mean + std * noise, noise));

/** The slope of `f` at `x`, from four values beside it; the error is near 1e-11 for functions such as ours. */
export function slope(f, x, step = 1e-3) {
  return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);
}

/** KL(N(mean, std^2) || N(0, 1)) by quadrature. */
export const klByQuadrature = (mean, std) => expect((z) => logNormal(z, mean, std) - logNormal(z), mean, std);
