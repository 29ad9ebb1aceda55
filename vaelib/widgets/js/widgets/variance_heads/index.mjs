// One raw output of an encoder and the std that four kinds of head make of it. Reads a trait and lays out; heads.mjs computes, the plane draws.

import { HEADS, headAt, REACH } from "./heads.mjs";
import { headsPlane, STROKES } from "./plane.mjs";
import { element, liveText, predict, slider } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { number, sharedNames } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";
import { starter } from "../../host/start.mjs";

export const TRAITS = { raw: number(-REACH, REACH) };
export const shared = sharedNames(TRAITS);

const COLUMNS = ["std", "variance", "KL", "slope of KL"];

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const save = (raw) => now.save({ raw: Math.round(100 * raw) / 100 });
  const plane = headsPlane({ at: () => now.state.raw, onMove: save, signal });
  const raw = slider({
    label: "raw output", min: -REACH, max: REACH, step: 0.01, stride: 0.1, value: now.state.raw, format: (value) => shown(value, 2), onInput: save, signal,
  });
  const rows = Object.entries(HEADS).map(([name, { label }]) => ({ name, label, cells: COLUMNS.map(() => element("td")) }));
  const table = element("table", "vaelib-table", [
    element("thead", "", element("tr", "", ["head", ...COLUMNS].map((words) => header(words, "col")))),
    element("tbody", "", rows.map(({ name, label, cells }) => element("tr", "", [header([swatch(name), label], "row"), ...cells]))),
  ]);
  const note = element("p", "vaelib-caption", "KL: of a bell with mean 0 and this std to N(0, 1), in nats. Its slope is the derivative by the raw output.");
  const words = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-named-sliders vaelib-variance", [
    predict("A fresh encoder's raw outputs lie on both sides of 0. Which heads turn every one of them into a width?",
      "The log-variance and softplus: both are positive everywhere. Taken as the std itself, half of the outputs are negative, and no bell has such a width. A ReLU turns that half into 0, where the KL is infinite and its slope is 0: nothing leads back."),
    element("div", "vaelib-columns", [
      plane.element,
      element("div", "vaelib-stack", [raw.element, table, note, words.element, element("div", "vaelib-row", [now.resetButton().element])]),
    ]),
  ]));

  function paint() {
    const { state, theme } = now;
    const found = Object.fromEntries(rows.map(({ name }) => [name, headAt(name, state.raw)]));
    plane.draw({ raw: state.raw, theme });
    plane.setLabel(`The std that four heads make of a raw output, here ${shown(state.raw, 2)}. Drag the ring, or use the arrow keys.`);
    raw.set(state.raw);
    for (const { name, cells } of rows) {
      const { std, variance, kl, slope } = found[name];
      [std, variance, kl, slope].forEach((value, i) => {
        cells[i].textContent = shown(value, 2);
        cells[i].toggleAttribute("data-broken", !Number.isFinite(value) || (i === 0 && value <= 0));
      });
    }
    words.say(sentence(state.raw, found.log_var.std, found.softplus.std));
  }

  paint();
}

// the stroke of the curve, beside its name
function swatch(name) {
  const { colour, dash } = STROKES[name];
  const node = element("span", "vaelib-stroke");
  node.setAttribute("aria-hidden", "true");
  Object.assign(node.style, { borderTopColor: `var(--vaelib-${colour})`, borderTopStyle: dash.length ? (dash[0] < dash[1] ? "dotted" : "dashed") : "solid" });
  return node;
}

function header(text, scope) {
  const cell = element("th", "", text);
  cell.scope = scope;
  return cell;
}

/** What the four numbers come to. */
export function sentence(raw, log_var, softplus) {
  const sound = `The log-variance ${shown(raw, 2)} means a std of ${shown(log_var, 2)}.`;
  if (raw < 0) return `${sound} Taken as the std itself, the output is negative: no density. A ReLU makes it 0: the KL is infinite, and the slope is 0, so no step leads back.`;
  if (raw === 0) return `${sound} At 0 the std itself and the ReLU have no width at all: the KL is infinite.`;
  if (Math.abs(raw) < 0.3) return `${sound} The std itself and the ReLU are close to 0 here, where the slope of their KL grows without limit: one step may throw them anywhere.`;
  if (raw > 2.5) return `${sound} It grows by a factor of ${shown(Math.exp(0.5), 2)} with each unit, softplus by about 1, to ${shown(softplus, 2)}. A large raw output is where a log-variance can overflow.`;
  return `${sound} Here all four are sound: the two that break do so at 0 and below.`;
}

export default { render: starter("The heads of an encoder", build) };
