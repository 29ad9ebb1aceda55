// The truth bench: a model so simple that log p(x) is known, beside its bound. Reads traits, lays out controls, steps; the parts compute and draw.

import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { densityPlane } from "./density_plane.mjs";
import { evidenceStrip } from "./evidence_strip.mjs";
import { FARTHEST, jensenPlot } from "./jensen_plot.mjs";
import { averageTerms, DATA, eStep, logWeight, mStep, nearestPoint, points, posterior, RANGE, secant, terms, train } from "./linear_gaussian.mjs";
import { meanField, price } from "./mean_field.mjs";
import { glide, still } from "../../host/motion.mjs";
import { natsBars } from "./nats_bars.mjs";
import { normals } from "../../engine/random.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { author, choice, flag, number as numberIn, sharedNames } from "../../host/traits.mjs";
import { priceCurve, tiltPlane } from "./tilt_plane.mjs";
import { barRows, barWords, boundWords, DRAWS, encoderWords, eStepWords, FIELD, jensenWords, meanFieldWords, mStepWords, PREDICTIONS, residualWords, STEPS, trainWords } from "./words.mjs";
import { shown } from "../../draw/format.mjs";
import { clamp } from "../../engine/range.mjs";

const VIEWS = [{ value: "bound", label: "Bound" }, { value: "jensen", label: "Jensen" }, { value: "mean field", label: "Mean field" }];
const SPLITS = [{ value: "prior", label: "KL" }, { value: "entropy", label: "entropy" }, { value: "posterior", label: "gap" }];
const FITS = [{ value: "one", label: "this x" }, { value: "eight", label: "eight points" }];
const NUMBERS = { ...RANGE, secant: [0, FARTHEST], angle: [0, 90] };
const CHAPTER = 2; // of the views, those that every bench shows; the third only where it opens
const STEP_TIME = 450; // milliseconds that one step takes to be seen
const SHOWN_STEPS = 60; // of a training; by then what still moves is too small to be seen
const NOISES = normals(40, 11); // any seed; fixed, so that the draws follow q without a flicker

const oneOf = (options) => choice(options.map(({ value }) => value));
export const TRAITS = {
  view: oneOf(VIEWS), split: oneOf(SPLITS), data: oneOf(FITS),
  ...Object.fromEntries(Object.entries(NUMBERS).map(([name, limits]) => [name, numberIn(...limits)])),
  steps: author(flag(true)),
};
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint, agree: onPoints });
  const { state: opening } = now;
  let run = null; // the step or training in progress: an AbortController
  let note = null; // what the last step did: { key, text, before }, true of the state that `key` names
  let seen = /** @type {{ view?: string, data?: string, steps?: boolean }} */ ({}); // the view, the data and the steps whose controls are in sight

  const byHand = (values) => {
    run?.abort();
    now.save(values);
  };
  const at = () => now.state;
  const plane = densityPlane({ at, onMove: byHand, signal });
  const strip = evidenceStrip({ signal });
  const jensen = jensenPlot({ at: () => now.state.secant, logsAt: (t) => secant(now.state, t).logs, onMove: (t) => byHand({ secant: t }), signal });
  const tilt = tiltPlane({ signal });
  const prices = priceCurve({ price, signal });
  const bars = natsBars({ rows: 5, signal });
  const residual = element("p", "vaelib-caption");
  const encoder = element("p", "vaelib-caption");
  const words = liveText({ signal });

  const labels = { secant: "draws at \u00b1 std", angle: "angle" };
  const sliders = Object.fromEntries(Object.entries(NUMBERS).map(([name, [min, max]]) => [name, slider({
    label: labels[name] ?? name, min, max, step: name === "angle" ? 1 : 0.01, stride: name === "angle" ? 5 : 0.1, value: opening[name],
    format: name === "angle" ? (value) => `${Math.round(value)}\u00b0` : (value) => shown(value), signal, onInput: (value) => byHand({ [name]: value }),
  })]));
  // among the eight points q follows x by the encoder that they share
  const chosen = slider({
    label: "x", min: 0, max: DATA.length - 1, step: 1, value: 0, format: (index) => shown(DATA[index]), signal,
    onInput: (index) => byHand({ x: DATA[index], q_mean: clamp((now.state.q_mean / now.state.x) * DATA[index], RANGE.q_mean) }),
  });
  const view = segments("Show", opening.view === "mean field" ? VIEWS : VIEWS.slice(0, CHAPTER), opening.view, (value) => byHand({ view: value }), { signal });
  const split = segments("Split", SPLITS, opening.split, (value) => now.save({ split: value }), { signal });
  const fit = segments("Fit", FITS, opening.data, (value) => byHand(value === "eight" ? { data: value, x: nearestPoint(now.state.x) } : { data: value }), { signal });
  const steps = {
    e: button("E-step", () => step(eStep, eStepWords), { signal }),
    m: button("M-step", () => step(mStep, (before, after, from, to) => mStepWords(from, to, before, after)), { signal }),
    train: button("Train", () => (run ? run.abort() : trainToTheEnd()), { signal }),
  };
  const reset = now.resetButton(() => run?.abort());

  const question = element("div");
  const pictures = element("div", "vaelib-stack");
  const beside = element("div", "vaelib-stack");
  const settings = [element("div", "vaelib-stack"), element("div", "vaelib-stack")];
  const xSlot = element("div");
  const key = legend();
  el.replaceChildren(element("div", "vaelib-card vaelib-bench", [
    question,
    view.element,
    element("div", "vaelib-columns", [pictures, element("div", "vaelib-stack", [split.element, bars.element, beside])]),
    words.element,
    element("div", "vaelib-columns vaelib-columns-equal", settings),
    residual,
  ]));

  /** The pictures and the controls of one view; what it does not use is taken out, so that no key or eye meets it. */
  function arrange() {
    const { view: name, data, steps: withSteps } = now.state;
    if (seen.view !== name || seen.steps !== withSteps) {
      const held = el.getRootNode().activeElement;
      const row = (buttons) => element("div", "vaelib-row", buttons.map((node) => node.element));
      const decoder = [element("p", "vaelib-caption", "x = slope \u00b7 z + std \u00b7 noise, z ~ N(0, 1)"), sliders.slope.element, sliders.std.element, xSlot];
      const ours = [encoder, sliders.q_mean.element, sliders.q_std.element];
      const parts = {
        bound: () => [[strip.element, plane.element, key], withSteps ? [row([steps.e, steps.m, steps.train]), element("p", "vaelib-caption", STEPS)] : [], withSteps ? [...decoder, fit.element] : decoder, [...ours, row([reset])]],
        jensen: () => [[jensen.element], [row([steps.e, reset]), element("p", "vaelib-caption", DRAWS)], decoder, [...ours, sliders.secant.element]],
        "mean field": () => [[tilt.element, key, sliders.angle.element], [prices.element], [element("p", "vaelib-caption", FIELD)], [row([reset])]],
      }[name]();
      question.replaceChildren(predict(...PREDICTIONS[name === "bound" && !withSteps ? "drag" : name]));
      [pictures, beside, settings[0], settings[1]].forEach((place, index) => place.replaceChildren(...parts[index]));
      if (el.contains(held)) held.focus({ preventScroll: true }); // a button that moved has lost the focus
    }
    if (seen.data !== data) xSlot.replaceChildren(data === "eight" ? chosen.element : sliders.x.element);
    seen = { view: name, data, steps: withSteps };
  }

  async function step(move, told) {
    run?.abort();
    const from = now.state;
    const to = move(from);
    const [before, after] = [averageTerms(from), averageTerms(to)];
    note = { key: keyOf(to), text: told(before, after, from, to), before };
    await through([to]);
  }

  async function trainToTheEnd() {
    const way = [...train(now.state)];
    const last = way.at(-1);
    note = { key: keyOf(last), text: trainWords(last, way.length / 2, averageTerms(last)), before: averageTerms(now.state) };
    await through(still() ? [last] : way.length > SHOWN_STEPS ? [...way.slice(0, SHOWN_STEPS), last] : way);
  }

  /** Moves through the states one after another, each faster than the one before. */
  async function through(way) {
    const mine = (run = new AbortController());
    signal.addEventListener("abort", () => mine.abort(), { signal: mine.signal });
    now.redraw();
    let duration = still() ? 0 : STEP_TIME;
    for (const { slope, std, q_mean, q_std } of way) {
      if (mine.signal.aborted) break;
      await glide({ from: now.state, to: { slope, std, q_mean, q_std }, duration, apply: now.save, signal: mine.signal });
      duration = Math.max(0.86 * duration, still() ? 0 : 40);
    }
    mine.abort(); // takes the listener above with it
    if (run === mine) run = null;
    if (!signal.aborted) now.redraw();
  }

  function paint() {
    const { state, theme } = now;
    arrange();
    const here = state.view === "jensen" ? terms(state) : averageTerms(state);
    const field = state.view === "mean field" ? meanField(state.angle) : null;
    const fresh = state.view === "bound" && note?.key === keyOf(state) ? note : null;
    const sum = field?.terms ?? here;
    const rows = barRows(sum, state.split, fresh?.before, theme);
    bars.draw({ rows, theme });
    bars.setLabel(barWords(rows));
    residual.textContent = residualWords(sum);
    encoder.textContent = encoderWords(state);
    words.say({
      bound: () => fresh?.text ?? boundWords(state, here),
      jensen: () => drawJensen(here),
      "mean field": () => drawField(field),
    }[state.view]());
    if (state.view === "bound") drawBound();
    for (const [name, control] of Object.entries(sliders)) control.set(state[name]);
    chosen.set(Math.max(0, DATA.indexOf(state.x)));
    view.set(state.view);
    split.set(state.split);
    fit.set(state.data);
    steps.train.setLabel(run ? "Stop" : "Train");
    for (const one of [steps.e, steps.m]) one.enable(!run);
  }

  function drawBound() {
    const { state, theme } = now;
    const exact = posterior(state);
    const { x, slope, std, q_mean, q_std } = state;
    const rest = state.data === "eight" ? points(state).filter((one) => one.x !== x) : [];
    const pair = (one) => ({ q: { mean: one.q_mean, std: q_std }, posterior: posterior({ ...state, x: one.x }) });
    plane.draw({ ...pair({ x, q_mean }), others: rest.map(pair), theme });
    plane.setLabel(`Densities over z: the prior N(0, 1), the exact posterior with mean ${shown(exact.mean)} and std ${shown(exact.std)}, q with mean ${shown(q_mean)} and std ${shown(q_std)}. Drag, or move q by the left and right arrow keys and widen it by up and down.`);
    strip.draw({ x, std: Math.hypot(slope, std), data: rest.map((one) => one.x), theme });
    strip.setLabel(`The density p(x) of this decoder, a Gaussian with std ${shown(Math.hypot(slope, std))}; at x = ${shown(x)} its logarithm is ${shown(terms(state).log_evidence)}.`);
  }

  function drawJensen(here) {
    const { state, theme } = now;
    const pair = secant(state, state.secant);
    const draws = Array.from(NOISES, (noise) => logWeight(state, state.q_mean + noise * state.q_std));
    jensen.draw({ log_evidence: here.log_evidence, elbo: here.elbo, secant: pair, draws, theme });
    jensen.setLabel(`The curve log w over the weight w with a secant between two weights; its middle lies ${shown(pair.lost)} nats below the curve. Drag an end, or use the arrow keys.`);
    return jensenWords(state, here, pair);
  }

  function drawField(field) {
    const { state, theme } = now;
    tilt.draw({ ...field, theme });
    tilt.setLabel(`Ellipses of the exact posterior, turned by ${shown(state.angle, 0)} degrees, and of the best q without tilt, both around (${field.mean.map((one) => shown(one)).join(", ")}).`);
    prices.draw({ angle: state.angle, theme });
    prices.setLabel(`The gap of the best q against the angle: 0 at 0 and 90 degrees, ${shown(price(45))} nats at 45, ${shown(price(state.angle))} at ${shown(state.angle, 0)}.`);
    return meanFieldWords(Number(state.angle.toFixed(1)), field);
  }

  paint();
}

function legend() {
  const entries = [["prior p(z)", "muted"], ["exact posterior p(z | x)", "ink"], ["q(z)", "accent"]];
  return element("ul", "vaelib-legend", entries.map(([words, colour]) => {
    const swatch = element("span", "vaelib-swatch");
    swatch.style.background = `var(--vaelib-${colour})`;
    return element("li", "", [swatch, words]);
  }));
}

/** Where the eight points are fitted, x stands for one of them. */
const onPoints = (state) => (state.data === "eight" ? { ...state, x: nearestPoint(state.x) } : state);

const keyOf = ({ slope, std, x, q_mean, q_std, data }) => JSON.stringify([slope, std, x, q_mean, q_std, data]);

export default { render: starter("The truth bench", build) };
