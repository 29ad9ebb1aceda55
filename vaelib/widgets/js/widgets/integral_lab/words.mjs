// What the integral lab says of its numbers, in the table and in sentences. It computes nothing and draws nothing.

import { WANTED } from "./integral.mjs";
import { raised, shown } from "../../draw/format.mjs";

/** The question and its answer. */
export const PREDICTION = ["Which of the three will still work with ten latents?",
  "Only the proposal, and only one that lies close to where x is explained. A little too wide costs some draws more. The grid needs its number of points to the power of ten, and of the draws from the prior hardly one is right in all ten latents at once. A proposal that is too narrow is wrong and looks calm."];

export const SCENE_WORDS = {
  "one hump": "x = 1 shows z with noise of std 0.3",
  "two humps": "x = 2 shows z\u00b2 with noise of std 0.5",
};

/** A count from its natural logarithm: 61, 12,100, 1.4·10¹⁷, or ∞. */
export function count(log) {
  if (log === Infinity) return "\u221e";
  const tens = log / Math.LN10;
  if (tens < 5.9999) return Math.round(Math.exp(log) + 1e-9).toLocaleString("en-US");
  const power = Math.floor(tens + 1e-9);
  return `${(10 ** (tens - power)).toFixed(1)}\u00b710${raised(power)}`;
}

export const signed = (value) => (value >= 0.005 ? `+${shown(value)}` : shown(value));
export const percent = (part) => `${part < 0.0945 ? shown(100 * part, 1) : Math.round(100 * part)}\u00a0%`;

/** About as many as this logarithm says: 610,000 and not 611,278. */
const about = (log) => count(log < Math.log(1e6) ? Math.log(Number(Math.exp(log).toPrecision(2))) : log);

/** A number of draws that count: whole, or with one digit where there are few. */
export const few = (value) => (value < 9.95 ? shown(value, 1) : Math.round(value).toLocaleString("en-US"));

/** What the way that is shown does: `way` with the numbers of its row, `state` and `needed`, the log of the draws for a tenth. */
export function sentence(state, { off, log_points, effective, claimed }, { needed, narrowest }) {
  const one = state.latents === 1;
  if (state.way === "grid") {
    const size = `A step of ${shown(state.step)} gives ${count(log_points / state.latents)} points${one ? "" : ` a latent, ${count(log_points)} for ${state.latents} latents`}.`;
    const off_by = Math.abs(off) < 0.005 ? "The sum is right to a hundredth of a nat." : `The sum is off by ${signed(off)} nats: the bars step over what is narrow.`;
    const known = one ? "" : " It is known here because the latents are independent; with a real decoder all of them would have to be decoded.";
    return `${size} ${off_by}${known}`;
  }
  const from = state.way === "prior" ? "the prior" : "the proposal";
  const parts = [`Of ${state.draws.toLocaleString("en-US")} draws from ${from}, ${few(effective)} count, and the estimate is off by ${signed(off)} nats. From the draws alone one would claim an error of ${percent(claimed)}.`];
  if (state.way === "proposal" && needed === Infinity) {
    parts.push(`Narrower than ${shown(narrowest, 3)} the weights have infinite variance: the rare draw at the edge weighs without limit, so no number of draws promises an error, and most sets look calm and are too low.`);
  } else if (Math.abs(off) > Math.max(0.3, 4 * claimed)) {
    parts.push("That is calm and wrong: the draws do not know what they have not met.");
  } else {
    parts.push(`For an error of ${percent(WANTED)} about ${about(needed)} draws are needed.`);
  }
  return parts.join(" ");
}
