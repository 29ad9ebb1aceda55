// How the equations of chapter 6 are broken: a Gaussian z and the cost z^2 + sin z. What an entry holds is said in tools.mjs.

import { expect, HALF, SIGN, slope, STD } from "../tools.mjs";
import { averageCost, drawQ, stdOf } from "../cost.mjs";

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
};
