// How the equations of chapter 2 are broken. What an entry holds is said in tools.mjs.

import { bernoulliLogProb, sigmoid } from "../../engine/densities.mjs";
import { between, HALF, integrate, list, MEAN, SIGN, STD, sum } from "../tools.mjs";

// The height of the bell curve from its waves (Fourier): an integral that knows no 2 pi in front and no half but its own.
const height = (z) => integrate((t) => Math.cos(t * z) * Math.exp(-(t ** 2) / 2)) / (2 * Math.PI);

/** Where a function with one peak between `low` and `high` has it: the golden section, to about 1e-9. */
function peak(f, low, high) {
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let step = 0; step < 60; step++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (f(a) < f(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

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

  "eq-story-gaussian": {
    says: "Five random grey pixels around five random means, with one random standard deviation.",
    routes: ["by the formula", "from the area under each curve"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF, mean: MEAN },
    numbers: (random) => ({ x: list(5, random.uniform), mean: list(5, random.uniform), std: between(random, 0.1, 0.6) }),
    sides({ x, mean, std }, mistake) {
      const half = { sign: -0.5, half: 1 }[mistake] ?? 0.5;
      const width = mistake === "std" ? std : std ** 2;
      const terms = x.map((value, j) => -half * ((value - mean[j]) ** 2 / width) - Math.log(std) - 0.5 * Math.log(2 * Math.PI));
      const shape = (value, middle) => Math.exp(-((value - middle) ** 2) / (2 * std ** 2));
      const right = sum(x.map((value, j) => Math.log(shape(value, mean[j]) / integrate((at) => shape(at, mean[j]), mean[j] - 8, mean[j] + 8, 800))));
      return { left: mistake === "mean" ? sum(terms) / x.length : sum(terms), right, tolerance: 1e-8 };
    },
  },

  "eq-story-width": {
    says: "Eight random misses of a decoder. The right side looks for the standard deviation under which they are most probable.",
    routes: ["by the formula", "by trying standard deviations"],
    unit: "",
    mistakes: { std: STD, sum: "sum instead of mean", size: "mean size, squared" },
    numbers: (random) => ({ missed: list(8, () => 0.3 * random.normal()) }),
    sides({ missed }, mistake) {
      const total = sum(missed.map((one) => one ** 2));
      const variance = total / missed.length;
      const left = { std: Math.sqrt(variance), sum: total, size: (sum(missed.map(Math.abs)) / missed.length) ** 2 }[mistake] ?? variance;
      const log_std = peak((one) => -total / (2 * Math.exp(2 * one)) - missed.length * one, -8, 4);
      return { left, right: Math.exp(2 * log_std), tolerance: 1e-6 };
    },
  },
};
