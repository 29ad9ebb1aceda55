// Gaussian bells { mean, std } over one number, mixtures of them, and how far they are apart, in nats. No drawing.

const LOG_TWO_PI = Math.log(2 * Math.PI);
const REACH = 7; // standard deviations to either side; what lies beyond weighs less than 1e-11
const STEP = 0.02; // of the sums over z, fine enough for bells of std 0.1 and more to give eight digits

/** log N(z; mean, std^2). */
export const logNormal = (z, { mean, std }) => -0.5 * (LOG_TWO_PI + ((z - mean) / std) ** 2) - Math.log(std);

/** The height of a bell at z. */
export const density = (z, bell) => Math.exp(logNormal(z, bell));

/** The function z -> log sum_k weight_k N(z; mean_k, std_k^2), for parts { weight, mean, std }. */
export function logMixture(parts) {
  const constants = parts.map(({ weight, std }) => Math.log(weight / std) - 0.5 * LOG_TWO_PI);
  const rates = parts.map(({ std }) => 0.5 / std ** 2);
  const means = parts.map(({ mean }) => mean);
  return (z) => {
    let largest = -Infinity;
    let sum = 0; // of the parts, in units of the largest so far
    for (let k = 0; k < means.length; k++) {
      const value = constants[k] - rates[k] * (z - means[k]) ** 2;
      if (value > largest) {
        sum = sum * Math.exp(largest - value) + 1;
        largest = value;
      } else {
        sum += Math.exp(value - largest);
      }
    }
    return largest + Math.log(sum);
  };
}

/** The average of f(z) over draws z of a bell, as a sum over a fine grid. */
export function average(f, { mean, std }, step = STEP) {
  const half = Math.ceil((REACH * std) / step);
  let sum = 0;
  for (let i = -half; i <= half; i++) sum += Math.exp(-0.5 * ((i * step) / std) ** 2) * f(mean + i * step);
  return (sum * step) / (std * Math.sqrt(2 * Math.PI));
}

/** KL(q || p) of two bells. */
export function klBetween(q, p) {
  const ratio = 2 * Math.log(q.std / p.std);
  return 0.5 * (((q.mean - p.mean) / p.std) ** 2 + Math.expm1(ratio) - ratio);
}

/** What z adds to KL(q || p): q(z) (log q(z) - log p(z)), for two bells. */
export const klIntegrand = (z, q, p) => density(z, q) * (logNormal(z, q) - logNormal(z, p));
