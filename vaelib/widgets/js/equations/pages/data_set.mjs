// How the equations of "From one image to a data set" are broken: sums over images, and over batches of them.
// What an entry holds is said in ../tools.mjs.

import { between, expect, list, logNormal, sum } from "../tools.mjs";

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
};
