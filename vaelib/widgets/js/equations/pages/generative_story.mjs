// How the equations of the generative story are broken. What an entry holds is said in tools.mjs.

import { bernoulliLogProb, sigmoid } from "../../engine/densities.mjs";
import { HALF, integrate, list, MEAN, SIGN, sum } from "../tools.mjs";

// The height of the bell curve from its waves (Fourier): an integral that knows no 2 pi in front and no half but its own.
const height = (z) => integrate((t) => Math.cos(t * z) * Math.exp(-(t ** 2) / 2)) / (2 * Math.PI);

export default {
  "eq-story-prior": {
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

  "eq-story-pixels": {
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
};
