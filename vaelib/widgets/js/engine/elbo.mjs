// The ELBO of a batch and its gradient in every weight of encoder and decoder: right, and as some mistakes make it. No optimizer, no data.

export const GRADIENTS = ["trick", "detached", "score function"];

/**
 * Adds to the gradients of both networks (dense.mjs, made with { learns: true }) that of the mean over `count` examples, from `first`
 * in `x`, of weight log p(x|z) - beta KL, with one draw each from `noise` (count * latent numbers). `gradient` says how the draw hands the
 * gradient on to the encoder, as vaelib/estimators.py has it: through z = mean + std * noise ("trick"), not at all ("detached"), or as
 * weight log p(x|z) grad log q(z|x) ("score function"). Returns sums over the examples, in nats: { log_likelihood, kl }.
 */
export function elboGradient({ encoder, decoder, likelihood, x, noise, first = 0, count, beta = 1, weight = 1, gradient = "trick" }) {
  if (!GRADIENTS.includes(gradient)) throw new Error(`elboGradient: wanted a gradient among ${GRADIENTS.join(", ")}, got ${gradient}`);
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
  const values = likelihood.score(decoder.kernel, x, first, count, decoder.heads[0], share * weight);
  decoder.back(count, { toSource: gradient === "trick" });

  const wide = decoder.layers[0].inputs;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < latent; k++) {
      const at = i * mean.outputs + k;
      const [m, v] = [mean.output[at], log_var.output[at]];
      const [forMean, forLogVar] = throughDraw(gradient, noise[i * latent + k], Math.exp(v / 2), decoder.sourceGradient[i * wide + k], share * weight * values[i]);
      mean.delta[at] = forMean - share * beta * m;
      log_var.delta[at] = forLogVar - 0.5 * share * beta * Math.expm1(v);
    }
  }
  encoder.back(count, { toSource: false });
  return { log_likelihood: values.reduce((sum, value) => sum + value, 0), kl };
}

// What one draw hands on to mean and log_var; `slope` is the gradient in z, `score` what the draw scored.
function throughDraw(gradient, noise, std, slope, score) {
  if (gradient === "trick") return [slope, 0.5 * slope * noise * std];
  if (gradient === "detached") return [0, 0];
  return [(score * noise) / std, 0.5 * score * (noise * noise - 1)];
}
