// How the equations of the page on what two numbers hold are broken. What an entry holds is said in tools.mjs.

import { between, HALF, integrate, klByQuadrature, list, logNormal, SIGN, STD, sum } from "../tools.mjs";

const average = (values) => sum(values) / values.length;
const squares = (values, from) => sum(values.map((value, i) => (value - (Array.isArray(from) ? from[i] : from)) ** 2));

/** The straight line through the points (z, t) with the least squares: a function of z. */
function line({ z, t }) {
  const [middle, height] = [average(z), average(t)];
  const climb = sum(z.map((one, i) => (one - middle) * (t[i] - height))) / squares(z, middle);
  return (one) => height + climb * (one - middle);
}

export default {
  "eq-hidden-slant": {
    says: "A random upright pattern of ink, pushed to a random place and sheared by a random slant.",
    routes: ["by the formula", "the slant that was put in"],
    unit: "",
    mistakes: { sign: SIGN, swap: "right and up exchanged", centre: "not counted from the centre of the ink" },
    numbers: (random) => ({
      slant: between(random, 0.1, 0.8), shift: [between(random, 1, 3), between(random, 1, 3)], pattern: list(4, () => list(3, () => between(random, 0.2, 2))),
    }),
    sides({ slant, shift, pattern }, mistake) {
      // each piece of ink at (a, b) has mirror images to the left and below, so that nothing leans before it is sheared
      const ink = pattern.flatMap(([x, a, b]) => [[1, 1], [1, -1], [-1, 1], [-1, -1]].map(([across, up]) => [x, across * a + slant * up * b + shift[0], up * b + shift[1]]));
      const total = sum(ink.map(([x]) => x));
      const centre = [1, 2].map((axis) => (mistake === "centre" ? 0 : sum(ink.map((one) => one[0] * one[axis])) / total));
      const moments = (first, second) => sum(ink.map((one) => one[0] * (one[first] - centre[first - 1]) * (one[second] - centre[second - 1])));
      const left = moments(1, 2) / (mistake === "swap" ? moments(1, 1) : moments(2, 2));
      return { left: mistake === "sign" ? -left : left, right: slant, tolerance: 1e-9 };
    },
  },

  "eq-hidden-fit": {
    says: "Fifteen random points and the straight line of least squares through them.",
    routes: ["by the formula", "correlation of value and fit, squared"],
    unit: "",
    mistakes: { sign: SIGN, mean: "mean not taken off", root: "roots in place of squares" },
    numbers: (random) => {
      const [z, climb] = [list(15, random.normal), between(random, 0.5, 1.5)];
      return { z, t: z.map((one) => 2 + climb * one + random.normal()) };
    },
    sides({ z, t }, mistake) {
      const fitted = z.map(line({ z, t }));
      const [middle, centre] = [average(t), average(fitted)];
      const share = squares(t, fitted) / squares(t, mistake === "mean" ? 0 : middle);
      const left = 1 + (mistake === "sign" ? 1 : -1) * (mistake === "root" ? Math.sqrt(share) : share);
      const product = sum(t.map((value, i) => (value - middle) * (fitted[i] - centre)));
      return { left, right: product ** 2 / (squares(t, middle) * squares(fitted, centre)), tolerance: 1e-9 };
    },
  },

  "eq-hidden-encoder": {
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

  "eq-hidden-rate": {
    says: "Three images with one latent each, means and standard deviations drawn at random.",
    routes: ["rate, with KLs in closed form", "rate, with KLs by quadrature"],
    unit: "bits",
    mistakes: { sign: SIGN, std: STD, half: HALF, base: "nats taken for bits" },
    numbers: (random) => ({ mean: list(3, random.normal), std: list(3, () => between(random, 0.1, 0.6)) }),
    sides({ mean, std }, mistake) {
      const half = { sign: -0.5, half: 1 }[mistake] ?? 0.5;
      const kl = mean.map((one, i) => half * (one ** 2 + (mistake === "std" ? std[i] : std[i] ** 2) - 2 * Math.log(std[i]) - 1));
      const left = average(kl) / (mistake === "base" ? 1 : Math.LN2);
      return { left, right: average(mean.map((one, i) => klByQuadrature(one, std[i]))) * Math.LOG2E, tolerance: 1e-8 };
    },
  },
};
