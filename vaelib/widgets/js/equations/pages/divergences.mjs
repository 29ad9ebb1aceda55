// How the equations of "Which divergence?" are broken: a density with two humps, and two Gaussians.
// What an entry holds is said in ../tools.mjs.

import { between, integrate, list, logNormal, sum } from "../tools.mjs";

const drawTwo = (random) => ({ means: [between(random, -1.5, -0.4), between(random, 0.4, 1.5)], stds: [between(random, 0.3, 0.8), between(random, 0.3, 0.8)] });
const density = (z, { means, stds }, shares) => sum(means.map((mean, k) => shares[k] * Math.exp(logNormal(z, mean, stds[k]))));

export default {
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
