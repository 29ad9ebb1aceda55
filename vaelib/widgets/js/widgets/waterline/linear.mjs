// The best linear VAE for data of known eigenvalues: what each latent costs and how long its weights are. Draws nothing.

import { clamp } from "../../engine/range.mjs";

export const LIMITS = { beta: [0.05, 20], variance: [0.002, 2], latents: [1, 32] };

/** { level, alive, kl, total } of the largest `latents` eigenvalues: kl in nats an image, 0 below the waterline beta * variance. */
export function best({ beta, variance, latents }, eigenvalues) {
  const level = beta * variance;
  const kl = eigenvalues.slice(0, latents).map((value) => (value > level ? 0.5 * Math.log(value / level) : 0));
  return { level, kl, alive: kl.filter((nats) => nats > 0).length, total: kl.reduce((sum, nats) => sum + nats, 0) };
}

/** The beta that puts the waterline at `level` for this variance, within its limits. */
export const betaAt = (level, { variance }) => clamp(level / variance, LIMITS.beta);
