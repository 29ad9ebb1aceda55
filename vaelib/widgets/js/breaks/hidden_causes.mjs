// How the equations of chapter 1 are broken. What an entry holds is said in tools.mjs.

import { bernoulliLogProb, sigmoid } from "../elbo.mjs";
import { between, HALF, integrate, list, logNormal, MEAN, SIGN, STD, sum } from "./tools.mjs";

// The height of the bell curve from its waves (Fourier): an integral that knows no 2 pi in front and no half but its own.
const height = (z) => integrate((t) => Math.cos(t * z) * Math.exp(-(t ** 2) / 2)) / (2 * Math.PI);

export default {
  "eq-first-prior": {
    says: "The log-density of the prior at a random place of the plane.",
    routes: ["by the formula", "as a sum of waves (Fourier)"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, root: "a square root too many" },
    numbers: (random) => ({ z: list(2, random.normal) }),
    sides({ z }, mistake) {
      const half = { sign: 0.5, half: -1 }[mistake] ?? -0.5;
      const front = mistake === "root" ? 1 / Math.sqrt(2 * Math.PI) : 1 / (2 * Math.PI);
      return { left: Math.log(front * Math.exp(half * sum(z.map((one) => one ** 2)))), right: sum(z.map((one) => Math.log(height(one)))), tolerance: 1e-8 };
    },
  },

  "eq-first-pixels": {
    says: "Twelve random pixels under twelve random logits.",
    routes: ["log of the product", "from the logits"],
    unit: "nats",
    mistakes: { sign: SIGN, mean: MEAN, swap: "ink and paper exchanged" },
    numbers: (random) => ({ x: list(12, () => (random.uniform() < 0.5 ? 0 : 1)), logits: list(12, () => 2 * random.normal()) }),
    sides({ x, logits }, mistake) {
      const ink = logits.map((logit) => sigmoid(mistake === "sign" ? -logit : logit));
      const factors = ink.map((p, j) => (mistake === "swap" ? p ** (1 - x[j]) * (1 - p) ** x[j] : p ** x[j] * (1 - p) ** (1 - x[j])));
      const log = Math.log(factors.reduce((product, factor) => product * factor, 1));
      return { left: mistake === "mean" ? log / x.length : log, right: bernoulliLogProb(x, logits), tolerance: 1e-9 };
    },
  },

  "eq-first-posterior": {
    says: "The log-density of q at a random place, for one latent with a random log-variance.",
    routes: ["by the formula", "from the area under the curve"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF },
    numbers: (random) => ({ z: random.normal(), mean: random.normal(), log_var: between(random, -2, 1) }),
    sides({ z, mean, log_var }, mistake) {
      const std = Math.exp({ sign: -0.5, half: 1 }[mistake] * log_var || 0.5 * log_var);
      const left = logNormal(z, mean, mistake === "std" ? std ** 2 : std);
      const shape = (at) => Math.exp(-((at - mean) ** 2) / (2 * Math.exp(log_var)));
      return { left, right: Math.log(shape(z) / integrate(shape, mean - 20, mean + 20, 800)), tolerance: 1e-9 };
    },
  },
};
