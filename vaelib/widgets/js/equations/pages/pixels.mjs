// How the equations of the page on the width of pixels are broken. What an entry holds is said in tools.mjs.

import { between, HALF, integrate, list, MEAN, SIGN, STD, sum } from "../tools.mjs";

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
