// Eight codes on a line to drag, and what their KL pays for: information about the image, and mismatch with the prior. Reads traits and lays out.

import { bars } from "../../ui/bars.mjs";
import { button, element, liveText, predict, slider } from "../../ui/controls.mjs";
import { codes, COUNT, PRESETS, RANGE, split } from "./split.mjs";
import { codesPlane } from "./plane.mjs";
import { list, point, sharedNames, whole } from "../../host/traits.mjs";
import { live } from "../../host/live.mjs";
import { shown } from "../../draw/format.mjs";
import { starter } from "../../host/start.mjs";

export const TRAITS = { mean: point(COUNT, RANGE.mean[1]), std: list(COUNT, ...RANGE.std), code: whole(0, COUNT - 1) };
export const shared = sharedNames(TRAITS);

const NOTHING = 5e-4; // nats; less is shown as 0.000

function build(model, el, signal) {
  const widget = live(TRAITS, { model, el, signal, paint });
  const plane = codesPlane({ at: () => widget.state, onMove: widget.save, signal });
  const sum = bars([
    { words: "information", colour: "refined", hint: "how well z tells the eight apart", format: nats },
    { words: "+ mismatch", colour: "exact", hint: "KL(average of the eight \u2016 prior)", from: 0, format: nats },
    { words: "= KL", colour: "ink", hint: "average of KL(code \u2016 prior)", format: nats },
  ]);
  const width = (label, apply) => slider({
    label, min: RANGE.std[0], max: RANGE.std[1], step: 0.01, stride: 0.05, value: 1, format: (value) => shown(value, 2), signal,
    onInput: (value) => widget.save({ std: widget.state.std.map((old, i) => (apply(i) ? value : old)) }),
  });
  const one = width("width of code 1", (i) => i === widget.state.code);
  const name = one.element.querySelector("span");
  const every = width("width of all", () => true);
  const presets = Object.values(PRESETS).map(({ words: label, mean, std }) => button(label, () => widget.save({ mean, std }), { signal }).element);
  const sentence = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-named-sliders", [
    predict("When is the KL of the eight codes zero, and what is then lost?",
      "It is zero only when every code is the prior itself, with mean 0 and width 1. Then all eight are the same, and a z tells nothing about which of them it came from: the information is zero too. That is called collapse. A KL above zero is no fault; most of it may be information."),
    element("div", "vaelib-columns", [
      plane.element,
      element("div", "vaelib-stack", [sum.element, one.element, every.element]),
    ]),
    element("div", "vaelib-row", [...presets, widget.resetButton().element]),
    sentence.element,
  ]));

  function paint() {
    const { state, theme } = widget;
    const parts = codes(state);
    const nats_of = split(parts);
    plane.draw({ parts, chosen: state.code, theme });
    plane.setLabel(`Eight codes on a line, with means ${state.mean.map((value) => shown(value, 2)).join(", ")} and widths ${state.std.map((value) => shown(value, 2)).join(", ")}; above them their average and the prior.`);
    sum.set([nats_of.information, nats_of.mismatch, nats_of.kl]);
    name.textContent = `width of code ${state.code + 1}`;
    one.set(state.std[state.code]);
    every.set(state.std.reduce((total, value) => total + value, 0) / COUNT);
    sentence.say(words(nats_of));
  }

  paint();
}

/** Which of the two parts the KL pays for, and what that means for the codes. */
export function words({ information, mismatch, kl }) {
  const most = Math.log(COUNT);
  const told = `Information ${nats(information)} of at most log 8 = ${nats(most)}`;
  if (kl < NOTHING) return `The KL is zero: every code is the prior, and z tells nothing about which of the eight it came from.`;
  if (information < NOTHING) return `${told}: all codes are the same, z tells nothing, and the whole KL is mismatch.`;
  const certain = information > most - 0.01 ? "z tells for certain which of the eight it came from" : `as good as telling ${shown(Math.exp(information), 1)} codes apart`;
  const cost = mismatch < 0.1 ? "The average of the eight is close to the prior, so hardly anything is wasted." : `The average of the eight is not the prior, and that costs ${nats(mismatch)} more.`;
  return `${told}: ${certain}. ${cost}`;
}

const nats = (value) => `${shown(value, 3)} nats`;

export default { render: starter("The codes on a line", build) };
