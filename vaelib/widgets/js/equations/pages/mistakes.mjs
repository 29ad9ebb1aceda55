// How the equations of chapter 7's second page are broken. What an entry holds is said in tools.mjs.

import { drawLogits, logOfProduct, PIXELS, softplus } from "../coins.mjs";
import { between, list, MEAN, SIGN, sum } from "../tools.mjs";

export default {
  "eq-training-linear": {
    says: "Six random greys and logits. The average on the right runs over all 64 images that coins could make of them.",
    routes: ["score of the greys", "average score of the tosses"],
    unit: "nats",
    mistakes: { sign: SIGN, mean: MEAN, round: "greys rounded first" },
    numbers: (random) => ({ g: list(PIXELS, () => between(random, 0.05, 0.95)), logits: drawLogits(random) }),
    sides({ g, logits }, mistake) {
      const grey = mistake === "round" ? g.map(Math.round) : g;
      const term = (logit, j) => grey[j] * logit - (mistake === "sign" ? -1 : 1) * softplus(logit);
      const tosses = list(2 ** PIXELS, (code) => list(PIXELS, (j) => (code >> j) & 1));
      const chance = (x) => x.reduce((product, bit, j) => product * (bit ? g[j] : 1 - g[j]), 1);
      return {
        left: sum(logits.map(term)) / (mistake === "mean" ? PIXELS : 1),
        right: sum(tosses.map((x) => chance(x) * logOfProduct(x, logits))), tolerance: 1e-9,
      };
    },
  },

  "eq-training-floor": {
    says: "The best score of one random grey.",
    routes: ["by search over pi", "by the formula"],
    unit: "nats",
    mistakes: { sign: SIGN, swap: "g and 1 - g exchanged", lost: "second term forgotten" },
    numbers: (random) => ({ g: between(random, 0.05, 0.45) }),
    sides({ g }, mistake) {
      const score = (p) => g * Math.log(p) + (1 - g) * Math.log(1 - p);
      let [low, high] = [1e-6, 1 - 1e-6];
      for (let i = 0; i < 100; i++) { // the score has one hill: the worse third cannot hold its top
        const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
        if (score(a) < score(b)) low = a;
        else high = b;
      }
      const [first, second] = mistake === "swap" ? [(1 - g) * Math.log(g), g * Math.log(1 - g)] : [g * Math.log(g), (1 - g) * Math.log(1 - g)];
      return { left: score(low), right: first + ({ sign: -1, lost: 0 }[mistake] ?? 1) * second, tolerance: 1e-9 };
    },
  },
};
