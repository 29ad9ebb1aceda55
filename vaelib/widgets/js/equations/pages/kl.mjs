// How the equations of "What the KL pays for" are broken: averages of Gaussians.
// What an entry holds is said in ../tools.mjs.

import { between, expect, integrate, logNormal, sum } from "../tools.mjs";

const drawTwo = (random) => ({ means: [between(random, -1.5, -0.4), between(random, 0.4, 1.5)], stds: [between(random, 0.3, 0.8), between(random, 0.3, 0.8)] });
const density = (z, { means, stds }, shares) => sum(means.map((mean, k) => shares[k] * Math.exp(logNormal(z, mean, stds[k]))));

export default {
  "eq-bound-aggregate": {
    says: "Two random Gaussians. Area, mean and average square of their aggregate.",
    routes: ["by quadrature of the aggregate", "averages over the two"],
    unit: "",
    mistakes: { sum: "sum instead of mean", product: "product instead of mean", twice: "one image counted twice" },
    numbers: (random) => ({ means: [between(random, -1.5, -0.4), between(random, 0.8, 2)], stds: [between(random, 0.3, 0.5), between(random, 0.7, 1)] }),
    sides(inputs, mistake) {
      const { means, stds } = inputs;
      const shares = { sum: [1, 1], twice: [2 / 3, 1 / 3] }[mistake] ?? [0.5, 0.5];
      const both = (z) => sum(means.map((mean, k) => logNormal(z, mean, stds[k])));
      const aggregate = (z) => (mistake === "product" ? Math.exp(both(z)) : density(z, inputs, shares));
      const left = [0, 1, 2].map((power) => integrate((z) => z ** power * aggregate(z)));
      return { left, right: [1, sum(means) / 2, sum(means.map((mean, k) => mean ** 2 + stds[k] ** 2)) / 2], tolerance: 1e-9 };
    },
  },

  "eq-bound-split": {
    says: "Two images with random Gaussians for their q.",
    routes: ["mean of the two KLs from the prior", "information plus mismatch, by quadrature"],
    unit: "nats",
    mistakes: { sign: "mismatch subtracted", half: "the half in the KLs dropped", std: "std for variance in the KLs", total: "information summed, not averaged" },
    numbers: drawTwo,
    sides(inputs, mistake) {
      const { means, stds } = inputs;
      const half = mistake === "half" ? 1 : 0.5;
      const each = means.map((mean, k) => half * (mean ** 2 + (mistake === "std" ? stds[k] : stds[k] ** 2) - 1 - Math.log(stds[k] ** 2)));
      const log_aggregate = (z) => Math.log(density(z, inputs, [0.5, 0.5]));
      const told = means.map((mean, k) => expect((z) => logNormal(z, mean, stds[k]) - log_aggregate(z), mean, stds[k]));
      const mismatch = integrate((z) => density(z, inputs, [0.5, 0.5]) * (log_aggregate(z) - logNormal(z)), -8, 8);
      const information = sum(told) / (mistake === "total" ? 1 : 2);
      return { left: sum(each) / 2, right: information + (mistake === "sign" ? -mismatch : mismatch), tolerance: 1e-7 };
    },
  },
};
