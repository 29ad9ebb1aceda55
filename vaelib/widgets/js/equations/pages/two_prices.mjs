// How the equations of chapter 5 are broken: linear decoders with one or two latents, whose posterior is Gaussian.
// What an entry holds is said in ../tools.mjs.

import { between, expect, HALF, integrate, list, logNormal, MEAN, SIGN, STD, sum } from "../tools.mjs";

// One latent, one pixel: x = slope z + std noise.
const drawLine = (random) => ({ slope: between(random, 0.6, 2), std: between(random, 0.4, 0.8) });
const posteriorOf = ({ slope, std }, x) => ({ mean: (slope * x) / (slope ** 2 + std ** 2), std: std / Math.sqrt(slope ** 2 + std ** 2) });
const klBetween = (q, p) => Math.log(p.std / q.std) + (q.std ** 2 + (q.mean - p.mean) ** 2) / (2 * p.std ** 2) - 0.5;

// Two latents, two pixels: x = W z + std noise.
const drawField = (random) => ({
  slope: [[between(random, 0.8, 1.6), between(random, 0.4, 1)], [-between(random, 0.2, 0.7), between(random, 0.5, 1.2)]], std: between(random, 0.4, 0.8),
});
const determinant = ([[a, b], [c, d]]) => a * d - b * c;
const inverse = (m) => [[m[1][1], -m[0][1]], [-m[1][0], m[0][0]]].map((row) => row.map((one) => one / determinant(m)));
const product = (a, b) => a.map((row) => b[0].map((_, j) => sum(row.map((one, k) => one * b[k][j]))));
const transposed = (m) => m[0].map((_, j) => m.map((row) => row[j]));
const apply = (m, v) => m.map((row) => sum(row.map((one, k) => one * v[k])));
const withDiagonal = (m, value) => m.map((row, i) => row.map((one, j) => one + (i === j ? value : 0)));

const precisionOf = ({ slope, std }) => withDiagonal(product(transposed(slope), slope).map((row) => row.map((one) => one / std ** 2)), 1);
const diagonalOf = (m) => m.map((row, i) => row[i]);

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

/** The ELBO of a diagonal q in the model with two latents, from its two terms. */
function elboOf({ slope, std, x }, { mean, variance }) {
  const at = apply(slope, mean);
  const spread = sum(slope.map((row) => sum(row.map((one, i) => one ** 2 * variance[i])))) / std ** 2;
  const log_likelihood = sum(x.map((one, j) => logNormal(one, at[j], std))) - 0.5 * spread;
  return log_likelihood - 0.5 * sum(mean.map((one, i) => one ** 2 + variance[i] - 1 - Math.log(variance[i])));
}

export default {
  "eq-price-posterior": {
    says: "The log-density of the posterior at a random z: one latent, one pixel, a linear decoder.",
    routes: ["by Bayes' rule, the integral by quadrature", "the Gaussian that it must be"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: STD, prior: "prior forgotten", evidence: "integral forgotten" },
    numbers: (random) => ({ ...drawLine(random), x: between(random, 0.5, 2), z: between(random, 0.5, 1.5) }),
    sides(inputs, mistake) {
      const half = { sign: 0.5, half: -1, prior: 0 }[mistake] ?? -0.5;
      const squared = mistake === "std" ? inputs.std : inputs.std ** 2;
      const log_top = (z) => (-0.5 * (inputs.x - inputs.slope * z) ** 2) / squared + half * z ** 2;
      const { mean, std } = posteriorOf(inputs, inputs.x);
      const below = mistake === "evidence" ? 0 : Math.log(integrate((z) => Math.exp(log_top(z))));
      return { left: log_top(inputs.z) - below, right: logNormal(inputs.z, mean, std), tolerance: 1e-8 };
    },
  },

  "eq-price-sum": {
    says: "Three pixels, each with a q of its own, under one linear decoder.",
    routes: ["sum of three averages, over each q", "log p(x) less the KL from each posterior"],
    unit: "nats",
    mistakes: { sign: SIGN, mean: MEAN, shared: "the first q used for all three", prior: "p(x|z) for p(x, z)" },
    numbers: (random) => ({
      ...drawLine(random), x: list(3, () => between(random, -2, 2)), mean: list(3, () => random.normal()), width: list(3, () => between(random, 0.3, 0.9)),
    }),
    sides({ slope, std, x, mean, width }, mistake) {
      const one = (i) => {
        const k = mistake === "shared" ? 0 : i;
        const turn = mistake === "sign" ? -1 : 1;
        const log_p = (z) => logNormal(x[i], slope * z, std) + (mistake === "prior" ? 0 : logNormal(z));
        return expect((z) => log_p(z) - turn * logNormal(z, mean[k], width[k]), mean[k], width[k]);
      };
      const exact = (i) => logNormal(x[i], 0, Math.hypot(slope, std)) - klBetween({ mean: mean[i], std: width[i] }, posteriorOf({ slope, std }, x[i]));
      return { left: sum(list(3, one)) / (mistake === "mean" ? 3 : 1), right: sum(list(3, exact)), tolerance: 1e-8 };
    },
  },

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
