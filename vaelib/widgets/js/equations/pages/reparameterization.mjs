// How the equations of chapter 6 are broken: a Gaussian z and the cost z^2 + sin z. What an entry holds is said in tools.mjs.

import { bernoulliLogProb } from "../../engine/densities.mjs";
import { between, expect, HALF, integrate, list, logNormal, SIGN, slope, STD } from "../tools.mjs";

const drawQ = (random) => ({ mean: random.normal(), log_var: between(random, -2, 0.8) });
const cost = (z) => z ** 2 + Math.sin(z);
const stdOf = (log_var) => Math.exp(0.5 * log_var);
/** The average cost by quadrature over z, for the slopes that follow. */
const averageCost = (mean, log_var) => integrate((z) => Math.exp(logNormal(z, mean, stdOf(log_var))) * cost(z), -20, 20, 800);
const slopesOfCost = ({ mean, log_var }) => [slope((m) => averageCost(m, log_var), mean), slope((v) => averageCost(mean, v), log_var)];

export default {
  "eq-sample": {
    says: "The mean and the variance of z, for a random mean and log-variance.",
    routes: ["average over the noise", "wanted"],
    unit: "",
    mistakes: { sign: "sign of the log-variance flipped", half: "one half dropped: the variance multiplies the noise", lost: "mean forgotten" },
    numbers: drawQ,
    sides({ mean, log_var }, mistake) {
      const std = Math.exp(({ sign: -0.5, half: 1 }[mistake] ?? 0.5) * log_var);
      const z = (noise) => (mistake === "lost" ? 0 : mean) + std * noise;
      const average = expect((_, noise) => z(noise));
      return { left: [average, expect((_, noise) => (z(noise) - average) ** 2)], right: [mean, Math.exp(log_var)], tolerance: 1e-9 };
    },
  },

  "eq-slopes": {
    says: "How z moves with the mean and with the log-variance, at one random draw of the noise.",
    routes: ["by the formula", "small differences"],
    unit: "",
    mistakes: { sign: SIGN, std: "variance for std", half: HALF },
    numbers: (random) => ({ ...drawQ(random), noise: random.normal() }),
    sides({ mean, log_var, noise }, mistake) {
      const z = (m, v) => m + stdOf(v) * noise;
      const std = mistake === "std" ? Math.exp(log_var) : stdOf(log_var);
      const second = (mistake === "half" ? 1 : 0.5) * std * noise;
      return {
        left: [1, mistake === "sign" ? -second : second],
        right: [slope((m) => z(m, log_var), mean), slope((v) => z(mean, v), log_var)], tolerance: 1e-8,
      };
    },
  },

  "eq-average-cost": {
    says: "The average of z² + sin z for a random mean and log-variance.",
    routes: ["closed form", "quadrature"],
    unit: "",
    mistakes: { sign: SIGN, std: STD, half: HALF },
    numbers: drawQ,
    sides({ mean, log_var }, mistake) {
      const variance = mistake === "std" ? stdOf(log_var) : Math.exp(log_var);
      const half = { sign: 0.5, half: -1 }[mistake] ?? -0.5;
      return { left: mean ** 2 + variance + Math.exp(half * variance) * Math.sin(mean), right: averageCost(mean, log_var), tolerance: 1e-9 };
    },
  },

  "eq-pathwise": {
    says: "The two slopes of the average cost, for a random mean and log-variance.",
    routes: ["average of the slopes along z", "closed form"],
    unit: "",
    mistakes: { sign: SIGN, std: "variance for std", half: HALF },
    numbers: drawQ,
    sides({ mean, log_var }, mistake) {
      const [std, variance] = [stdOf(log_var), Math.exp(log_var)];
      const steep = (z) => 2 * z + Math.cos(z);
      const share = (mistake === "half" ? 1 : mistake === "sign" ? -0.5 : 0.5) * (mistake === "std" ? variance : std);
      const damp = Math.exp(-variance / 2);
      return {
        left: [expect(steep, mean, std), expect((z, noise) => steep(z) * share * noise, mean, std)],
        right: [2 * mean + damp * Math.cos(mean), variance * (1 - 0.5 * damp * Math.sin(mean))], tolerance: 1e-8,
      };
    },
  },

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
