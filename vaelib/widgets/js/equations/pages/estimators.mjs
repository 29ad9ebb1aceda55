// How the equations of "Three gradients" are broken: the score function, and what a detached draw keeps. What an entry holds is said in tools.mjs.

import { bernoulliLogProb } from "../../engine/densities.mjs";
import { expect, HALF, list, SIGN, slope, STD } from "../tools.mjs";
import { cost, drawQ, slopesOfCost, stdOf } from "../cost.mjs";

export default {
  "eq-score": {
    says: "The two slopes of the average cost, for a random mean and log-variance.",
    routes: ["average of cost times score", "small differences of the average"],
    unit: "",
    mistakes: { sign: SIGN, std: STD, half: HALF },
    numbers: drawQ,
    sides({ mean, log_var }, mistake) {
      const std = stdOf(log_var);
      const variance = mistake === "std" ? std : std ** 2;
      const sign = mistake === "sign" ? -1 : 1;
      const half = mistake === "half" ? 1 : 0.5;
      const first = (z) => (sign * (z - mean)) / variance;
      const second = (z) => half * ((z - mean) ** 2 / variance - sign);
      return {
        left: [first, second].map((score) => expect((z) => cost(z) * score(z), mean, std)),
        right: slopesOfCost({ mean, log_var }), tolerance: 1e-7,
      };
    },
  },

  "eq-kept": {
    says: "A random decoder of four pixels and one draw of z, which is held still while mean and log-variance move.",
    routes: ["small differences of the ELBO", "slopes of the KL, with a minus"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF, moves: "z moves along" },
    numbers: (random) => ({
      ...drawQ(random), noise: random.normal(), weight: list(4, () => 1.5 * random.normal()), x: list(4, () => (random.uniform() < 0.5 ? 0 : 1)),
    }),
    sides({ mean, log_var, noise, weight, x }, mistake) {
      const still = mean + stdOf(log_var) * noise;
      const elbo = (m, v) => {
        const z = mistake === "moves" ? m + stdOf(v) * noise : still;
        return bernoulliLogProb(x, weight.map((one) => one * z)) - 0.5 * (m ** 2 + Math.exp(v) - 1 - v);
      };
      const sign = mistake === "sign" ? 1 : -1;
      const spread = mistake === "std" ? stdOf(log_var) : Math.exp(log_var);
      return {
        left: [slope((m) => elbo(m, log_var), mean), slope((v) => elbo(mean, v), log_var)],
        right: [sign * mean, sign * (mistake === "half" ? 1 : 0.5) * (spread - 1)], tolerance: 1e-7,
      };
    },
  },
};
