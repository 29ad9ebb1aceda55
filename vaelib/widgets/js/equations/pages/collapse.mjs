// How the equation of the page on posterior collapse is broken. What an entry holds is said in ../tools.mjs.

import { between, HALF } from "../tools.mjs";

export default {
  "eq-collapse-kl": {
    says: "Data of random variance along one direction, pixels of a random variance, and a random weight of the KL. The right side looks for the best decoder and the best q.",
    routes: ["by the formula", "by trying weights"],
    unit: "nats",
    mistakes: { half: HALF, std: "the standard deviation for the variance", beta: "\u03b2 left out", inverse: "\u03b2 divides \u03c3\u00b2" },
    numbers: (random) => ({ eigenvalue: between(random, 2, 4), variance: between(random, 0.1, 0.3), beta: between(random, 1.8, 3) }),
    sides({ eigenvalue, variance, beta }, mistake) {
      const level = { std: beta * Math.sqrt(variance), beta: variance, inverse: variance / beta }[mistake] ?? beta * variance;
      const left = (mistake === "half" ? 1 : 0.5) * Math.max(0, Math.log(eigenvalue / level));
      const at = (w) => { // the best q for the weight w, and what it is worth
        const [gain, s] = [w / (beta * variance + w * w), (beta * variance) / (beta * variance + w * w)];
        const kl = 0.5 * (gain * gain * eigenvalue + s - 1 - Math.log(s));
        return { kl, value: -((1 - w * gain) ** 2 * eigenvalue + w * w * s) / (2 * variance) - beta * kl };
      };
      let [low, high] = [0.01, 4]; // the value rises up to the best weight, and falls after it
      for (let step = 0; step < 100; step++) {
        const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
        if (at(a).value < at(b).value) low = a;
        else high = b;
      }
      return { left, right: at((low + high) / 2).kl, tolerance: 1e-5 };
    },
  },
};
