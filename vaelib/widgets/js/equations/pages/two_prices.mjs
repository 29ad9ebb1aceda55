// How the equations of mean field are broken: linear decoders with two latents, whose posterior is Gaussian.
// What an entry holds is said in ../tools.mjs.

import { apply, determinant, diagonalOf, drawField, inverse, precisionOf, product, transposed, withDiagonal } from "../linear.mjs";
import { between, HALF, integrate, list, logNormal, MEAN, SIGN, STD, sum } from "../tools.mjs";

/** KL(N(0, diag(variance)) || N(0, inverse of precision)), the expectation by a grid over two noises. */
function klByGrid(variance, precision) {
  const log_p = (z) => -Math.log(2 * Math.PI) + 0.5 * Math.log(determinant(precision)) - 0.5 * sum(apply(precision, z).map((one, i) => one * z[i]));
  const widths = variance.map(Math.sqrt);
  let total = 0;
  for (let i = -30; i <= 30; i++) {
    for (let j = -30; j <= 30; j++) {
      const z = [i, j].map((one, k) => (widths[k] * one) / 4);
      const log_q = sum(z.map((one, k) => logNormal(one, 0, widths[k])));
      total += Math.exp(log_q) * (log_q - log_p(z)) * (widths[0] / 4) * (widths[1] / 4);
    }
  }
  return total;
}

export default {
  "eq-price-diagonal": {
    says: "The log-density of q at a random place, for two latents with random log-variances.",
    routes: ["by the product", "from the areas under two curves"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: "log-variance read as log of the std", one: "second factor forgotten" },
    numbers: (random) => ({ z: list(2, random.normal), mean: list(2, random.normal), log_var: list(2, () => between(random, -2, -0.3)) }),
    sides({ z, mean, log_var }, mistake) {
      const factor = { sign: -0.5, std: 0.25, half: 1 }[mistake] ?? 0.5;
      const logs = z.map((one, i) => logNormal(one, mean[i], Math.exp(factor * log_var[i])));
      const shape = (i) => (at) => Math.exp(-((at - mean[i]) ** 2) / (2 * Math.exp(log_var[i])));
      const right = sum(z.map((one, i) => Math.log(shape(i)(one) / integrate(shape(i), mean[i] - 10, mean[i] + 10, 800))));
      return { left: mistake === "one" ? logs[0] : sum(logs), right, tolerance: 1e-8 };
    },
  },

  "eq-price-precision": {
    says: "The precision of the posterior of two latents, for a random linear decoder.",
    routes: ["by the formula", "from the joint covariance of z and x, conditioned on x"],
    unit: "",
    mistakes: { sign: SIGN, std: STD, prior: "prior's I forgotten", transposed: "W exchanged with its transpose" },
    numbers: drawField,
    sides({ slope, std }, mistake) {
      const scale = (mistake === "sign" ? -1 : 1) / (mistake === "std" ? std : std ** 2);
      const square = mistake === "transposed" ? product(slope, transposed(slope)) : product(transposed(slope), slope);
      const left = withDiagonal(square.map((row) => row.map((one) => one * scale)), mistake === "prior" ? 0 : 1);
      const pixels = withDiagonal(product(slope, transposed(slope)), std ** 2);
      const explained = product(transposed(slope), product(inverse(pixels), slope));
      const covariance = explained.map((row, i) => row.map((one, j) => (i === j ? 1 : 0) - one));
      return { left: left.flat(), right: inverse(covariance).flat(), tolerance: 1e-8 };
    },
  },

  "eq-price-best": {
    says: "The variances of the best q with independent entries, for a random linear decoder.",
    routes: ["by the formula", "by a search for the least KL"],
    unit: "",
    mistakes: { margin: "the posterior's own variances", std: STD, root: "a root too many" },
    numbers: drawField,
    sides(inputs, mistake) {
      const precision = precisionOf(inputs);
      const found = { margin: diagonalOf(inverse(precision)), std: diagonalOf(precision).map((one) => one ** -2), root: diagonalOf(precision).map((one) => one ** -0.5) };
      const kl = (i, variance) => 0.5 * (precision[i][i] * variance - Math.log(variance));
      return { left: found[mistake] ?? diagonalOf(precision).map((one) => 1 / one), right: [0, 1].map((i) => least((at) => kl(i, at))), tolerance: 1e-6 };
    },
  },

  "eq-price-gap": {
    says: "What independent entries cost at least, for a random linear decoder with two latents.",
    routes: ["by the formula", "KL of the best q from the posterior, over a grid"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, mean: MEAN, trace: "log of the sum for the sum of logs" },
    numbers: drawField,
    sides(inputs, mistake) {
      const precision = precisionOf(inputs);
      const diagonal = diagonalOf(precision);
      const logs = { mean: sum(diagonal.map(Math.log)) / 2, trace: Math.log(sum(diagonal)) }[mistake] ?? sum(diagonal.map(Math.log));
      const twice = logs - (mistake === "sign" ? -1 : 1) * Math.log(determinant(precision));
      return { left: (mistake === "half" ? 1 : 0.5) * twice, right: klByGrid(diagonal.map((one) => 1 / one), precision), tolerance: 1e-8 };
    },
  },
};

/** Where a function with one valley between 1e-3 and 10 is least, by the golden section. */
function least(f) {
  let [low, high] = [1e-3, 10];
  const share = (Math.sqrt(5) - 1) / 2;
  for (let step = 0; step < 90; step++) {
    const [a, b] = [high - share * (high - low), low + share * (high - low)];
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}
