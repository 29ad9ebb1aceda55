// Waterline: the eigenvalues of a data set, a line at beta * sigma^2 that can be dragged, and what each latent of the best linear VAE costs above it.

import { klBars } from "./kl_bars.mjs";
import { best, betaAt, LIMITS } from "./linear.mjs";
import { NAMES, number, QUESTION, sentence } from "./words.mjs";
import { spectrumPlot } from "../loss_meaning/spectrum.mjs";
import { shown } from "../../draw/format.mjs";
import { element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { author, choice, number as numberIn, own, sharedNames, whole } from "../../host/traits.mjs";

const DATA = Object.keys(NAMES);
const isSpectra = (value) => (DATA.every((name) => value?.[name]?.eigenvalues?.length) ? value : null);

export const TRAITS = {
  data: choice(DATA), beta: numberIn(...LIMITS.beta), variance: numberIn(...LIMITS.variance), latents: whole(...LIMITS.latents),
  spectra: author(own("spectra", isSpectra)),
};
export const shared = sharedNames(TRAITS);

const short = (value) => Number(value.toPrecision(4));

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  if (!opening.spectra) throw new Error("wanted the spectra of the data sets, got none");
  const eigenvalues = () => now.state.spectra[now.state.data].eigenvalues;
  const logarithmic = (label, name) => slider({
    label, min: Math.log10(LIMITS[name][0]), max: Math.log10(LIMITS[name][1]), step: 0.01, stride: 0.1, value: Math.log10(opening[name]),
    format: (log) => number(10 ** log), onInput: (log) => now.save({ [name]: short(10 ** log) }), signal,
  });
  const set = segments("Images", DATA.map((name) => ({ value: name, label: NAMES[name] })), opening.data, (data) => now.save({ data }), { signal });
  const sliders = { beta: logarithmic("β", "beta"), variance: logarithmic("σ²", "variance") };
  const latents = slider({ label: "latents", min: LIMITS.latents[0], max: LIMITS.latents[1], step: 1, value: opening.latents, onInput: (value) => now.save({ latents: value }), signal });
  const plot = spectrumPlot({ at: () => best(now.state, eigenvalues()).level, onMove: (level) => now.save({ beta: short(betaAt(level, now.state)) }), name: "β σ²", aspect: 1.8, signal });
  const costs = klBars({ signal });
  const words = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-waterline", [
    predict(...QUESTION),
    element("div", "vaelib-columns vaelib-columns-equal", [
      element("div", "vaelib-stack", [sliders.beta.element, sliders.variance.element, latents.element, element("div", "vaelib-row", [set.element, now.resetButton().element]), words.element]),
      element("div", "vaelib-stack", [plot.element, costs.element]),
    ]),
  ]));

  function paint() {
    const { state, theme } = now;
    const found = best(state, eigenvalues());
    set.set(state.data);
    for (const [name, one] of Object.entries(sliders)) one.set(Math.log10(state[name]));
    latents.set(state.latents);
    const largest = eigenvalues().slice(0, state.latents);
    plot.draw({ eigenvalues: largest, alive: found.alive, variance: found.level, theme });
    plot.setLabel(`The ${state.latents} largest eigenvalues of ${NAMES[state.data]}, the first ${number(largest[0])}. The waterline is at ${number(found.level)}, with ${found.alive} bars above it. Drag it, or use the arrow keys.`);
    costs.draw({ kl: found.kl, theme });
    costs.setLabel(`The KL of each latent in the best linear model: ${found.kl.map((nats) => shown(nats)).join(", ")} nats.`);
    words.say(sentence(state, found));
  }

  paint();
}

export default { render: starter("The waterline", build) };
