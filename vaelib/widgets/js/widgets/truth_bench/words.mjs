// What the truth bench says of its numbers: rows for the bars and sentences for eyes and ears. It computes no bound and draws nothing.

import { posterior, RANGE, secondMoment } from "./linear_gaussian.mjs";
import { scientific, shown } from "../../draw/format.mjs";

export const STEPS = "E-step: q to the posterior. M-step: slope and std to where the ELBO is highest for this q. Train: both in turn.";
export const DRAWS = "Grey dots: 40 draws of q. Red: two draws and the secant between them. Amber: what Jensen loses on the two. Dashed: the same two numbers for all draws of q.";
/** What the mean-field view's decoder does. */
export const FIELD = "Decoder: z is turned by the angle. Then the first pixel sees one turned latent well (slope 1.85) and the second sees the other badly (slope 0.25), both with noise of std 0.5.";
/** Each view's question and its answer. */
export const PREDICTIONS = {
  drag: ["Drag q towards the exact posterior. Which of the three bars ELBO, gap and log p(x) will move?",
    "The ELBO grows and the gap shrinks by the same number of nats. log p(x) stands still, as it does not depend on q. On the posterior the gap is 0; past it, it grows again."],
  bound: ["Put q on the posterior (E-step): the gap is 0. Then improve the decoder for this q (M-step). Will the gap stay 0?",
    "It opens. The M-step raises the ELBO while q stands still, and the better decoder has another posterior, from which q now differs. Since log p(x) = ELBO + gap, log p(x) has risen by more than the ELBO has. A gap that widens is no sign that things went wrong; the next E-step closes it. Press the buttons in turn and follow the bars."],
  jensen: ["Drag an end of the red secant outwards, so that the two weights differ more. Will the mean of their logs fall further below the log of their mean?",
    "Yes. The curve of the logarithm bends down, so a secant runs below it, and the longer the secant the more. Only weights that are all equal lose nothing, and they are equal when q is the posterior: press E-step and see the draws meet in one point."],
  "mean field": ["Turn the latents by 45\u00b0. Nothing that the model says about x will change. What will a q with independent latents pay?",
    "0.62 nats with this decoder, and nothing at 0\u00b0 and 90\u00b0. A q without tilt must be as narrow as a slice through the leaning ellipse, because KL(q \u2016 posterior) punishes it for every z that the posterior calls improbable. The posterior turns as one piece; the price comes from the axes that mean field insists on."],
};

/** The rows of `natsBars` for the bound's terms, as on a bill: what is taken away has its sign before its name. `before` holds terms from before a step, or is null. */
export function barRows(terms, split, before, theme) {
  const { log_evidence, elbo, gap, log_likelihood, kl, log_joint, entropy } = terms;
  const end = { words: "= ELBO", value: elbo, from: 0, to: elbo, colour: theme.accent, strong: true, before: before?.elbo };
  const whole = { value: log_evidence, from: 0, to: log_evidence, colour: theme.ink, strong: true, before: before?.log_evidence };
  if (split === "posterior") {
    return [
      { ...whole, words: "log p(x), exact" },
      { words: "\u2212 gap, KL(q \u2016 posterior)", value: gap, from: log_evidence, to: log_evidence - gap, colour: theme.classes[1], strong: true },
      end,
    ];
  }
  const [first, second] = {
    prior: [{ words: "log p(x | z), mean under q", value: log_likelihood }, { words: "\u2212 KL(q \u2016 prior)", value: kl }],
    entropy: [{ words: "log p(x, z), mean under q", value: log_joint }, { words: "+ entropy of q", value: entropy }],
  }[split];
  return [
    { ...first, from: 0, to: first.value, colour: theme.axis },
    { ...second, from: first.value, to: elbo, colour: theme.axis },
    end,
    { words: "+ gap, KL(q \u2016 posterior)", value: gap, from: elbo, to: elbo + gap, colour: theme.classes[1], strong: true },
    { ...whole, words: "= log p(x), exact" },
  ];
}

/** The bars in words. */
export const barWords = (rows) => `Bars in nats: ${rows.map(({ words, value }) => `${words} ${shown(value, 3)}`).join("; ")}.`;

export function residualWords({ residual }) {
  return `Checked: log p(x) \u2212 ELBO \u2212 gap = ${scientific(residual)} nats, each by a formula of its own.`;
}

export function encoderWords({ view, data, x, q_mean }) {
  return view === "bound" && data === "eight"
    ? `For all eight: q = N(${shown(q_mean / x)} x, q_std\u00b2)`
    : "Ours to choose: q = N(q_mean, q_std\u00b2)";
}

export function boundWords(state, { log_evidence, elbo, gap }) {
  const exact = posterior(state);
  const off = state.q_mean - exact.mean;
  const ratio = state.q_std / exact.std;
  const mean = state.data === "one" ? "" : " on average over the eight points";
  if (gap < 5e-4) return `q is the posterior: the gap is 0, and the ELBO is log p(x) itself, ${shown(elbo)}${mean}.`;
  const place = Math.abs(off) < 0.005 ? "in the middle of the exact posterior" : `${shown(Math.abs(off))} to the ${off < 0 ? "left" : "right"} of the exact posterior\u2019s middle`;
  const width = Math.abs(ratio - 1) < 0.005 ? "as wide" : `${shown(ratio)} times as wide`;
  return `q stands ${place} and is ${width}. That costs ${small(gap)} nats${mean}: the ELBO, ${shown(elbo, digits(gap))}, lies that far below log p(x), ${shown(log_evidence, digits(gap))}.`;
}

export function eStepWords(before, after) {
  const rise = after.elbo - before.elbo;
  if (rise < 5e-4) return "E-step: q was the posterior already. Nothing moved.";
  return `E-step: q moved onto the posterior. The ELBO rose by ${small(rise)} nats, up to log p(x), and the gap is 0. log p(x) stayed: it does not depend on q.`;
}

export function mStepWords(from, to, before, after) {
  const [rise, growth] = [after.elbo - before.elbo, after.log_evidence - before.log_evidence];
  if (Math.abs(rise) < 5e-4) return "M-step: for this q, slope and std are already the best. Nothing moved.";
  const moved = `M-step, q held still: slope ${shown(from.slope)} \u2192 ${shown(to.slope)}, std ${shown(from.std)} \u2192 ${shown(to.std)}${atTheEnd(to)}. The ELBO ${change(rise)} and log p(x) ${change(growth)}, so the gap went from ${small(before.gap)} to ${small(after.gap)} (dashed: before).`;
  return after.gap > before.gap + 5e-4
    ? `${moved} It is wider, and yet all is better: the new decoder has another posterior, and q has not followed yet.`
    : moved;
}

export function trainWords(state, rounds, { log_evidence, gap }) {
  const eight = state.data === "eight";
  const moment = secondMoment(state);
  const reached = state.slope ** 2 + state.std ** 2;
  const ending = `After ${rounds} round${rounds === 1 ? "" : "s"} of E-step and M-step nothing moves. The gap is ${shown(gap, 3)}, ${eight ? "the mean log p(x)" : "log p(x)"} ${shown(log_evidence)}.`;
  if (Math.abs(reached - moment) > 1e-3) return `${ending} slope\u00b2 + std\u00b2 = ${shown(reached)} is as near to ${eight ? "the mean of x\u00b2" : "x\u00b2"}, ${shown(moment)}, as the sliders allow.`;
  return `${ending} slope\u00b2 + std\u00b2 = ${shown(reached, 3)}, ${eight ? "the mean of the eight x\u00b2" : "x\u00b2"}: no other p(x) does better. An image of one pixel fixes only this sum; another start ends at another pair with the same sum.`;
}

export function jensenWords(state, { log_evidence, elbo, gap }, pair) {
  const [low, high] = pair.logs.map((log) => times(Math.exp(log - log_evidence)));
  const parts = [`Two draws, ${shown(state.secant)} std to the left and to the right of q\u2019s middle, have weights of ${low} and ${high} times p(x).`];
  parts.push(`The mean of their logs is ${shown(pair.mean_log, digits(pair.lost))}, the log of their mean ${shown(pair.log_mean, digits(pair.lost))}: Jensen loses ${small(pair.lost)} nats.`);
  if (Math.abs(state.secant - 1) < 1e-9) parts.push("At 1 std the mean of the two logs is the ELBO itself, since log w is a parabola in z.");
  parts.push(gap < 5e-4
    ? "Here every draw of q has the same weight, p(x), so nothing is lost: the ELBO is log p(x)."
    : `Over all draws of q: mean of the logs ${shown(elbo, digits(gap))} (ELBO), log of the mean ${shown(log_evidence, digits(gap))} (log p(x)), lost ${small(gap)} nats (the gap).`);
  return parts.join(" ");
}

export function meanFieldWords(angle, { std, covariance, terms }) {
  const stay = `log p(x) is ${shown(terms.log_evidence)} at every angle: turning z changes nothing about x.`;
  if (terms.gap < 5e-4) return `At ${angle}\u00b0 the posterior\u2019s axes lie along z\u2081 and z\u2082, so a q with independent latents can be the posterior: the gap is 0. ${stay}`;
  const margins = [0, 1].map((i) => shown(Math.sqrt(covariance[i][i]))).join(" and ");
  return `At ${angle}\u00b0 the posterior leans, and q cannot: under q the latents are independent. The best q has std ${std.map((one) => shown(one)).join(" and ")}, narrower than the posterior\u2019s own ${margins}, and pays ${small(terms.gap)} nats. ${stay}`;
}

const change = (nats) => (Math.abs(nats) < 5e-5 ? "stayed" : `${nats < 0 ? "fell" : "rose"} by ${small(Math.abs(nats))} nats`);
const atTheEnd = ({ slope, std }) => (Math.abs(slope) === RANGE.slope[1] || RANGE.std.includes(std) ? " (the end of a slider)" : "");
const times = (weight) => (weight >= 0.005 && weight < 1000 ? shown(weight) : scientific(weight, 0));

/** Digits with which a difference of this size is seen, in itself and between two numbers: 0.0032 is not 0.00. */
const digits = (difference) => (Math.abs(difference) >= 0.005 || Math.abs(difference) < 5e-5 ? 2 : 4);
const small = (value) => (Math.abs(value) < 5e-5 ? "0" : shown(value, digits(value)));
