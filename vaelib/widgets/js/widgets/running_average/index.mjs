// An average over draws as more of them come, beside what it comes near to and how far off it usually is. Reads traits and lays out.

import { averagePlane } from "./plane.mjs";
import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { clamp } from "../../engine/range.mjs";
import { choice, nextSeed, seed, sharedNames, whole } from "../../host/traits.mjs";
import { FUNCTIONS, MOST, running } from "./draws.mjs";
import { glide, still } from "../../host/motion.mjs";
import { live } from "../../host/live.mjs";
import { shown } from "../../draw/format.mjs";
import { starter } from "../../host/start.mjs";

const NAMES = Object.keys(FUNCTIONS);
export const TRAITS = { of: choice(NAMES), n: whole(1, MOST), sample_seed: seed() };
export const shared = sharedNames(TRAITS);

const TIME = 900; // milliseconds in which ten times as many draws come
const ROWS = ["draws", "average", "true value", "off by", "standard error"];

function build(model, el, signal) {
  const widget = live(TRAITS, { model, el, signal, paint });
  let all = { key: "" };
  let drawing = null; // an AbortController while draws come
  const byHand = (values) => {
    drawing?.abort();
    widget.save(values);
  };
  const moveTo = (log) => byHand({ n: count(log) });
  const plane = averagePlane({ at: () => Math.log10(widget.state.n), onMove: moveTo, signal });
  const values = ROWS.map(() => element("dd"));
  const many = slider({
    label: "draws n", min: 0, max: Math.log10(MOST), step: 0.01, stride: 0.1, value: 0, format: (log) => String(count(log)), onInput: moveTo, signal,
  });
  const which = segments("Average of", NAMES, widget.state.of, (of) => byHand({ of }), { signal });
  const more = button("Draw", drawMore, { signal });
  const anew = button("New draws", () => byHand({ sample_seed: nextSeed(widget.state.sample_seed) }), { signal });
  const sentence = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-named-sliders", [
    predict("A hundred times as many draws: how much smaller is the error of their average?",
      "Ten times. The standard error is the spread of what is averaged, divided by the root of the number of draws: one more digit costs a hundred times the draws. It says how far off an average usually is; now and then it is twice as far."),
    element("div", "vaelib-columns", [
      plane.element,
      element("div", "vaelib-stack", [
        which.element, many.element, element("div", "vaelib-row", [more.element, anew.element, widget.resetButton(() => drawing?.abort()).element]),
        element("dl", "vaelib-terms", ROWS.flatMap((words, i) => [element("dt", "", words), values[i]])),
      ]),
    ]),
    sentence.element,
  ]));

  /** Ten times as many, one after another; from the start again when all have come. */
  async function drawMore() {
    drawing?.abort();
    const mine = (drawing = new AbortController());
    signal.addEventListener("abort", () => mine.abort(), { signal: mine.signal });
    const from = widget.state.n >= MOST ? 0 : Math.log10(widget.state.n);
    const to = Math.min(Math.log10(MOST), from + 1);
    await glide({ from: { log: from }, to: { log: to }, duration: still() ? 0 : TIME, apply: ({ log }) => widget.save({ n: count(log) }), signal: mine.signal });
    mine.abort(); // takes the listener above with it
  }

  function paint() {
    const { state: { of, n, sample_seed }, theme } = widget;
    const key = `${of} ${sample_seed}`;
    if (all.key !== key) all = { key, ...running(of, sample_seed) };
    const { mean, std } = FUNCTIONS[of];
    const [average, error, miss] = [all.average[n - 1], all.error[n - 1], Math.abs(all.average[n - 1] - mean)];
    plane.draw({ averages: all.average, n, mean, std, theme });
    plane.setLabel(`The average of ${of} over the first n draws, up to n = ${n}, where it is ${shown(average, 3)}; dashed lines one standard error above and below the true value ${shown(mean, 3)}.`);
    [String(n), shown(average, 4), shown(mean, 4), shown(miss, 4), n > 1 ? shown(error, 4) : "needs two draws"].forEach((text, i) => { values[i].textContent = text; });
    many.set(Math.log10(n));
    which.set(of);
    sentence.say(n > 1
      ? `The average of ${of} over ${n} draws is ${shown(average, 3)} \u00b1 ${shown(error, 3)}. The true value is ${shown(mean, 3)}: off by ${error > 0 ? shown(miss / error, 1) : "many"} standard errors.`
      : `One draw: its ${of} is ${shown(average, 3)}. How far it is off, one draw cannot tell.`);
  }

  paint();
}

const count = (log) => clamp(Math.round(10 ** log), [1, MOST]);

export default { render: starter("The running average", build) };
