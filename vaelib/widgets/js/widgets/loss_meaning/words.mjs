// What the figure says of a loss: the model, the latents that live, and the line that mends it. It computes nothing.

import { short } from "./meaning.mjs";
import { powerOfTen } from "../../draw/format.mjs";

export const NAMES = { digits8: "8\u00d78 digits", mnist: "MNIST" };
const LEVELS = { digits8: 16, mnist: 255 }; // steps from black to white

const SILENT = ["The loss below takes PyTorch's default, a mean, for the error. How many of its 20 latents will say anything about an MNIST image?",
  "None, in the linear model. A mean over 784 pixels counts each squared miss 784 times too low: it is the loss of pixels with variance 392, for which every image is noise. Sum over the pixels, and the waterline falls to 0.5."];
const DROWNING = ["Raise the waterline. Which latents drown first, and can you tell whether \u03b2 or \u03c3 was raised?",
  "Those of the smallest eigenvalues, which carry the finest detail. \u03b2 and \u03c3\u00b2 move the same water: with Gaussian pixels no picture of the latents tells the two apart."];

/** The question and its answer for the author's loss. */
export const prediction = ({ error, error_reduction, data, latents, beta }) =>
  (error === "squared error" && error_reduction === "mean" && data === "mnist" && latents === 20 && beta === 1 ? SILENT : DROWNING);

/** The sentence below the picture. */
export function sentence(state, { pixels, eigenvalues }, found) {
  return [model(state, found), life(state, eigenvalues, found), mend(state, pixels)].filter(Boolean).join(" ");
}

function model({ error }, { variance, beta }) {
  if (error !== "bce") return `Minus an ELBO, up to a scale and a constant, for Gaussian pixels with \u03c3\u00b2 = ${number(variance)} (\u03c3 = ${number(Math.sqrt(variance))}).`;
  const grey = "On grey pixels it is no likelihood.";
  if (Math.abs(beta - 1) < 5e-4) return `Minus the ELBO for pixels that are 0 or 1. ${grey}`;
  const side = beta > 1 ? "more than the ELBO asks: latents are given up early" : "less than the ELBO asks: the codes stray from the prior";
  return `For pixels that are 0 or 1, with the KL at weight ${number(beta)}, ${side}. ${grey}`;
}

function life({ data, latents }, eigenvalues, { variance, alive }) {
  if (variance === null) return "";
  const largest = `The largest eigenvalue is ${number(eigenvalues[0])}`;
  if (alive === 0) return `${largest}, below the waterline: no latent pays for itself in the linear model.`;
  const living = alive === latents ? (latents === 1 ? "The latent lives" : `All ${latents} latents live`) : `${alive} of ${latents} latents ${alive === 1 ? "lives" : "live"}`;
  const fine = Math.sqrt(variance) < 0.5 / LEVELS[data] ? ` But \u03c3 is finer than half a grey level, ${number(0.5 / LEVELS[data])}: the loss asks for more than the pixels hold.` : "";
  return `${living} in the linear model: those whose eigenvalue is above \u03c3\u00b2.${fine}`;
}

function mend({ error_reduction, kl_reduction, latents }, pixels) {
  const parts = [];
  if (error_reduction === "mean") parts.push(`the error over the ${pixels} pixels`);
  if (kl_reduction === "mean" && latents > 1) parts.push(`the KL over the ${latents} latents`);
  if (parts.length) return `Mend it: sum ${parts.join(" and ")}, and average over the batch alone.`;
  if ((error_reduction === "sum") !== (kl_reduction === "sum")) return "Mend it: one part is summed over the batch and the other averaged, so the balance changes with the batch size.";
  return "";
}

/** Three digits, with a true minus and a power of ten where it is very large or small. */
export function number(value) {
  if (value === 0) return "0";
  if (value >= 1e-3 && value < 1e5) return Number(short(value)).toLocaleString("en-US", { maximumFractionDigits: 6 });
  return powerOfTen(value);
}
