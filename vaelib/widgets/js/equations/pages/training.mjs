// How the equations of chapter 7's first page are broken. What an entry holds is said in tools.mjs.

import { bernoulliLogProb } from "../../engine/densities.mjs";
import { drawBits, drawLogits, logOfProduct, PIXELS, softplus } from "../coins.mjs";
import { between, HALF, klByQuadrature, list, MEAN, SIGN, STD, sum } from "../tools.mjs";

const BATCH = 4;

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
};
