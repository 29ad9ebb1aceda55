// How the equations of chapter 4 are broken: two weights, and a random decoder of four pixels with a Gaussian q.
// What an entry holds is said in ../tools.mjs.

import { drawBoth, drawModel, elboOf, logEvidence, logJoint, logLikelihood, PIXELS } from "../four_pixels.mjs";
import { between, expect, HALF, integrate, klByQuadrature, list, logNormal, SIGN, STD, sum } from "../tools.mjs";

/**
 * log p(z | x) without Bayes' rule: the slope of its logarithm, (x - pi) weight - z, is added up from the left (Simpson's rule)
 * and the curve scaled to the area 1. Returns a function of z.
 */
function posteriorBySlopes({ weight, bias, x }) {
  const slope = (z) => sum(weight.map((w, j) => w * (x[j] - 1 / (1 + Math.exp(-w * z - bias[j]))))) - z;
  const [low, high, count] = [-10, 10, 4000];
  const step = (high - low) / count;
  const climb = (from, to) => ((slope(from) + 4 * slope((from + to) / 2) + slope(to)) * (to - from)) / 6;
  const logs = [0];
  for (let i = 1; i <= count; i++) logs.push(logs[i - 1] + climb(low + (i - 1) * step, low + i * step));
  const largest = Math.max(...logs);
  const logArea = largest + Math.log(sum(logs.map((value) => Math.exp(value - largest))) * step);
  return (z) => {
    const i = Math.max(0, Math.min(count, Math.round((z - low) / step)));
    return logs[i] + climb(low + i * step, z) - logArea;
  };
}

export default {
  "eq-bound-lost": {
    says: "Two random weights, c(1 - d) and c(1 + d).",
    routes: ["log of the mean less mean of the logs", "closed form in d"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, square: "d for d squared" },
    numbers: (random) => ({ c: between(random, 0.02, 0.5), d: between(random, 0.2, 0.9) }),
    sides({ c, d }, mistake) {
      const [low, high] = [c * (1 - d), c * (1 + d)];
      const left = Math.log((low + high) / 2) - (Math.log(low) + Math.log(high)) / 2;
      const factor = { sign: 0.5, half: -1 }[mistake] ?? -0.5;
      return { left, right: factor * Math.log(1 - (mistake === "square" ? d : d ** 2)), tolerance: 1e-12 };
    },
  },

  "eq-evidence": {
    says: "A random decoder of four pixels. The evidences of all 16 images add up to 1.",
    routes: ["log of the sum of 16 integrals", "log of 1"],
    unit: "nats",
    mistakes: { sign: "sign of the prior\u2019s exponent flipped", half: "the half in the prior\u2019s exponent dropped", prior: "prior forgotten" },
    numbers: (random) => ({ weight: drawModel(random).weight, bias: drawModel(random).bias }),
    sides(inputs, mistake) {
      const half = { sign: 0.5, half: -1, prior: 0 }[mistake] ?? -0.5;
      const prior = (z) => Math.exp(half * z ** 2) / Math.sqrt(2 * Math.PI);
      const images = list(2 ** PIXELS, (code) => list(PIXELS, (j) => (code >> j) & 1));
      const evidence = (x) => integrate((z) => Math.exp(logLikelihood({ ...inputs, x }, z)) * prior(z), -12, 12, 240);
      return { left: Math.log(sum(images.map(evidence))), right: 0, tolerance: 1e-9 };
    },
  },

  "eq-posterior": {
    says: "The log-density of the posterior at a random z, for a random decoder and image.",
    routes: ["by Bayes' rule", "from its slopes, scaled to area 1"],
    unit: "nats",
    mistakes: { sign: "sign of the prior\u2019s exponent flipped", half: "the half in the prior\u2019s exponent dropped", prior: "prior forgotten", evidence: "not divided by the evidence" },
    numbers: (random) => ({ ...drawModel(random), z: random.normal() }),
    sides(inputs, mistake) {
      const half = { sign: 0.5, half: -1, prior: 0 }[mistake] ?? -0.5;
      const prior = half * inputs.z ** 2 - (mistake === "prior" ? 0 : 0.5 * Math.log(2 * Math.PI));
      const left = logLikelihood(inputs, inputs.z) + prior - (mistake === "evidence" ? 0 : logEvidence(inputs));
      return { left, right: posteriorBySlopes(inputs)(inputs.z), tolerance: 1e-6 };
    },
  },

  "eq-weights": {
    says: "A random decoder, image and q.",
    routes: ["log of the average weight, over q", "log of the evidence, over a grid"],
    unit: "nats",
    mistakes: { sign: "q multiplied, not divided", std: "std for variance in q", half: "the half in log q dropped", prior: "draws from the prior, weights for q" },
    numbers: drawBoth,
    sides(inputs, mistake) {
      const { mean, std } = inputs;
      const half = mistake === "half" ? 1 : 0.5;
      const width = mistake === "std" ? std : std ** 2;
      const log_q = (z) => -half * (Math.log(2 * Math.PI) + Math.log(std ** 2) + (z - mean) ** 2 / width);
      const weight = (z) => Math.exp(logJoint(inputs, z) + (mistake === "sign" ? log_q(z) : -log_q(z)));
      const average = mistake === "prior" ? integrate((z) => Math.exp(logNormal(z)) * weight(z), -6, 6) : expect(weight, mean, std);
      return { left: Math.log(average), right: logEvidence(inputs), tolerance: 1e-7 };
    },
  },

  "eq-jensen": {
    says: "A random decoder, image and q. The first number must not be below the second.",
    routes: ["log of the average weight", "average of the log weight"],
    unit: "nats",
    relation: ">=",
    mistakes: { swap: "log and average exchanged", sign: "sign of the right side flipped" },
    numbers: drawBoth,
    sides(inputs, mistake) {
      const log_w = (z) => logJoint(inputs, z) - logNormal(z, inputs.mean, inputs.std);
      const outside = Math.log(expect((z) => Math.exp(log_w(z)), inputs.mean, inputs.std));
      const inside = expect(log_w, inputs.mean, inputs.std);
      const [left, right] = mistake === "swap" ? [inside, outside] : [outside, mistake === "sign" ? -inside : inside];
      return { left, right, tolerance: 1e-9 };
    },
  },

  "eq-gap": {
    says: "A random decoder, image and q.",
    routes: ["log evidence less ELBO", "KL from q to the posterior"],
    unit: "nats",
    mistakes: { sign: "sign of the KL flipped", std: "variance for std in log q", order: "KL the other way round" },
    numbers: drawBoth,
    sides(inputs, mistake) {
      const { mean, std } = inputs;
      const log_p = posteriorBySlopes(inputs);
      const log_q = (z) => logNormal(z, mean, mistake === "std" ? std ** 2 : std);
      const forward = integrate((z) => Math.exp(logNormal(z, mean, std)) * (log_q(z) - log_p(z)), -10, 10);
      const right = mistake === "order" ? integrate((z) => Math.exp(log_p(z)) * (log_p(z) - log_q(z)), -10, 10) : mistake === "sign" ? -forward : forward;
      return { left: logEvidence(inputs) - elboOf(inputs), right, tolerance: 1e-6 };
    },
  },

  "eq-elbo": {
    says: "A random decoder, image and q.",
    routes: ["log-likelihood less KL", "average of the log weight"],
    unit: "nats",
    mistakes: { sign: "KL added, not subtracted", std: "std for variance in the KL", half: "the half in the KL dropped", mean: "mean instead of sum over the pixels" },
    numbers: drawBoth,
    sides(inputs, mistake) {
      const { mean, std } = inputs;
      const log_likelihood = expect((z) => logLikelihood(inputs, z), mean, std) / (mistake === "mean" ? PIXELS : 1);
      const kl = (mistake === "half" ? 1 : 0.5) * (mean ** 2 + (mistake === "std" ? std : std ** 2) - 1 - Math.log(std ** 2));
      return { left: log_likelihood - (mistake === "sign" ? -kl : kl), right: elboOf(inputs), tolerance: 1e-8 };
    },
  },

  "eq-kl": {
    says: "A random mean and std, against the standard normal prior.",
    routes: ["closed form", "quadrature"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF },
    numbers: (random) => ({ mean: random.normal(), std: between(random, 0.3, 1.6) }),
    sides({ mean, std }, mistake) {
      const spread = mistake === "std" ? std : std ** 2;
      const inner = mean ** 2 + spread - 1 - (mistake === "sign" ? -1 : 1) * Math.log(std ** 2);
      return { left: (mistake === "half" ? 1 : 0.5) * inner, right: klByQuadrature(mean, std), tolerance: 1e-9 };
    },
  },
};
