// What model an error plus a weighted KL fits, from the settings of both: the twin of vaelib/exercises/explanations.py. Draws nothing.

import { clamp } from "../../engine/range.mjs";

export const ERRORS = ["squared error", "half squared error", "bce"];
export const REDUCTIONS = ["sum", "batch mean", "mean"];
export const LIMITS = { beta: [1e-6, 1e6], latents: [1, 64], batch: [1, 1024] };
const WEIGHT = { "squared error": 1, "half squared error": 0.5, bce: 1 };

/** What one entry of a tensor (batch, width) counts after the reduction. */
function share(reduction, batch, width) {
  if (reduction === "sum") return 1;
  return 1 / (reduction === "mean" ? batch * width : batch);
}

/** How much the KL weighs for each unit of the error, at beta 1. */
const balance = ({ error, error_reduction, kl_reduction, latents, batch }, pixels) =>
  share(kl_reduction, batch, latents) / (WEIGHT[error] * share(error_reduction, batch, pixels));

/**
 * { variance, beta, alive }: of Gaussian pixels their variance, and how many latents lie above it in the linear model (beta is null); of
 * Bernoulli pixels the weight of the KL (the other two are null). `data` is { pixels, eigenvalues }, its largest eigenvalues.
 */
export function meaning(state, { pixels, eigenvalues }) {
  const ratio = state.beta * balance(state, pixels);
  if (state.error === "bce") return { variance: null, beta: ratio, alive: null };
  const variance = ratio / 2;
  return { variance, beta: null, alive: Math.min(state.latents, eigenvalues.filter((one) => one > variance).length) };
}

/** The beta that gives Gaussian pixels this variance, within its limits. */
export function betaFor(state, { pixels }, variance) {
  return clamp((2 * variance) / balance(state, pixels), LIMITS.beta);
}

/** The loss as two lines of PyTorch: `out` are the decoder's pixels, `kl` has a number for each image and latent. */
export function code({ error, error_reduction, kl_reduction, beta }) {
  const name = error === "bce" ? "binary_cross_entropy" : "mse_loss";
  const half = error === "half squared error" ? "0.5 * " : "";
  const call = { sum: `F.${name}(out, x, reduction="sum")`, "batch mean": `F.${name}(out, x, reduction="sum") / len(x)`, mean: `F.${name}(out, x)` };
  const kl = { sum: "kl.sum()", "batch mean": "kl.sum(1).mean()", mean: "kl.mean()" };
  const factor = beta === 1 ? "" : `${short(beta)} * `;
  return `loss = ${half}${call[error_reduction]}\nloss = loss + ${factor}${kl[kl_reduction]}`;
}

/** Three digits, as a program would write them. */
export const short = (value) => String(Number(value.toPrecision(3)));
