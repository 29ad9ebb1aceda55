// How the equations of chapter 3 are broken: mixtures, a decoder that squares its latent, a grid.
// What an entry holds is said in ../tools.mjs.

import { between, HALF, integrate, list, logNormal, SIGN, STD, sum } from "../tools.mjs";

const SHARES = "shares of the components forgotten";
const PRIOR = "prior forgotten";

const drawMixture = (random) => {
  const raw = list(3, () => between(random, 0.3, 1));
  return { share: raw.map((one) => one / sum(raw)), mean: list(3, () => 2 * random.normal()), std: list(3, () => between(random, 0.4, 0.8)) };
};

/** The terms share_k N(x; mean_k, std_k^2) of the formula, with a mistake or without. */
function terms({ share, mean, std }, x, mistake) {
  const half = { sign: 0.5, half: -1 }[mistake] ?? -0.5;
  const width = (one) => (mistake === "std" ? one : one ** 2);
  return share.map((one, k) => (mistake === "shares" ? 1 : one) * Math.exp((half * (x - mean[k]) ** 2) / width(std[k])) / (Math.sqrt(2 * Math.PI) * std[k]));
}

const drawMeter = (random) => ({ x: between(random, 0.5, 3), std: between(random, 0.35, 0.8) });

/** p(x, z) for a reading x of z^2, with a mistake or without. */
function joint({ x, std }, z, mistake) {
  const half = { sign: 0.5, half: -1 }[mistake] ?? -0.5;
  const likelihood = Math.exp((-0.5 * (x - z ** 2) ** 2) / (mistake === "std" ? std : std ** 2)) / (Math.sqrt(2 * Math.PI) * std);
  return likelihood * (mistake === "prior" ? 1 : Math.exp(half * z ** 2) / Math.sqrt(2 * Math.PI));
}

/** log p(x) over the square u = z^2, which has a density of its own; u = exp(t) keeps the integrand smooth. */
const logEvidenceOverSquares = ({ x, std }) =>
  Math.log(integrate((t) => Math.exp(logNormal(x, Math.exp(t), std) + t / 2 - Math.exp(t) / 2) / Math.sqrt(2 * Math.PI), -70, 4, 4000));

export default {
  "eq-question-mixture": {
    says: "A random mixture of three. Its density has the area 1.",
    routes: ["log of the area under the formula", "log of 1"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: STD, shares: SHARES },
    numbers: drawMixture,
    sides: (inputs, mistake) => ({ left: Math.log(integrate((x) => sum(terms(inputs, x, mistake)), -14, 14, 1400)), right: 0, tolerance: 1e-8 }),
  },

  "eq-question-table": {
    says: "The responsibilities of a random mixture for a random point.",
    routes: ["share of each term in the sum", "from the odds of each pair"],
    unit: "",
    mistakes: { sign: SIGN, half: HALF, std: STD, shares: SHARES, total: "not divided by p(x)" },
    numbers: (random) => {
      const mixture = drawMixture(random);
      return { ...mixture, x: (mixture.mean[0] + mixture.mean[1]) / 2 + 0.2 };
    },
    sides(inputs, mistake) {
      const found = terms(inputs, inputs.x, mistake);
      const { share, mean, std, x } = inputs;
      const logs = share.map((one, k) => Math.log(one) + logNormal(x, mean[k], std[k]));
      const right = logs.map((one) => 1 / sum(logs.map((other) => Math.exp(other - one))));
      return { left: found.map((one) => one / (mistake === "total" ? 1 : sum(found))), right, tolerance: 1e-10 };
    },
  },

  "eq-question-evidence": {
    says: "A reading of the square of z, under random noise.",
    routes: ["height times step over z", "over the square of z, which has a density of its own"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: STD, prior: PRIOR, step: "step forgotten" },
    numbers: drawMeter,
    sides(inputs, mistake) {
      const step = 0.02;
      const total = sum(list(601, (i) => joint(inputs, (i - 300) * step, mistake)));
      return { left: Math.log(total * (mistake === "step" ? 1 : step)), right: logEvidenceOverSquares(inputs), tolerance: 1e-8 };
    },
  },

  "eq-question-posterior": {
    says: "The log-density of the posterior at a random z, for a reading of its square.",
    routes: ["by Bayes' rule", "its shape, scaled to the area 1"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: STD, prior: PRIOR, evidence: "not divided by the evidence" },
    numbers: (random) => ({ ...drawMeter(random), z: between(random, 0.5, 1.9) }),
    sides(inputs, mistake) {
      const evidence = mistake === "evidence" ? 0 : logEvidenceOverSquares(inputs);
      const shape = (z) => Math.exp(-((inputs.x - z ** 2) ** 2) / (2 * inputs.std ** 2) - z ** 2 / 2);
      const right = Math.log(shape(inputs.z) / integrate(shape, -6, 6, 1200));
      return { left: Math.log(joint(inputs, inputs.z, mistake)) - evidence, right, tolerance: 1e-7 };
    },
  },

  "eq-question-cost": {
    says: "The points of a grid, n for each of d latents.",
    routes: ["by the formula", "counted one by one, as a mileage counter turns"],
    unit: "",
    mistakes: { product: "n times d", swap: "n and d exchanged", half: "one latent dropped" },
    numbers: ({ uniform }) => ({ n: 6 + Math.floor(3 * uniform()), d: 3 + Math.floor(2 * uniform()) }),
    sides({ n, d }, mistake) {
      const digits = list(d, () => 0);
      let count = 0;
      for (let place = 0; place < d; count++) {
        for (place = 0; place < d && ++digits[place] === n; place++) digits[place] = 0;
      }
      const left = { product: n * d, swap: d ** n, half: n ** (d - 1) }[mistake] ?? n ** d;
      return { left, right: count, tolerance: 1e-6 };
    },
  },
};
