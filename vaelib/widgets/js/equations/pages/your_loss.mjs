// How the equations of the page on what a loss means are broken. What an entry holds is said in ../tools.mjs.

import { between, expect, HALF, integrate, list, logNormal, sum } from "../tools.mjs";

export default {
  "eq-loss-variance": {
    says: "Random weights of error and KL, and two random fits with their errors and KLs. Compared is by how much one fit is better, in units of the KL.",
    routes: ["by the two weights", "by Gaussian pixels of that variance"],
    unit: "nats",
    mistakes: { half: HALF, inverse: "a over b", std: "the standard deviation for the variance" },
    numbers: (random) => {
      const a = between(random, 0.2, 0.6);
      return { a, b: 2 * a * between(random, 1.6, 3), missed: list(2, (fit) => list(4, () => (fit + 1) * random.normal())), kl: list(2, () => 3 * random.uniform()) };
    },
    sides({ a, b, missed, kl }, mistake) {
      const exact = b / (2 * a);
      const variance = { half: b / a, inverse: a / (2 * b), std: Math.sqrt(exact) }[mistake] ?? exact;
      const loss = (fit) => (a * sum(missed[fit].map((one) => one ** 2)) + b * kl[fit]) / b;
      const minusElbo = (fit) => kl[fit] - sum(missed[fit].map((one) => logNormal(one, 0, Math.sqrt(variance))));
      return { left: loss(0) - loss(1), right: minusElbo(0) - minusElbo(1), tolerance: 1e-9 };
    },
  },

  "eq-loss-waterline": {
    says: "Data of random variance along one direction, and pixels of a random, smaller variance. The right side looks for the weight under which the data are most probable.",
    routes: ["by the formula", "by trying weights"],
    unit: "",
    mistakes: { sign: "the water added", std: "the standard deviation for the variance", none: "no water" },
    numbers: (random) => ({ eigenvalue: between(random, 1.5, 4), variance: between(random, 0.3, 0.8) }),
    sides({ eigenvalue, variance }, mistake) {
      const left = { sign: eigenvalue + variance, std: eigenvalue - Math.sqrt(variance), none: eigenvalue }[mistake] ?? eigenvalue - variance;
      // the average of log N(x; 0, w^2 + variance) over x ~ N(0, eigenvalue), and where its slope in w^2 changes sign
      const score = (square) => expect((x) => logNormal(x, 0, Math.sqrt(square + variance)), 0, Math.sqrt(eigenvalue));
      let [low, high] = [0, 8];
      for (let step = 0; step < 50; step++) {
        const middle = (low + high) / 2;
        if (score(middle + 1e-4) > score(middle - 1e-4)) low = middle;
        else high = middle;
      }
      return { left, right: (low + high) / 2, tolerance: 1e-6 };
    },
  },

  "eq-loss-grey": {
    says: "A random probability of ink, and the area under what cross-entropy takes for the likelihood of a grey.",
    routes: ["by the formula", "by quadrature over the greys"],
    unit: "",
    mistakes: { one: "area 1", sign: "the logarithms added", half: "2\u03c0 without the \u2212 1" },
    numbers: (random) => ({ ink: between(random, 0.05, 0.42) }),
    sides({ ink }, mistake) {
      const [on, off] = [Math.log(ink), Math.log(1 - ink)];
      const left = { one: 1, sign: (2 * ink - 1) / (on + off), half: (2 * ink) / (on - off) }[mistake] ?? (2 * ink - 1) / (on - off);
      // over half a period of a cosine, whose ends are flat, so that equal steps are exact
      const height = (angle) => Math.exp(((1 - Math.cos(angle)) / 2) * (on - off) + off) * (Math.sin(angle) / 2);
      const bent = (t) => height(Math.PI * t ** 3 * (10 - 15 * t + 6 * t ** 2)) * Math.PI * 30 * t ** 2 * (1 - t) ** 2;
      return { left, right: integrate(bent, 0, 1, 400), tolerance: 1e-7 };
    },
  },
};
