// How the equations of the prerequisites are broken. What an entry holds is said in tools.mjs.

import { between, expect, HALF, integrate, list, logNormal, MEAN, SIGN, STD, sum } from "../tools.mjs";

const DRAWS = 20000;

export default {
  "eq-pre-expectation": {
    says: "The expectation of z² for a Gaussian z. The mean of 20,000 draws may miss by chance, at most by five standard errors.",
    routes: ["mean of draws", "integral"],
    unit: "",
    mistakes: { bent: "average first, then square", sum: "sum instead of mean", sign: "sign flipped" },
    numbers: (random) => ({ mean: between(random, -0.7, 0.7), std: between(random, 0.8, 1.5), noise: list(DRAWS, random.normal) }),
    sides({ mean, std, noise }, mistake) {
      const draws = noise.map((one) => mean + std * one);
      const squares = draws.map((z) => z * z);
      const average = sum(squares) / DRAWS;
      const left = mistake === "bent" ? (sum(draws) / DRAWS) ** 2 : mistake === "sum" ? sum(squares) : mistake === "sign" ? -average : average;
      const spread = Math.sqrt(sum(squares.map((square) => (square - average) ** 2)) / DRAWS);
      const right = integrate((z) => z * z * Math.exp(logNormal(z, mean, std)), -20, 20, 800);
      return { left, right, tolerance: (5 * spread) / Math.sqrt(DRAWS) };
    },
  },

  "eq-pre-gaussian": {
    says: "The area under a density is 1, and its logarithm 0, whatever mean and std are.",
    routes: ["log of the area under the formula", "log of 1"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF },
    numbers: (random) => ({ mean: random.normal(), std: between(random, 0.4, 1.6) }),
    sides({ mean, std }, mistake) {
      const width = mistake === "std" ? std : std ** 2;
      const half = mistake === "half" ? 1 : 0.5;
      const sign = mistake === "sign" ? -1 : 1;
      const height = (z) => Math.exp(-half * (Math.log(2 * Math.PI) + sign * Math.log(std ** 2) + (z - mean) ** 2 / width));
      return { left: Math.log(integrate(height, mean - 20, mean + 20, 800)), right: 0, tolerance: 1e-9 };
    },
  },

  "eq-pre-sigmoid": {
    says: "A logit is turned into a probability and back.",
    routes: ["log-odds of its probability", "the logit"],
    unit: "nats",
    mistakes: { sign: SIGN, odds: "log of the probability, not of the odds", one: "1 forgotten below the line" },
    numbers: (random) => ({ logit: 2 * random.normal() }),
    sides({ logit }, mistake) {
      const probability = 1 / ((mistake === "one" ? 0.5 : 1) + Math.exp(mistake === "sign" ? logit : -logit));
      const odds = mistake === "odds" ? probability : probability / Math.abs(1 - probability);
      return { left: Math.log(odds), right: logit, tolerance: 1e-9 };
    },
  },

  "eq-pre-kl": {
    says: "Two Gaussians with random means and stds.",
    routes: ["average of log q - log p", "closed form"],
    unit: "nats",
    mistakes: { sign: SIGN, order: "averaged over p instead of q", std: STD },
    numbers: (random) => ({ mean_q: random.normal(), std_q: between(random, 0.5, 1.5), mean_p: random.normal(), std_p: between(random, 0.5, 1.5) }),
    sides({ mean_q, std_q, mean_p, std_p }, mistake) {
      const log_q = (z) => logNormal(z, mean_q, mistake === "std" ? std_q ** 2 : std_q);
      const log_p = (z) => logNormal(z, mean_p, std_p);
      const [mean, std] = mistake === "order" ? [mean_p, std_p] : [mean_q, std_q];
      const average = expect((z) => log_q(z) - log_p(z), mean, std);
      const closed = 0.5 * ((std_q / std_p) ** 2 + ((mean_q - mean_p) / std_p) ** 2 - 1) - Math.log(std_q / std_p);
      return { left: mistake === "sign" ? -average : average, right: closed, tolerance: 1e-9 };
    },
  },

  "eq-pre-logsumexp": {
    says: "Three logarithms that are small enough for the naive way.",
    routes: ["with the largest taken out", "naive way"],
    unit: "nats",
    mistakes: { sign: SIGN, lost: "the largest not put back", mean: MEAN },
    numbers: (random) => ({ a: list(3, () => 3 * random.normal()) }),
    sides({ a }, mistake) {
      const largest = Math.max(...a);
      const rest = sum(a.map((value) => Math.exp(value - largest))) / (mistake === "mean" ? a.length : 1);
      const back = mistake === "lost" ? 0 : mistake === "sign" ? -largest : largest;
      return { left: back + Math.log(rest), right: Math.log(sum(a.map(Math.exp))), tolerance: 1e-10 };
    },
  },
};
