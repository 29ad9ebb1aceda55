// A bell q dragged over a density p with two humps, and three measures of how far it is off, each with the q that it likes best. Reads traits and lays out.

import { all, humps, letsGo, NAMES, RANGE, valleys, WIDTHS } from "./fits.mjs";
import { attempt } from "../../host/frames.mjs";
import { bars } from "../../ui/bars.mjs";
import { button, element, liveText, predict, segments, slider, toggle } from "../../ui/controls.mjs";
import { choice, flag, number, sharedNames } from "../../host/traits.mjs";
import { glide, still } from "../../host/motion.mjs";
import { humpsPlane } from "./plane.mjs";
import { live } from "../../host/live.mjs";
import { shown } from "../../draw/format.mjs";
import { starter } from "../../host/start.mjs";
import { answer, MEASURES, QUESTION, words } from "./words.mjs";

export const TRAITS = {
  distance: number(...RANGE.distance), q_mean: number(...RANGE.q_mean), q_std: number(...RANGE.q_std), width: choice(WIDTHS), winners: flag(),
};
export const shared = sharedNames(TRAITS);

const TIME = 500; // milliseconds for q to move to a winner
let let_go = null; // the distance at which the reverse KL lets go, found once for all figures of a page

function build(model, el, signal) {
  const widget = live(TRAITS, { model, el, signal, paint });
  let moving = null; // an AbortController while q glides
  let best = { key: "", valleys: [] }; // of each divergence, for the state that `key` names
  const byHand = (values) => {
    moving?.abort();
    widget.save(values);
  };
  const plane = humpsPlane({ at: () => widget.state, onMove: byHand, rows: NAMES.length, signal });
  const amounts = bars(MEASURES);
  const control = (name, label, format) => slider({
    label, min: RANGE[name][0], max: RANGE[name][1], step: 0.01, stride: 0.1, value: widget.state[name], format, onInput: (value) => byHand({ [name]: value }), signal,
  });
  const sliders = {
    distance: control("distance", "humps at", (value) => `\u00b1${shown(value, 2)}`), q_mean: control("q_mean", "mean of q", (value) => shown(value, 2)),
    q_std: control("q_std", "std of q", (value) => shown(value, 2)),
  };
  const mark = element("span", "vaelib-mark-on-slider");
  mark.hidden = true;
  mark.setAttribute("aria-hidden", "true"); // the sentence below says it
  const marked = element("span", "vaelib-marked-slider");
  sliders.distance.input.replaceWith(marked);
  marked.append(sliders.distance.input, mark);
  const width = segments("Kernel width", WIDTHS.map((value) => ({ value, label: String(value) })), widget.state.width, (value) => byHand({ width: value }), { signal });
  const winners = toggle("show all three", widget.state.winners, (value) => widget.save({ winners: value }), { signal });
  const goals = MEASURES.map((measure, i) => button(measure.goal, () => moveTo(bestNow()[i][0]), { signal }).element);
  const sentence = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-named-sliders vaelib-divergences", [
    predict(QUESTION, answer()),
    element("div", "vaelib-columns", [
      plane.element,
      element("div", "vaelib-stack", [amounts.element, sliders.distance.element, sliders.q_mean.element, sliders.q_std.element, width.element]),
    ]),
    element("div", "vaelib-row", [element("span", "", "q to the lowest:"), ...goals, winners.element, widget.resetButton(() => moving?.abort()).element]),
    sentence.element,
  ]));

  function bestNow() {
    const { distance, width: kernel } = widget.state;
    const key = `${distance} ${kernel}`;
    if (best.key !== key) best = { key, valleys: NAMES.map((name) => valleys(name, humps(distance), kernel)) };
    return best.valleys;
  }

  async function moveTo({ mean, std }) {
    moving?.abort();
    const mine = (moving = new AbortController());
    signal.addEventListener("abort", () => mine.abort(), { signal: mine.signal });
    const { q_mean, q_std } = widget.state;
    await glide({ from: { q_mean, q_std }, to: { q_mean: mean, q_std: std }, duration: still() ? 0 : TIME, apply: widget.save, signal: mine.signal });
    mine.abort(); // takes the listener above with it
  }

  function paint() {
    const { state, theme } = widget;
    const q = { mean: state.q_mean, std: state.q_std };
    const parts = humps(state.distance);
    const lowest = bestNow();
    const values = all(q, parts, state.width);
    plane.draw({ q, parts, theme, rows: MEASURES.map(({ winner, colour }, i) => ({ words: winner, colour, bell: state.winners ? lowest[i][0] : null })) });
    plane.setLabel(`A density with two humps at \u2212${shown(state.distance, 2)} and ${shown(state.distance, 2)}, the left one higher, and a bell q with mean ${shown(q.mean, 2)} and std ${shown(q.std, 2)}.`);
    amounts.set(values);
    for (const [name, one] of Object.entries(sliders)) one.set(state[name]);
    width.set(state.width);
    winners.set(state.winners);
    sentence.say(words(q, { ...state, let_go }, values, lowest));
  }

  function markWhereItLetsGo() {
    let_go ??= letsGo();
    mark.style.left = `calc(8px + (100% - 16px) * ${(let_go - RANGE.distance[0]) / (RANGE.distance[1] - RANGE.distance[0])})`;
    mark.textContent = `\u25b2 lets go at ${shown(let_go, 2)}`;
    mark.hidden = false;
    paint();
  }

  paint();
  const later = setTimeout(() => attempt(markWhereItLetsGo, signal)); // a search of its own, after the first picture
  signal.addEventListener("abort", () => clearTimeout(later), { once: true });
}

export default { render: starter("The divergences", build) };
