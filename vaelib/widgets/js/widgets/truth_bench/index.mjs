// The truth bench: a model so simple that log p(x) is known, beside its bound. Reads traits, lays out controls, steps; the parts compute and draw.

import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { densityPlane } from "./density_plane.mjs";
import { evidenceStrip } from "./evidence_strip.mjs";
import { oncePerFrame } from "../../host/frames.mjs";
import { FARTHEST, jensenPlot } from "./jensen_plot.mjs";
import { averageTerms, DATA, eStep, logWeight, mStep, nearestPoint, points, posterior, RANGE, secant, terms, train, within } from "./linear_gaussian.mjs";
import { meanField, price } from "./mean_field.mjs";
import { glide, still } from "../../host/motion.mjs";
import { natsBars } from "./nats_bars.mjs";
import { normals } from "../../engine/random.mjs";
import { starter } from "../../host/start.mjs";
import { onThemeChange, readTheme } from "../../draw/palette.mjs";
import { priceCurve, tiltPlane } from "./tilt_plane.mjs";
import { save, watch } from "../../host/model.mjs";
import { barRows, barWords, boundWords, DRAWS, encoderWords, eStepWords, FIELD, jensenWords, meanFieldWords, mStepWords, number, PREDICTIONS, residualWords, STEPS, trainWords } from "./words.mjs";

const VIEWS = [{ value: "bound", label: "Bound" }, { value: "jensen", label: "Jensen" }, { value: "mean field", label: "Mean field" }];
const SPLITS = [{ value: "prior", label: "KL" }, { value: "entropy", label: "entropy" }, { value: "posterior", label: "gap" }];
const FITS = [{ value: "one", label: "this x" }, { value: "eight", label: "eight points" }];
const INITIAL = { view: "bound", split: "prior", data: "one", slope: 0.7, std: 0.6, x: 2, q_mean: 0.4, q_std: 0.9, secant: 1, angle: 30 };
const NUMBERS = { ...RANGE, secant: [0, FARTHEST], angle: [0, 90] };
const CHAPTER = 2; // of the views, those that every bench shows; the third only where it opens
const STEP_TIME = 450; // milliseconds that one step takes to be seen
const SHOWN_STEPS = 60; // of a training; by then what still moves is too small to be seen
const NOISES = normals(40, 11); // any seed; fixed, so that the draws follow q without a flicker

export const shared = Object.keys(INITIAL);

function build(model, el, signal) {
  let state = readState(model);
  const initial = state; // what reset leads back to
  let theme = readTheme(el);
  const redraw = oncePerFrame(paint, signal);
  let run = null; // the step or training in progress: an AbortController
  let note = null; // what the last step did: { key, text, before }, true of the state that `key` names
  let shown = {}; // the view and the data whose controls are in sight

  const byHand = (values) => {
    run?.abort();
    save(model, values);
  };
  const at = () => state;
  const plane = densityPlane({ at, onMove: byHand, signal });
  const strip = evidenceStrip({ signal });
  const jensen = jensenPlot({ at: () => state.secant, logsAt: (t) => secant(state, t).logs, onMove: (t) => byHand({ secant: t }), signal });
  const tilt = tiltPlane({ signal });
  const prices = priceCurve({ price, signal });
  const bars = natsBars({ rows: 5, signal });
  const residual = element("p", "vaelib-caption");
  const encoder = element("p", "vaelib-caption");
  const live = liveText({ signal });

  const labels = { secant: "draws at \u00b1 std", angle: "angle" };
  const sliders = Object.fromEntries(Object.entries(NUMBERS).map(([name, [min, max]]) => [name, slider({
    label: labels[name] ?? name, min, max, step: name === "angle" ? 1 : 0.01, stride: name === "angle" ? 5 : 0.1, value: state[name],
    format: name === "angle" ? (value) => `${Math.round(value)}\u00b0` : (value) => number(value), signal, onInput: (value) => byHand({ [name]: value }),
  })]));
  // among the eight points q follows x by the encoder that they share
  const chosen = slider({
    label: "x", min: 0, max: DATA.length - 1, step: 1, value: 0, format: (index) => number(DATA[index]), signal,
    onInput: (index) => byHand({ x: DATA[index], q_mean: within((state.q_mean / state.x) * DATA[index], RANGE.q_mean) }),
  });
  const withSteps = model.get("steps") !== false; // of a bench that was stored without this trait, too
  const view = segments("Show", state.view === "mean field" ? VIEWS : VIEWS.slice(0, CHAPTER), state.view, (value) => byHand({ view: value }), { signal });
  const split = segments("Split", SPLITS, state.split, (value) => save(model, { split: value }), { signal });
  const fit = segments("Fit", FITS, state.data, (value) => byHand(value === "eight" ? { data: value, x: nearestPoint(state.x) } : { data: value }), { signal });
  const steps = {
    e: button("E-step", () => step(eStep, eStepWords), { signal }),
    m: button("M-step", () => step(mStep, (before, after, from, to) => mStepWords(from, to, before, after)), { signal }),
    train: button("Train", () => (run ? run.abort() : trainToTheEnd()), { signal }),
  };
  const reset = button("Reset", () => byHand(initial), { signal });

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
    live.element,
    element("div", "vaelib-columns vaelib-columns-equal", settings),
    residual,
  ]));

  /** The pictures and the controls of one view; what it does not use is taken out, so that no key or eye meets it. */
  function arrange() {
    if (shown.view !== state.view) {
      const held = el.getRootNode().activeElement;
      const row = (buttons) => element("div", "vaelib-row", buttons.map((node) => node.element));
      const decoder = [element("p", "vaelib-caption", "x = slope \u00b7 z + std \u00b7 noise, z ~ N(0, 1)"), sliders.slope.element, sliders.std.element, xSlot];
      const ours = [encoder, sliders.q_mean.element, sliders.q_std.element];
      const parts = {
        bound: () => [[strip.element, plane.element, key], withSteps ? [row([steps.e, steps.m, steps.train]), element("p", "vaelib-caption", STEPS)] : [], withSteps ? [...decoder, fit.element] : decoder, [...ours, row([reset])]],
        jensen: () => [[jensen.element], [row([steps.e, reset]), element("p", "vaelib-caption", DRAWS)], decoder, [...ours, sliders.secant.element]],
        "mean field": () => [[tilt.element, key, sliders.angle.element], [prices.element], [element("p", "vaelib-caption", FIELD)], [row([reset])]],
      }[state.view]();
      question.replaceChildren(predict(...PREDICTIONS[state.view === "bound" && !withSteps ? "drag" : state.view]));
      [pictures, beside, settings[0], settings[1]].forEach((place, index) => place.replaceChildren(...parts[index]));
      if (el.contains(held)) held.focus({ preventScroll: true }); // a button that moved has lost the focus
    }
    if (shown.data !== state.data) xSlot.replaceChildren(state.data === "eight" ? chosen.element : sliders.x.element);
    shown = { view: state.view, data: state.data };
  }

  async function step(move, words) {
    run?.abort();
    const from = state;
    const to = move(from);
    const [before, after] = [averageTerms(from), averageTerms(to)];
    note = { key: keyOf(to), text: words(before, after, from, to), before };
    await through([to]);
  }

  async function trainToTheEnd() {
    const way = [...train(state)];
    const last = way.at(-1);
    note = { key: keyOf(last), text: trainWords(last, way.length / 2, averageTerms(last)), before: averageTerms(state) };
    await through(still() ? [last] : way.length > SHOWN_STEPS ? [...way.slice(0, SHOWN_STEPS), last] : way);
  }

  /** Moves through the states one after another, each faster than the one before. */
  async function through(way) {
    const mine = (run = new AbortController());
    signal.addEventListener("abort", () => mine.abort(), { signal: mine.signal });
    redraw();
    let duration = still() ? 0 : STEP_TIME;
    for (const { slope, std, q_mean, q_std } of way) {
      if (mine.signal.aborted) break;
      await glide({ from: state, to: { slope, std, q_mean, q_std }, duration, apply: (values) => save(model, values), signal: mine.signal });
      duration = Math.max(0.86 * duration, still() ? 0 : 40);
    }
    mine.abort(); // takes the listener above with it
    if (run === mine) run = null;
    if (!signal.aborted) redraw();
  }

  function paint() {
    arrange();
    const now = state.view === "jensen" ? terms(state) : averageTerms(state);
    const field = state.view === "mean field" ? meanField(state.angle) : null;
    const fresh = state.view === "bound" && note?.key === keyOf(state) ? note : null;
    const sum = field?.terms ?? now;
    const rows = barRows(sum, state.split, fresh?.before, theme);
    bars.draw({ rows, theme });
    bars.setLabel(barWords(rows));
    residual.textContent = residualWords(sum);
    encoder.textContent = encoderWords(state);
    live.say({
      bound: () => fresh?.text ?? boundWords(state, now),
      jensen: () => drawJensen(now),
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
    const exact = posterior(state);
    const { x, slope, std, q_mean, q_std } = state;
    const rest = state.data === "eight" ? points(state).filter((one) => one.x !== x) : [];
    const pair = (one) => ({ q: { mean: one.q_mean, std: q_std }, posterior: posterior({ ...state, x: one.x }) });
    plane.draw({ ...pair({ x, q_mean }), others: rest.map(pair), theme });
    plane.setLabel(`Densities over z: the prior N(0, 1), the exact posterior with mean ${number(exact.mean)} and std ${number(exact.std)}, q with mean ${number(q_mean)} and std ${number(q_std)}. Drag, or move q by the left and right arrow keys and widen it by up and down.`);
    strip.draw({ x, std: Math.hypot(slope, std), data: rest.map((one) => one.x), theme });
    strip.setLabel(`The density p(x) of this decoder, a Gaussian with std ${number(Math.hypot(slope, std))}; at x = ${number(x)} its logarithm is ${number(terms(state).log_evidence)}.`);
  }

  function drawJensen(now) {
    const pair = secant(state, state.secant);
    const draws = Array.from(NOISES, (noise) => logWeight(state, state.q_mean + noise * state.q_std));
    jensen.draw({ log_evidence: now.log_evidence, elbo: now.elbo, secant: pair, draws, theme });
    jensen.setLabel(`The curve log w over the weight w with a secant between two weights; its middle lies ${number(pair.lost)} nats below the curve. Drag an end, or use the arrow keys.`);
    return jensenWords(state, now, pair);
  }

  function drawField(field) {
    tilt.draw({ ...field, theme });
    tilt.setLabel(`Ellipses of the exact posterior, turned by ${number(state.angle, 0)} degrees, and of the best q without tilt, both around (${field.mean.map((one) => number(one)).join(", ")}).`);
    prices.draw({ angle: state.angle, theme });
    prices.setLabel(`The gap of the best q against the angle: 0 at 0 and 90 degrees, ${number(price(45))} nats at 45, ${number(price(state.angle))} at ${number(state.angle, 0)}.`);
    return meanFieldWords(Number(state.angle.toFixed(1)), field);
  }

  for (const name of shared) {
    watch(model, name, () => {
      state = readState(model);
      redraw();
    }, signal);
  }
  onThemeChange(el, (next) => {
    theme = next;
    redraw();
  }, signal);
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

/** The traits, mended: numbers finite and within their sliders, names known, and x one of the eight points where these are fitted. */
function readState(model) {
  const state = { ...INITIAL };
  for (const [name, range] of Object.entries(NUMBERS)) {
    const value = model.get(name);
    if (Number.isFinite(value)) state[name] = within(value, range);
  }
  for (const [name, options] of [["view", VIEWS], ["split", SPLITS], ["data", FITS]]) {
    if (options.some(({ value }) => value === model.get(name))) state[name] = model.get(name);
  }
  if (state.data === "eight") state.x = nearestPoint(state.x);
  return state;
}

const keyOf = ({ slope, std, x, q_mean, q_std, data }) => JSON.stringify([slope, std, x, q_mean, q_std, data]);

export default { render: starter("The truth bench", build) };
