// The ELBO of a batch and its gradient in every weight of encoder and decoder, by z = mean + std * noise. No optimizer, no data.

/**
 * Adds to the gradients of both networks (dense.mjs, made with { learns: true }) that of the mean over `count` examples, from `first`
 * in `x`, of log p(x|z) - beta KL, with one draw each from `noise` (count * latent numbers). Returns sums over the examples, in nats:
 * { log_likelihood, kl }.
 */
export function elboGradient({ encoder, decoder, likelihood, x, noise, first = 0, count, beta = 1 }) {
  if (count > encoder.rows || count > decoder.rows) throw new Error(`elboGradient: wanted at most ${Math.min(encoder.rows, decoder.rows)} examples, got ${count}`);
  const latent = decoder.inputs;
  const [mean, log_var] = encoder.heads;
  const share = 1 / count;
  encoder.pass(x, first, count, true);

  const z = new Float64Array(count * latent);
  let kl = 0;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < latent; k++) {
      const at = i * mean.outputs + k;
      const [m, v] = [mean.output[at], log_var.output[at]];
      z[i * latent + k] = m + Math.exp(v / 2) * noise[i * latent + k];
      kl += 0.5 * (m * m + Math.expm1(v) - v);
    }
  }
  decoder.pass(z, 0, count, true);
  const values = likelihood.score(decoder.kernel, x, first, count, decoder.heads[0], share);
  decoder.back(count);

  const wide = decoder.layers[0].inputs;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < latent; k++) {
      const at = i * mean.outputs + k;
      const [m, v] = [mean.output[at], log_var.output[at]];
      const slope = decoder.sourceGradient[i * wide + k];
      mean.delta[at] = slope - share * beta * m;
      log_var.delta[at] = 0.5 * (slope * noise[i * latent + k] * Math.exp(v / 2) - share * beta * Math.expm1(v));
    }
  }
  encoder.back(count, { toSource: false });
  return { log_likelihood: values.reduce((sum, value) => sum + value, 0), kl };
}
