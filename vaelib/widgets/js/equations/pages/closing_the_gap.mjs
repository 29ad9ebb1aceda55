// How the equations of "Two moves, and closing the gap" are broken: on a random straight line, and with two draws for four pixels.
// What an entry holds is said in ../tools.mjs.

import { drawModel, elboOf as elboOfFour, logEvidence as logEvidenceOfFour, logJoint as logJointOfFour, PIXELS } from "../four_pixels.mjs";
import { drawLinear, drawQ, elboOf, klToPosterior, klToPrior, logEvidence, logJoint } from "../straight_line.mjs";
import { between, expect, HALF, integrate, list, logNormal, SIGN, sum } from "../tools.mjs";

export default {
  "eq-bound-linear": {
    says: "A random straight line. Log evidence, posterior mean and posterior variance.",
    routes: ["by the two formulas", "by quadrature"],
    unit: "",
    mistakes: { std: "std of the noise for its variance", square: "slope for its square", noise: "noise forgotten in the evidence" },
    numbers: drawLinear,
    sides(inputs, mistake) {
      const { slope, noise_std, x } = inputs;
      const noise = mistake === "std" ? noise_std : noise_std ** 2;
      const variance = (mistake === "square" ? slope : slope ** 2) + noise;
      const spread = mistake === "noise" ? slope ** 2 : variance;
      const evidence = logEvidence(inputs);
      const average = (value) => integrate((z) => Math.exp(logJoint(inputs, z) - evidence) * value(z));
      const mean = average((z) => z);
      const left = [logNormal(x, 0, Math.sqrt(spread)), (slope * x) / variance, noise / variance];
      return { left, right: [evidence, mean, average((z) => (z - mean) ** 2)], tolerance: 1e-9 };
    },
  },

  "eq-bound-gaussians": {
    says: "Two random Gaussians.",
    routes: ["closed form", "quadrature"],
    unit: "nats",
    mistakes: { sign: SIGN, half: HALF, std: "std for variance in the ratio", shift: "shift measured in q\u2019s own width", order: "ratio upside down" },
    numbers: (random) => ({ means: [between(random, -1.5, -0.5), between(random, 0.2, 1.5)], stds: [between(random, 0.4, 0.7), between(random, 0.9, 1.6)] }),
    sides({ means: [mean, other], stds: [std, wide] }, mistake) {
      const ratio = { std: std / wide, order: wide ** 2 / std ** 2 }[mistake] ?? std ** 2 / wide ** 2;
      const shift = (mean - other) ** 2 / (mistake === "shift" ? std ** 2 : wide ** 2);
      const inner = shift + ratio - 1 - (mistake === "sign" ? -1 : 1) * Math.log(ratio);
      const right = expect((z) => logNormal(z, mean, std) - logNormal(z, other, wide), mean, std);
      return { left: (mistake === "half" ? 1 : 0.5) * inner, right, tolerance: 1e-9 };
    },
  },

  "eq-bound-forms": {
    says: "A random straight line and q. All three forms against the average of log w.",
    routes: ["the three forms", "average of the log weight, three times"],
    unit: "nats",
    mistakes: { sign: "sign of a KL flipped", half: "one half dropped in the entropy", std: "std for variance in the entropy", entropy: "entropy forgotten" },
    numbers: (random) => ({ ...drawLinear(random), ...drawQ(random) }),
    sides(inputs, mistake) {
      const { slope, noise_std, x, mean, std } = inputs;
      const log_likelihood = expect((z) => logNormal(x, slope * z, noise_std), mean, std);
      const width = mistake === "std" ? std : std ** 2;
      const full = (mistake === "half" ? 1 : 0.5) * Math.log(2 * Math.PI * Math.E * width);
      const entropy = mistake === "entropy" ? 0 : full;
      const kl = mistake === "sign" ? -klToPrior(inputs) : klToPrior(inputs);
      const energy = expect((z) => logJoint(inputs, z), mean, std);
      const bound = elboOf(inputs);
      const left = [logEvidence(inputs) - klToPosterior(inputs), log_likelihood - kl, energy + entropy];
      return { left, right: [bound, bound, bound], tolerance: 1e-8 };
    },
  },

  "eq-bound-mstep": {
    says: "A random pixel, noise and q. The slope with the highest ELBO.",
    routes: ["by the formula", "top of the parabola through the ELBO at three slopes"],
    unit: "",
    mistakes: { std: "std for variance of q", spread: "variance of q forgotten", sign: "variance of q subtracted" },
    numbers: (random) => ({ ...drawLinear(random), ...drawQ(random) }),
    sides(inputs, mistake) {
      const { x, mean, std } = inputs;
      const spread = { std, spread: 0, sign: -(std ** 2) }[mistake] ?? std ** 2;
      const [low, middle, high] = [-1, 0, 1].map((slope) => elboOf({ ...inputs, slope }));
      return { left: (x * mean) / (mean ** 2 + spread), right: (low - high) / (2 * (low - 2 * middle + high)), tolerance: 1e-8 };
    },
  },

  "eq-bound-widen": {
    says: "A random q, and a random slope before and after. What log p(x) gains.",
    routes: ["difference of the log evidences", "gain of the ELBO plus growth of the gap"],
    unit: "nats",
    mistakes: { sign: "growth of the gap subtracted", old: "old gap forgotten", gap: "both gaps forgotten" },
    numbers: (random) => ({ ...drawLinear(random), ...drawQ(random), new_slope: between(random, 2.2, 3) }),
    sides(inputs, mistake) {
      const after = { ...inputs, slope: inputs.new_slope };
      const old = mistake === "old" ? 0 : klToPosterior(inputs);
      const growth = klToPosterior(after) - old;
      const counted = { sign: -growth, gap: 0 }[mistake] ?? growth;
      return { left: logEvidence(after) - logEvidence(inputs), right: elboOf(after) - elboOf(inputs) + counted, tolerance: 1e-8 };
    },
  },

  "eq-importance": {
    says: "A random decoder, image and q, and two draws. In neither pair may the first number be below the second.",
    routes: ["log evidence, bound of two draws", "bound of two draws, ELBO"],
    unit: "nats",
    relation: ">=",
    mistakes: { sum: "sum instead of mean of the weights", sign: "q multiplied in the weight, not divided" },
    // a decoder that says little and a q near the prior: so the bound is close, and log 2 too much goes through it
    numbers: (random) => ({ ...drawModel(random), weight: list(PIXELS, () => 0.6 * random.normal()), mean: between(random, -0.5, 0.5), std: between(random, 0.8, 1.1) }),
    sides(inputs, mistake) {
      const { mean, std } = inputs;
      const nodes = list(161, (i) => -8 + i / 10);
      const share = nodes.map((noise) => Math.exp(logNormal(noise)) / 10);
      const log_w = nodes.map((noise) => {
        const log_q = logNormal(mean + std * noise, mean, std);
        return logJointOfFour(inputs, mean + std * noise) - (mistake === "sign" ? -log_q : log_q);
      });
      const w = log_w.map(Math.exp);
      const count = mistake === "sum" ? 1 : 2;
      const bound = sum(nodes.map((_, i) => share[i] * sum(nodes.map((_, k) => share[k] * Math.log((w[i] + w[k]) / count)))));
      return { left: [logEvidenceOfFour(inputs), bound], right: [bound, elboOfFour(inputs)], tolerance: 1e-8 };
    },
  },
};
