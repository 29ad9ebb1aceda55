// How the equation of the two prices is broken: linear decoders with two latents, whose posterior is Gaussian.
// What an entry holds is said in ../tools.mjs.

import { apply, determinant, diagonalOf, drawField, inverse, precisionOf, product, transposed, withDiagonal } from "../linear.mjs";
import { between, list, logNormal, sum } from "../tools.mjs";

/** The ELBO of a diagonal q in the model with two latents, from its two terms. */
function elboOf({ slope, std, x }, { mean, variance }) {
  const at = apply(slope, mean);
  const spread = sum(slope.map((row) => sum(row.map((one, i) => one ** 2 * variance[i])))) / std ** 2;
  const log_likelihood = sum(x.map((one, j) => logNormal(one, at[j], std))) - 0.5 * spread;
  return log_likelihood - 0.5 * sum(mean.map((one, i) => one ** 2 + variance[i] - 1 - Math.log(variance[i])));
}

export default {
  "eq-price-two": {
    says: "A random q with independent entries, beside the best one, for a linear decoder with two latents.",
    routes: ["KL of q from the posterior", "sum of the two gaps, from three bounds"],
    unit: "nats",
    mistakes: { sign: "second gap subtracted", first: "approximation gap left out", second: "amortization gap left out" },
    numbers: (random) => ({ ...drawField(random), x: list(2, random.normal), mean: list(2, random.normal), variance: list(2, () => between(random, 0.5, 1)) }),
    sides(inputs, mistake) {
      const { slope, std, x, mean, variance } = inputs;
      const precision = precisionOf(inputs);
      const centre = apply(inverse(precision), apply(transposed(slope), x).map((one) => one / std ** 2));
      const away = mean.map((one, i) => one - centre[i]);
      const distance = sum(apply(precision, away).map((one, i) => one * away[i]));
      const left = 0.5 * (sum(variance.map((one, i) => precision[i][i] * one - Math.log(one))) + distance - 2 - Math.log(determinant(precision)));
      const pixels = withDiagonal(product(slope, transposed(slope)), std ** 2);
      const log_p = -Math.log(2 * Math.PI) - 0.5 * Math.log(determinant(pixels)) - 0.5 * sum(apply(inverse(pixels), x).map((one, j) => one * x[j]));
      const best = elboOf(inputs, { mean: centre, variance: diagonalOf(precision).map((one) => 1 / one) });
      const [approximation, amortization] = [log_p - best, best - elboOf(inputs, { mean, variance })];
      const right = (mistake === "first" ? 0 : approximation) + ({ sign: -1, second: 0 }[mistake] ?? 1) * amortization;
      return { left, right, tolerance: 1e-8 };
    },
  },
};
