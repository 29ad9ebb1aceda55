// What a loss means: its settings as buttons, the loss as code, and a waterline over the spectrum of the data. Reads traits and lays out controls.

import { betaFor, code, ERRORS, LIMITS, meaning, REDUCTIONS, short } from "./meaning.mjs";
import { spectrumPlot } from "./spectrum.mjs";
import { NAMES, number, prediction, sentence } from "./words.mjs";
import { element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { author, choice, number as numberIn, own, sharedNames, whole } from "../../host/traits.mjs";

const DATA = Object.keys(NAMES);
const isSpectra = (value) => (DATA.every((name) => value?.[name]?.eigenvalues?.length && value[name].pixels) ? value : null);

export const TRAITS = {
  error: choice(ERRORS), error_reduction: choice(REDUCTIONS), kl_reduction: choice(REDUCTIONS), beta: numberIn(...LIMITS.beta), data: choice(DATA),
  latents: whole(...LIMITS.latents), batch: whole(...LIMITS.batch), spectra: author(own("spectra", isSpectra)),
};
export const shared = sharedNames(TRAITS);

const WAYS = [{ value: "sum", label: "sum" }, { value: "batch mean", label: "sum / batch" }, { value: "mean", label: "mean" }];
const ERROR_LABELS = [{ value: "squared error", label: "(x \u2212 out)\u00b2" }, { value: "half squared error", label: "\u00bd(x \u2212 out)\u00b2" }, { value: "bce", label: "BCE" }];

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  if (!opening.spectra) throw new Error("wanted the spectra of the data sets, got none");
  const data = () => now.state.spectra[now.state.data];
  const save = (name) => (value) => now.save({ [name]: value });
  const part = (label, options, name) => segments(label, options, opening[name], save(name), { signal });
  const error = part("Error", ERROR_LABELS, "error");
  const reduction = part("Error, reduced by", WAYS, "error_reduction");
  const kl = part("KL, reduced by", WAYS, "kl_reduction");
  const set = part("Images", DATA.map((name) => ({ value: name, label: NAMES[name] })), "data");
  const beta = slider({
    label: "\u03b2", min: Math.log10(LIMITS.beta[0]), max: Math.log10(LIMITS.beta[1]), step: 0.01, stride: 0.1, value: Math.log10(opening.beta),
    format: (log) => number(10 ** log), onInput: (log) => now.save({ beta: Number((10 ** log).toPrecision(4)) }), signal,
  });
  const latents = slider({ label: "latents", min: LIMITS.latents[0], max: LIMITS.latents[1], step: 1, value: opening.latents, onInput: save("latents"), signal });
  const batch = slider({ label: "batch", min: 0, max: 10, step: 1, value: Math.log2(opening.batch), format: (log) => String(Math.round(2 ** log)), onInput: (log) => now.save({ batch: 2 ** log }), signal });
  const plot = spectrumPlot({ at: () => meaning(now.state, data()).variance, onMove: (variance) => now.save({ beta: Number(betaFor(now.state, data(), variance).toPrecision(4)) }), signal });
  const program = element("pre", "vaelib-code");
  const words = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-loss", [
    predict(...prediction(opening)),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [error.element, reduction.element, kl.element, beta.element, latents.element, batch.element, element("div", "vaelib-row", [set.element, now.resetButton().element])]),
      element("div", "vaelib-stack vaelib-loss-shown", [program, plot.element, words.element]),
    ]),
  ]));

  function paint() {
    const { state, theme } = now;
    const found = meaning(state, data());
    error.set(state.error);
    reduction.set(state.error_reduction);
    kl.set(state.kl_reduction);
    set.set(state.data);
    beta.set(Math.log10(state.beta));
    latents.set(state.latents);
    batch.set(Math.log2(state.batch));
    const cancels = (state.error_reduction === "sum") === (state.kl_reduction === "sum");
    batch.element.style.visibility = cancels ? "hidden" : ""; // the batch's size is in both parts, or in neither
    program.textContent = code(state);
    const eigenvalues = data().eigenvalues.slice(0, state.latents);
    plot.draw({ eigenvalues, alive: found.alive ?? state.latents, variance: found.variance, theme });
    const line = found.variance === null ? "There is no waterline: these pixels have no width." : `The waterline is at ${short(found.variance)}, with ${found.alive} bars above it. Drag it, or use the arrow keys.`;
    plot.setLabel(`The ${state.latents} largest eigenvalues of ${NAMES[state.data]}, the first ${short(eigenvalues[0])}. ${line}`);
    words.say(sentence(state, data(), found));
  }

  paint();
}

export default { render: starter("The meaning of a loss", build) };
