// How the equations of the encoder's guess are broken: a linear decoder with one latent and one pixel, whose posterior is Gaussian.
// What an entry holds is said in ../tools.mjs.

import { between, expect, HALF, integrate, list, logNormal, MEAN, SIGN, STD, sum } from "../tools.mjs";

// One latent, one pixel: x = slope z + std noise.
const drawLine = (random) => ({ slope: between(random, 0.6, 2), std: between(random, 0.4, 0.8) });
const posteriorOf = ({ slope, std }, x) => ({ mean: (slope * x) / (slope ** 2 + std ** 2), std: std / Math.sqrt(slope ** 2 + std ** 2) });
const klBetween = (q, p) => Math.log(p.std / q.std) + (q.std ** 2 + (q.mean - p.mean) ** 2) / (2 * p.std ** 2) - 0.5;

export default {
  "eq-price-posterior": {
    says: "The log-density of the posterior at a random z: one latent, one pixel, a linear decoder.",
    routes: ["by Bayes' rule, the integral by quadrature", "the Gaussian that it must be"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: STD, prior: "prior forgotten", evidence: "integral forgotten" },
    numbers: (random) => ({ ...drawLine(random), x: between(random, 0.5, 2), z: between(random, 0.5, 1.5) }),
    sides(inputs, mistake) {
      const half = { sign: 0.5, half: -1, prior: 0 }[mistake] ?? -0.5;
      const squared = mistake === "std" ? inputs.std : inputs.std ** 2;
      const log_top = (z) => (-0.5 * (inputs.x - inputs.slope * z) ** 2) / squared + half * z ** 2;
      const { mean, std } = posteriorOf(inputs, inputs.x);
      const below = mistake === "evidence" ? 0 : Math.log(integrate((z) => Math.exp(log_top(z))));
      return { left: log_top(inputs.z) - below, right: logNormal(inputs.z, mean, std), tolerance: 1e-8 };
    },
  },

  "eq-price-sum": {
    says: "Three pixels, each with a q of its own, under one linear decoder.",
    routes: ["sum of three averages, over each q", "log p(x) less the KL from each posterior"],
    unit: "nats",
    mistakes: { sign: SIGN, mean: MEAN, shared: "the first q used for all three", prior: "p(x|z) for p(x, z)" },
    numbers: (random) => ({
      ...drawLine(random), x: list(3, () => between(random, -2, 2)), mean: list(3, () => random.normal()), width: list(3, () => between(random, 0.3, 0.9)),
    }),
    sides({ slope, std, x, mean, width }, mistake) {
      const one = (i) => {
        const k = mistake === "shared" ? 0 : i;
        const turn = mistake === "sign" ? -1 : 1;
        const log_p = (z) => logNormal(x[i], slope * z, std) + (mistake === "prior" ? 0 : logNormal(z));
        return expect((z) => log_p(z) - turn * logNormal(z, mean[k], width[k]), mean[k], width[k]);
      };
      const exact = (i) => logNormal(x[i], 0, Math.hypot(slope, std)) - klBetween({ mean: mean[i], std: width[i] }, posteriorOf({ slope, std }, x[i]));
      return { left: sum(list(3, one)) / (mistake === "mean" ? 3 : 1), right: sum(list(3, exact)), tolerance: 1e-8 };
    },
  },
};
