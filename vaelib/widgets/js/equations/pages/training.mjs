// How the equations of chapter 7 are broken. What an entry holds is said in tools.mjs.

import { bernoulliLogProb, sigmoid } from "../../engine/densities.mjs";
import { between, HALF, klByQuadrature, list, MEAN, SIGN, STD, sum } from "../tools.mjs";

const PIXELS = 6;
const BATCH = 4;
const drawBits = ({ uniform }) => list(PIXELS, () => (uniform() < 0.5 ? 0 : 1));
const drawLogits = ({ normal }) => list(PIXELS, () => 2 * normal());
const softplus = (logit) => Math.log(1 + Math.exp(logit));
/** log of the product of Bernoulli probabilities, from the probabilities themselves. */
const logOfProduct = (x, logits) => Math.log(x.reduce((product, bit, j) => product * (bit ? sigmoid(logits[j]) : sigmoid(-logits[j])), 1));

export default {
  "eq-training-logits": {
    says: "Six random pixels under six random logits.",
    routes: ["from the logits", "log of the product of probabilities"],
    unit: "nats",
    mistakes: { sign: SIGN, mean: MEAN, lost: "log(1 + e^l) forgotten" },
    numbers: (random) => ({ x: drawBits(random), logits: drawLogits(random) }),
    sides({ x, logits }, mistake) {
      const term = (logit, j) => x[j] * logit - (mistake === "lost" ? 0 : mistake === "sign" ? -1 : 1) * softplus(logit);
      return { left: sum(logits.map(term)) / (mistake === "mean" ? PIXELS : 1), right: logOfProduct(x, logits), tolerance: 1e-9 };
    },
  },

  "eq-training-loss": {
    says: "A batch of four random images, each with its own q and its own logits.",
    routes: ["loss by the formula", "from products and integrals"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF, sum: "sum instead of mean over images", mean: "mean instead of sum over pixels" },
    numbers: (random) => ({
      x: list(BATCH, () => drawBits(random)), logits: list(BATCH, () => drawLogits(random)),
      mean: list(BATCH, random.normal), std: list(BATCH, () => between(random, 0.3, 0.9)),
    }),
    sides({ x, logits, mean, std }, mistake) {
      const half = mistake === "half" ? 1 : 0.5;
      const kl = (i) => half * (mean[i] ** 2 + (mistake === "std" ? std[i] : std[i] ** 2) - 1 - Math.log(std[i] ** 2));
      const likelihood = (i) => bernoulliLogProb(x[i], logits[i]) / (mistake === "mean" ? PIXELS : 1);
      const total = sum(x.map((_, i) => likelihood(i) - (mistake === "sign" ? -kl(i) : kl(i))));
      const right = sum(x.map((one, i) => klByQuadrature(mean[i], std[i]) - logOfProduct(one, logits[i]))) / BATCH;
      return { left: -total / (mistake === "sum" ? 1 : BATCH), right, tolerance: 1e-8 };
    },
  },

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
