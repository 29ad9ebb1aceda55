// The mixture posterior: drag a point and three components; responsibilities, a q of the reader's own, and its bound. Its parts draw and compute elsewhere.

import { button, element, liveText, predict, slider } from "../../ui/controls.mjs";
import { asProbabilities, bound, logLikelihoods, posterior, withEntry } from "./mixture.mjs";
import { mixtureBars } from "./bars.mjs";
import { EXTENT, mixturePlane } from "./plane.mjs";
import { sumTable } from "./table.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { list, own, point, sharedNames, table as rowsOf } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

const COUNT = 3; // components; this and the limits as in mixture_posterior.py
const STD = [0.1, 2.5];
const LEAST = 0.01; // of a weight: a component that cannot be would make the KL infinite
const TIGHT = 5e-4; // nats; a smaller gap is shown as 0.000
const [UNLIKELY, SURE] = [-10, 0.95]; // where the words point out that a posterior compares and does not judge

const probabilities = (least) => own("probabilities", (values) => asProbabilities(values, COUNT, least), new Array(COUNT).fill(1 / COUNT));
export const TRAITS = {
  x: point(2, EXTENT), mean: rowsOf(COUNT, 2, -EXTENT, EXTENT), std: list(COUNT, ...STD), weight: probabilities(LEAST), q: probabilities(0),
};
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const now = live(TRAITS, {
    model, el, signal, paint,
    changed: (name) => {
      if (name !== "x" && name !== "q") mixture = componentsOf(now.state);
      now.redraw();
    },
  });
  let mixture = componentsOf(now.state); // a new one only when it has changed: the plane compares

  const plane = mixturePlane({ signal, at: (name) => (name === "x" ? now.state.x : now.state.mean[name]), onMove: moveTo });
  const bars = mixtureBars({ signal });
  const table = sumTable(COUNT);
  const words = liveText({ signal });
  const three = (build_one) => Array.from({ length: COUNT }, (_, k) => build_one(k));
  const probability = (label, name, least) => three((k) => slider({
    label: `${label} ${k + 1}`, min: least, max: 1 - (COUNT - 1) * least, step: 0.01, stride: 0.05, value: now.state[name][k], format: (value) => value.toFixed(2), signal,
    onInput: (value) => now.save({ [name]: withEntry(now.state[name], k, value, least) }),
  }));
  const sliders = {
    q: probability("q of", "q", 0),
    weight: probability("weight", "weight", LEAST),
    std: three((k) => slider({
      label: `std ${k + 1}`, min: STD[0], max: STD[1], step: 0.01, stride: 0.1, value: now.state.std[k], format: (value) => value.toFixed(2), signal,
      onInput: (value) => now.save({ std: now.state.std.map((old, i) => (i === k ? value : old)) }),
    })),
  };
  const exact = () => posterior(now.state.x, mixture);
  const buttons = [
    button("q = prior", () => now.save({ q: [...now.state.weight] }), { signal }),
    button("q = posterior", () => now.save({ q: exact() }), { signal }),
    button("q = one-hot", () => now.save({ q: oneHot(exact()) }), { signal }),
    now.resetButton(),
  ].map((one) => one.element);

  el.replaceChildren(element("div", "vaelib-card vaelib-mixture", [
    predict("Drag x far away from all three components. Will its posterior become unsure, near one third each?",
      "No, except along the lines where two components tie. The posterior only asks which component explains x better than the others do, and far away the answer is lopsided: one takes nearly all, however badly it explains x. That nobody explains x well is told by log p(x), which falls and falls."),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [
        element("p", "vaelib-heading", "Click to move x; drag x and the means"),
        plane.element,
        element("p", "vaelib-caption", "Circles: one and two standard deviations of each component. Colour: the posterior that a point there would have."),
      ]),
      element("div", "vaelib-stack", [
        element("p", "vaelib-heading", "p: the posterior p(z|x). q: yours to choose"),
        bars.element,
        ...sliders.q.map((one) => one.element),
        element("div", "vaelib-row", buttons),
        table.list,
      ]),
    ]),
    words.element,
    element("p", "vaelib-heading", "For a discrete z the bound is a sum, one row for each value of z"),
    table.element,
    element("p", "vaelib-heading", "The model"),
    element("div", "vaelib-eight", three((k) => [sliders.weight[k].element, sliders.std[k].element]).flat()),
  ]));

  function moveTo(name, to) {
    const there = to.map((value) => Math.round(100 * value) / 100);
    now.save(name === "x" ? { x: there } : { mean: now.state.mean.map((old, k) => (k === name ? there : old)) });
  }

  function paint() {
    const { state, theme } = now;
    const { x, q } = state;
    const p = exact();
    const terms = bound(x, mixture, q);
    plane.draw({ x, mixture, theme });
    plane.setLabel(`Three components and x at (${x.map((one) => shown(one)).join(", ")}). Click to move x.`);
    bars.draw({ posterior: p, q, theme });
    bars.setLabel(`Posterior ${p.map((one) => one.toFixed(3)).join(", ")}; q ${q.map((one) => one.toFixed(3)).join(", ")}.`);
    table.fill({ weight: state.weight, likelihoods: logLikelihoods(x, mixture), posterior: p, q, ...terms });
    for (const [name, three_of] of Object.entries(sliders)) three_of.forEach((one, k) => one.set(state[name][k]));
    words.say(sentence(state, p, terms));
  }

  paint();
}

function sentence({ x }, p, { log_evidence, elbo, gap }) {
  const best = oneHot(p).indexOf(1);
  const parts = [`x = (${x.map((one) => shown(one)).join(", ")}): component ${best + 1} made it with probability ${p[best].toFixed(3)}.`];
  if (log_evidence < UNLIKELY && p[best] > SURE) parts.push("The posterior is sure, though no component explains x well: log p(x) says so, the posterior cannot.");
  parts.push(`log p(x) = ${shown(log_evidence, 3)} nats, and the ELBO of q is ${shown(elbo, 3)}.`);
  parts.push(gap < TIGHT ? "The bound is tight: q is the posterior." : `It misses ${shown(gap, 3)} nats, which is KL(q \u2016 posterior).`);
  return parts.join(" ");
}

const oneHot = (p) => p.map((_, k) => Number(k === p.indexOf(Math.max(...p))));
const componentsOf = ({ weight, mean, std }) => ({ weight, mean, std });

export default { render: starter("The mixture", build) };
