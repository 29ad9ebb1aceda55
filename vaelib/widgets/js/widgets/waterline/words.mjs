// What the figure says of the waterline, and its question. It computes nothing.

import { shown } from "../../draw/format.mjs";
import { number } from "../loss_meaning/words.mjs";

export { NAMES, number } from "../loss_meaning/words.mjs";

export const QUESTION = [
  "Raise the waterline by β, or by σ². Can the bars tell which of the two it was? And would a better training save a grey latent?",
  "No, and no. Only the product counts, and a latent below the line has a KL of 0 in the best model there is: it would cost more nats than it brings.",
];

/** The sentence below the picture. */
export function sentence({ latents, beta, variance }, { alive, total, level }) {
  const product = `β σ² = ${number(beta)} × ${number(variance)} = ${number(level)}.`;
  if (alive === 0) return `${product} Every latent is below the line: the best model says nothing of the image, with a KL of 0, and that is right.`;
  const dry = alive === latents ? `All ${latents} latents are used` : `${alive} of ${latents} latents are used, and the other ${latents - alive} are rightly unused: each would cost more than it brings`;
  return `${product} ${dry}. The total KL is ${shown(total)} nats an image.`;
}
