// The terms of the evidence lower bound for one example, in nats. Noise comes from the caller; no networks, no drawing.

export const sigmoid = (value) => (value >= 0 ? 1 / (1 + Math.exp(-value)) : Math.exp(value) / (1 + Math.exp(value)));

/** Bernoulli means of `logits`, one for each pixel. */
export const means = (logits) => Float64Array.from(logits, sigmoid);

/** KL(N(mean, exp(log_var)) || N(0, 1)) of each dimension: (mean^2 + exp(log_var) - 1 - log_var) / 2. */
export function klPerDimension(mean, log_var) {
  sameLength("mean", mean, "log_var", log_var);
  // expm1 keeps the digits that exp(log_var) - 1 would lose near the prior
  return Float64Array.from(mean, (value, i) => 0.5 * (value * value + Math.expm1(log_var[i]) - log_var[i]));
}

export function klToStandardNormal(mean, log_var) {
  return klPerDimension(mean, log_var).reduce((sum, value) => sum + value, 0);
}

/** log p(x | z) for independent pixels: sum of x * logit - softplus(logit), which cannot overflow. */
export function bernoulliLogProb(x, logits) {
  sameLength("x", x, "logits", logits);
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const value = logits[i];
    if (!(x[i] >= 0 && x[i] <= 1)) throw new Error(`bernoulliLogProb: wanted x in [0, 1], got ${x[i]} at position ${i}`);
    sum += x[i] * value - Math.max(value, 0) - Math.log1p(Math.exp(-Math.abs(value)));
  }
  return sum;
}

/** z = mean + std * noise, for each row of `noise` (samples * latent numbers). */
export function reparameterize(mean, log_var, noise) {
  sameLength("mean", mean, "log_var", log_var);
  const latent = mean.length;
  if (latent === 0 || noise.length === 0 || noise.length % latent) {
    throw new Error(`reparameterize: wanted noise of a multiple of ${latent} numbers, got ${noise.length}`);
  }
  return Float64Array.from(noise, (value, i) => mean[i % latent] + Math.exp(0.5 * log_var[i % latent]) * value);
}

/** The ELBO of `x`, its likelihood averaged over the rows of `noise`: { log_likelihood, kl, total }. */
export function elbo(x, mean, log_var, noise, { decode, logProb = bernoulliLogProb }) {
  const z = reparameterize(mean, log_var, noise);
  const samples = noise.length / mean.length;
  const logits = decode(z, samples);
  let sum = 0;
  for (let s = 0; s < samples; s++) sum += logProb(x, logits.subarray(s * x.length, (s + 1) * x.length));
  const log_likelihood = sum / samples;
  const kl = klToStandardNormal(mean, log_var);
  return { log_likelihood, kl, total: log_likelihood - kl };
}

function sameLength(nameA, a, nameB, b) {
  if (a.length !== b.length) throw new Error(`wanted ${nameA} and ${nameB} of equal length, got ${a.length} and ${b.length}`);
}
