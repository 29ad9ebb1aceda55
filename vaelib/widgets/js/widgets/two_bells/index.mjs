// Two bells q and p to drag, and the two KL divergences between them, as areas, bars and numbers. Reads traits and lays out; the plane draws.

import { bars } from "../../ui/bars.mjs";
import { bellsPlane, RANGE } from "./plane.mjs";
import { button, element, liveText, predict, slider } from "../../ui/controls.mjs";
import { klBetween } from "../../exact/bells.mjs";
import { live } from "../../host/live.mjs";
import { number, sharedNames } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";
import { starter } from "../../host/start.mjs";

export const TRAITS = { q_mean: number(...RANGE.mean), q_std: number(...RANGE.std), p_mean: number(...RANGE.mean), p_std: number(...RANGE.std) };
export const shared = sharedNames(TRAITS);

const [QP, PQ] = ["KL(q\u00a0\u2016\u00a0p)", "KL(p\u00a0\u2016\u00a0q)"];
const LABELS = { q_mean: "mean of q", q_std: "std of q", p_mean: "mean of p", p_std: "std of p" };
const SAME = 5e-4; // nats; a smaller difference is not seen in the numbers

function build(model, el, signal) {
  const widget = live(TRAITS, { model, el, signal, paint });
  const plane = bellsPlane({ at: () => widget.state, onMove: widget.save, signal });
  const both = bars([
    { words: QP, colour: "accent", hint: "draws come from q, p is believed", format: nats },
    { words: PQ, colour: "ink", hint: "draws come from p, q is believed", format: nats },
  ]);
  const sliders = /** @type {[string, ReturnType<typeof slider>][]} */ (Object.entries(LABELS).map(([name, label]) => [name, slider({
    label, min: TRAITS[name].limits[0], max: TRAITS[name].limits[1], step: 0.01, stride: 0.1, value: widget.state[name],
    format: (value) => shown(value, 2), onInput: (value) => widget.save({ [name]: value }), signal,
  })]));
  const swap = button("Swap q and p", () => {
    const { q_mean, q_std, p_mean, p_std } = widget.state;
    widget.save({ q_mean: p_mean, q_std: p_std, p_mean: q_mean, p_std: q_std });
  }, { signal });
  const sentence = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-named-sliders", [
    predict(`Make q wide. Which of the two is then larger, ${QP} or ${PQ}?`,
      `${QP}. It is an average over draws of q, and a wide q has many draws where the narrow p has almost nothing; each of them is a great surprise to somebody who believes p. Draws of the narrow bell never leave the middle of the wide one. It is so for any two bells: the KL from the wide one to the narrow one is the larger.`),
    element("div", "vaelib-columns", [
      plane.element,
      element("div", "vaelib-stack", [both.element, ...sliders.map(([, one]) => one.element), element("div", "vaelib-row", [swap.element, widget.resetButton().element])]),
    ]),
    sentence.element,
  ]));

  function paint() {
    const { state, theme } = widget;
    const [q, p] = ["q", "p"].map((name) => ({ mean: state[`${name}_mean`], std: state[`${name}_std`] }));
    const kls = [klBetween(q, p), klBetween(p, q)];
    plane.draw({ q, p, theme });
    plane.setLabel(`Two bells over z: q with mean ${shown(q.mean, 2)} and std ${shown(q.std, 2)}, p with mean ${shown(p.mean, 2)} and std ${shown(p.std, 2)}. Below, what each z adds to ${QP}, ${nats(kls[0])} in all, and to ${PQ}, ${nats(kls[1])}.`);
    both.set(kls);
    for (const [name, one] of sliders) one.set(state[name]);
    sentence.say(words(q, p, kls));
  }

  paint();
}

/** What the two numbers are, and which is larger for what reason. */
export function words(q, p, /** @type {number[]} */ [qp, pq]) {
  const numbers = `${QP} = ${nats(qp)}, ${PQ} = ${nats(pq)}.`;
  if (Math.max(qp, pq) < SAME) return `${numbers} The two bells are the same, and only then is either of them zero.`;
  if (Math.abs(q.std - p.std) < 0.005) return `${numbers} The bells are equally wide, so neither order costs more.`;
  const [wide, narrow] = q.std > p.std ? ["q", "p"] : ["p", "q"];
  if (Math.abs(qp - pq) < SAME) return `${numbers} ${wide} is the wider bell, but by so little that the two hardly differ.`;
  return `${numbers} ${wide} is the wider bell: its draws often fall where ${narrow} has almost nothing, and that costs more than the other way round.`;
}

const nats = (value) => `${shown(value, 3)} nats`;

export default { render: starter("The two bells", build) };
