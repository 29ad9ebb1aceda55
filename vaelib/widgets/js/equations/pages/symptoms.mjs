// How the equation of the page of symptoms is broken. What an entry holds is said in ../tools.mjs.

import { between, slope } from "../tools.mjs";

/** Of q = N(mean, variance) under x = z + noise of variance 1: the KL, and minus the average of log p(x | z) up to a constant. */
const kl = ({ mean, variance }) => 0.5 * (mean ** 2 + variance - 1 - Math.log(variance));
const error = ({ mean, variance }, x) => 0.5 * ((x - mean) ** 2 + variance);

/** The q with the least beta * KL + error, found by halving the places where its two slopes change sign. */
function best(x, beta) {
  const zero = (f, low, high) => {
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (f(middle) > 0) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  };
  const mean = zero((one) => beta * one - (x - one), -20, 20);
  const log_variance = zero((one) => beta * (Math.exp(one) - 1) + Math.exp(one), -20, 20);
  return { mean, variance: Math.exp(log_variance) };
}

export default {
  "eq-symptom-warm-up": {
    says: "A random pixel, x = z + noise, and a random weight of the KL.",
    routes: ["the slope of the best loss", "the KL of the best q"],
    unit: "nats",
    mistakes: { sign: "minus the KL", weighted: "beta times the KL", prior: "0, as if q were the prior" },
    numbers: (random) => ({ x: between(random, 1, 3), beta: between(random, 0.15, 0.7) }),
    sides({ x, beta }, mistake) {
      const loss = (weight) => weight * kl(best(x, weight)) + error(best(x, weight), x);
      const exact = kl(best(x, beta));
      const right = { sign: -exact, weighted: beta * exact, prior: 0 }[mistake] ?? exact;
      return { left: slope(loss, beta), right, tolerance: 1e-6 };
    },
  },
};
