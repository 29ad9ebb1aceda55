// What the figure says of a stored run: how many latents speak, at what price, and the verdict at the end. It computes nothing else.

import { shown } from "../../draw/format.mjs";

export const SPEAKS = 0.25; // nats from which a latent is counted

export const CURES = ["no cure", "linear warm-up", "cyclical", "free bits", "smaller std", "learned std", "weaker decoder", "first weights", "beta 4"];

export const LABELS = { "smaller std": "smaller σ", "learned std": "learned σ", "beta 4": "β = 4" };
export const label = (cure) => LABELS[cure] ?? cure;

export const QUESTION = [
  "Seven cures and a quack: which brings the most latents back, and is that the one with the best bound on new images?",
  "Free bits and the weaker decoder bring back all sixteen, and their bounds are no better for it. The best bound comes from other first weights.",
];

/** The bars in falling order, so that runs compare. */
export const falling = (kl) => [...kl].sort((a, b) => b - a);

/** The sentence below the bars of one run at the epoch of number `at`. */
export function sentence(cure, run, { at, stops }) {
  const kl = run.kl[at];
  const speaking = kl.filter((nats) => nats > SPEAKS).length;
  const total = kl.reduce((sum, nats) => sum + nats, 0);
  const now = `${label(cure)}, after ${stops[at]} ${stops[at] === 1 ? "epoch" : "epochs"}: ${speaking} of ${kl.length} latents have more than ${SPEAKS} nats, ${shown(total, 1)} in all; the ELBO in training is ${shown(run.elbo[at], 1)}.`;
  if (at < stops.length - 1) return now;
  return `${now} On test images it is ${shown(run.test_elbo, 1)}. Verdict: ${run.words.replaceAll("\n", " ")}`;
}
