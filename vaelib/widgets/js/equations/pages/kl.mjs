// How the equations of the second half of chapter 4 are broken: sums over a data set, averages of Gaussians, three divergences.
// What an entry holds is said in ../tools.mjs.

import { between, expect, integrate, list, logNormal, sum } from "../tools.mjs";

const drawTwo = (random) => ({ means: [between(random, -1.5, -0.4), between(random, 0.4, 1.5)], stds: [between(random, 0.3, 0.8), between(random, 0.3, 0.8)] });
const density = (z, { means, stds }, shares) => sum(means.map((mean, k) => shares[k] * Math.exp(logNormal(z, mean, stds[k]))));
const logNoise = (x, z) => logNormal(x, z); // one pixel, x = z + standard normal noise

export default {
  "eq-bound-data": {
    says: "Three random pixels, x = z + noise, each with a random q of its own.",
    routes: ["sum of the log evidences", "sum of the ELBOs plus sum of the gaps"],
    unit: "nats",
    mistakes: { sign: "gaps subtracted", half: "the half in the gaps dropped", std: "std for variance in the gaps", one: "one q for all" },
    numbers: (random) => ({ x: list(3, () => 1.4 * random.normal()), means: list(3, () => random.normal()), std: between(random, 0.3, 0.6) }),
    sides({ x, means, std }, mistake) {
      const elbo = (pixel, mean) => expect((z) => logNoise(pixel, z) + logNormal(z) - logNormal(z, mean, std), mean, std);
      const bounds = sum(x.map((pixel, i) => elbo(pixel, mistake === "one" ? means[0] : means[i])));
      const gaps = sum(x.map((pixel, i) => {
        const spread = mistake === "std" ? std : std ** 2;
        return (mistake === "half" ? 1 : 0.5) * (2 * (means[i] - pixel / 2) ** 2 + 2 * spread - 1 - Math.log(2 * std ** 2));
      }));
      return { left: sum(x.map((pixel) => logNormal(pixel, 0, Math.SQRT2))), right: bounds + (mistake === "sign" ? -gaps : gaps), tolerance: 1e-8 };
    },
  },

  "eq-bound-batch": {
    says: "The ELBOs of six random images, and all 15 batches of two.",
    routes: ["average of the 15 estimates", "sum over the six images"],
    unit: "nats",
    mistakes: { scale: "n/B forgotten", inverse: "B/n for n/B", count: "n for n/B" },
    numbers: (random) => ({ elbos: list(6, () => -2 - 2 * random.uniform()) }),
    sides({ elbos }, mistake) {
      const factor = { scale: 1, inverse: 2 / 6, count: 6 }[mistake] ?? 6 / 2;
      const estimates = elbos.flatMap((one, i) => elbos.slice(i + 1).map((other) => factor * (one + other)));
      return { left: sum(estimates) / estimates.length, right: sum(elbos), tolerance: 1e-12 };
    },
  },

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

  "eq-bound-forward": {
    says: "A random density with two humps. The Gaussian that the forward KL finds: mean and variance.",
    routes: ["from the humps' own numbers", "where the forward KL has no slope, by quadrature"],
    unit: "",
    mistakes: { std: "std for variance within the humps", between: "distance between the humps forgotten", weight: "humps weighted alike" },
    numbers: (random) => ({ ...drawTwo(random), share: between(random, 0.6, 0.8) }),
    sides(inputs, mistake) {
      const { means, stds, share } = inputs;
      const [used, shares] = [mistake === "weight" ? [0.5, 0.5] : [share, 1 - share], [share, 1 - share]];
      const mean = sum(means.map((one, k) => used[k] * one));
      const apart = mistake === "between" ? 0 : sum(means.map((one, k) => used[k] * (one - mean) ** 2));
      const within = sum(stds.map((std, k) => used[k] * (mistake === "std" ? std : std ** 2)));
      // -E_p[log q] is a parabola in the mean, and, at that mean, in one over the variance a line less a logarithm
      const cross = (at, precision) => -integrate((z) => density(z, inputs, shares) * logNormal(z, at, precision ** -0.5), -9, 9);
      const [low, middle, high] = [-1, 0, 1].map((at) => cross(at, 1));
      const top = (low - high) / (2 * (low - 2 * middle + high));
      return { left: [mean, apart + within], right: [top, 2 * (cross(top, 2) - cross(top, 1)) + Math.log(2)], tolerance: 1e-8 };
    },
  },

  "eq-bound-mmd": {
    says: "Two random Gaussians and a random width of the kernel.",
    routes: ["three averages of the kernel, in closed form", "difference of the densities, by a double integral"],
    unit: "",
    mistakes: { sign: "sign of the middle term flipped", two: "the factor 2 forgotten", std: "std for variance of the two Gaussians", width: "width for its square" },
    numbers: (random) => ({ ...drawTwo(random), width: between(random, 0.4, 0.8) }),
    sides({ means, stds, width }, mistake) {
      const square = mistake === "width" ? width : width ** 2;
      const spread = (std) => (mistake === "std" ? std : std ** 2);
      const average = (i, j) => {
        const wide = square + spread(stds[i]) + spread(stds[j]);
        return Math.sqrt(square / wide) * Math.exp(-((means[i] - means[j]) ** 2) / (2 * wide));
      };
      const across = { sign: 2, two: -1 }[mistake] ?? -2;
      const points = list(241, (i) => -6 + i / 20);
      const difference = points.map((z) => (Math.exp(logNormal(z, means[0], stds[0])) - Math.exp(logNormal(z, means[1], stds[1]))) / 20);
      const kernel = (a, b) => Math.exp(-((a - b) ** 2) / (2 * width ** 2));
      const right = sum(points.map((a, i) => difference[i] * sum(points.map((b, j) => difference[j] * kernel(a, b)))));
      return { left: average(0, 0) + across * average(0, 1) + average(1, 1), right, tolerance: 1e-7 };
    },
  },
};
