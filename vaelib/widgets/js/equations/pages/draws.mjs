// How the equations of "Draw instead of counting" are broken: averages over draws, and their weights.
// What an entry holds is said in ../tools.mjs.

import { between, expect, HALF, integrate, list, logNormal, MEAN, SIGN, STD, sum } from "../tools.mjs";

const PRIOR = "prior forgotten";

const drawPixel = (random) => ({ x: 1.5 * random.normal(), std: between(random, 0.4, 0.8) });

export default {
  "eq-question-naive": {
    says: "One pixel that shows its latent, under random noise. The average over very many draws from the prior.",
    routes: ["log of the average likelihood", "log-density of the sum of two Gaussians"],
    unit: "nats",
    mistakes: { log: "average of the logarithms", std: STD, wide: "draws twice as wide as the prior" },
    numbers: (random) => ({ ...drawPixel(random), x: between(random, -1, 1) }),
    sides({ x, std }, mistake) {
      const log_p = (z) => logNormal(x, z, mistake === "std" ? Math.sqrt(std) : std);
      const draws = mistake === "wide" ? 2 : 1;
      const left = mistake === "log" ? expect(log_p) : Math.log(expect((z) => Math.exp(log_p(z)), 0, draws));
      return { left, right: logNormal(x, 0, Math.sqrt(1 + std ** 2)), tolerance: 1e-8 };
    },
  },

  "eq-question-linear": {
    says: "Four pixels, each showing its own latent, under random noise.",
    routes: ["by the formula", "four integrals over z"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: STD, mean: MEAN, prior: PRIOR },
    numbers: (random) => ({ x: list(4, () => 1.5 * random.normal()), std: between(random, 0.4, 0.8) }),
    sides({ x, std }, mistake) {
      const variance = (mistake === "prior" ? 0 : 1) + (mistake === "std" ? std : std ** 2);
      const half = mistake === "half" ? -1 : -0.5;
      const parts = x.map((one) => half * (Math.log(2 * Math.PI * variance) + ((mistake === "sign" ? -1 : 1) * one ** 2) / variance));
      const right = sum(x.map((one) => Math.log(integrate((z) => Math.exp(logNormal(one, z, std) + logNormal(z))))));
      return { left: sum(parts) / (mistake === "mean" ? x.length : 1), right, tolerance: 1e-8 };
    },
  },

  "eq-question-ess": {
    says: "Twelve random weights.",
    routes: ["by the formula", "from their mean and variance: K / (1 + variance / mean^2)"],
    unit: "draws",
    mistakes: { square: "sum not squared", std: "root of the sum of squares", mean: MEAN },
    numbers: (random) => ({ w: list(12, () => Math.exp(random.normal())) }),
    sides({ w }, mistake) {
      const [total, squares] = [sum(w), sum(w.map((one) => one ** 2))];
      const top = { square: total, mean: (total / w.length) ** 2 }[mistake] ?? total ** 2;
      const mean = total / w.length;
      const variance = sum(w.map((one) => (one - mean) ** 2)) / w.length;
      return { left: top / (mistake === "std" ? Math.sqrt(squares) : squares), right: w.length / (1 + variance / mean ** 2), tolerance: 1e-8 };
    },
  },

  "eq-question-weights": {
    says: "One pixel that shows its latent, and a random q.",
    routes: ["log of the average weight, over q", "log-density of the sum of two Gaussians"],
    unit: "nats",
    mistakes: { sign: "q multiplied, not divided", std: STD, half: HALF, prior: "draws from the prior, weights for q" },
    numbers: (random) => ({ ...drawPixel(random), mean: between(random, 0.3, 0.9), width: between(random, 1.15, 1.5) }),
    sides({ x, std, mean, width }, mistake) {
      const half = mistake === "half" ? 1 : 0.5;
      const squared = mistake === "std" ? width : width ** 2;
      const log_q = (z) => -half * (Math.log(2 * Math.PI * width ** 2) + (z - mean) ** 2 / squared);
      const w = (z) => Math.exp(logNormal(x, z, std) + logNormal(z) - (mistake === "sign" ? -1 : 1) * log_q(z));
      const left = mistake === "prior" ? expect(w) : expect(w, mean, width);
      return { left: Math.log(left), right: logNormal(x, 0, Math.sqrt(1 + std ** 2)), tolerance: 1e-8 };
    },
  },
};
