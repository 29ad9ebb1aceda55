// How the equation of "The posterior of a real decoder" is broken: a sum over a plane of two latents.
// What an entry holds is said in ../tools.mjs.

import { between, HALF, list, logNormal, STD, sum } from "../tools.mjs";

const STEP = 0.1;
const side = list(161, (i) => (i - 80) * STEP);

export default {
  "eq-question-plane": {
    says: "One pixel that shows a random mixture of two latents, under random noise.",
    routes: ["log of the sum over the plane", "log-density of the sum of three Gaussians"],
    unit: "nats",
    mistakes: { side: "the cell's side, not its area", prior: "prior of one latent forgotten", std: STD, half: HALF },
    numbers: (random) => ({ x: 1.5 * random.normal(), angle: between(random, 0.3, 1.2), std: between(random, 0.4, 0.8) }),
    sides({ x, angle, std }, mistake) {
      const width = mistake === "std" ? std ** 2 : std;
      const half = mistake === "half" ? 2 : 1;
      const joint = (first, second) => {
        const pixel = Math.cos(angle) * first + Math.sin(angle) * second;
        const explains = Math.exp((-0.5 * half * (x - pixel) ** 2) / width ** 2) / (Math.sqrt(2 * Math.PI) * width);
        return explains * Math.exp(logNormal(first) + (mistake === "prior" ? 0 : logNormal(second)));
      };
      const total = sum(side.map((first) => sum(side.map((second) => joint(first, second)))));
      return { left: Math.log(total * STEP ** (mistake === "side" ? 1 : 2)), right: logNormal(x, 0, Math.sqrt(1 + std ** 2)), tolerance: 1e-8 };
    },
  },
};
