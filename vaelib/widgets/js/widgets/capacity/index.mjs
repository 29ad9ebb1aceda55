// What the size of the networks buys: training and held-out ELBO over the width, the gap between them, and samples. Reads traits and lays out.

import { capacityCurves } from "./curves.mjs";
import { samplesOf } from "./sheet.mjs";
import { average, parseSweep } from "./sweep.mjs";
import { element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { live } from "../../host/live.mjs";
import { readFile } from "../../host/model.mjs";
import { starter } from "../../host/start.mjs";
import { choice, sharedNames } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

export const TRAITS = { width: choice(({ widths }) => widths), depth: choice(({ depths }) => depths), toss: choice(({ tosses }) => tosses) };
export const shared = sharedNames(TRAITS);

async function build(model, el, signal) {
  const sweep = parseSweep(await readFile(model, "sweep_file", signal));
  const now = live(TRAITS, { model, el, signal, paint, facts: sweep });
  const at = () => sweep.widths.indexOf(now.state.width);
  const move = (index) => now.save({ width: sweep.widths[index] });
  const curves = capacityCurves({ at, onMove: move, signal });
  const sheet = samplesOf({ signal });
  const words = liveText({ signal });
  const width = slider({ label: "width", min: 0, max: sweep.widths.length - 1, step: 1, value: at(), format: (index) => `${sweep.widths[index]} units`, onInput: move, signal });
  const depth = segments("Hidden layers", sweep.depths.map((one) => ({ value: one, label: String(one) })), now.state.depth, (one) => now.save({ depth: one }), { signal });
  const toss = segments("Training pixels tossed", sweep.tosses.map((one) => ({ value: one, label: one })), now.state.toss, (one) => now.save({ toss: one }), { signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-capacity", [
    predict("Make the hidden layer wider. Which of the two scores goes up all the way?",
      "With one hidden layer, only the score on the training images. On digits that the model has not seen a wider layer helps up to some width, and then, with pixels that are tossed once, it harms: what is learned further is true of those 500 pictures only."),
    element("div", "vaelib-columns", [
      curves.element,
      element("div", "vaelib-stack", [
        width.element, element("div", "vaelib-row", [depth.element, toss.element, now.resetButton().element]),
        element("p", "vaelib-caption", `${sweep.count} draws from the prior through this decoder, shown by their means`), sheet.element,
        words.element,
      ]),
    ]),
  ]));

  function paint() {
    const { state, theme } = now;
    const columns = sweep.widths.map((one) => sweep.scores({ ...state, width: one }));
    curves.draw({ widths: sweep.widths, columns, chosen: at(), theme });
    curves.setLabel(`Training and held-out ELBO over the width of the hidden layers. ${told(state, columns[at()])} Drag the bar, or use the arrow keys.`);
    sheet.draw({ images: sweep.sheet(state), side: sweep.side, count: sweep.count, theme });
    sheet.setLabel(`${sweep.count} pictures that the model of this size makes up, 8 by 8 pixels each.`);
    width.set(at());
    depth.set(state.depth);
    toss.set(state.toss);
    words.say(sentence(sweep, state));
  }

  paint();
}

const told = ({ width }, { train, held_out }) => `At ${width} units: ${shown(average(train), 1)} and ${shown(average(held_out), 1)} nats.`;

/** What the chosen model scores, and where the best held-out score of this row stands. */
export function sentence(sweep, state) {
  const { train, held_out } = sweep.scores(state);
  const means = sweep.widths.map((width) => average(sweep.scores({ ...state, width }).held_out));
  const best = sweep.widths[means.indexOf(Math.max(...means))];
  const numbers = `${sweep.weights(state).toLocaleString("en-US")} weights. Training ${shown(average(train), 1)}, held out ${shown(average(held_out), 1)} nats, a gap of ${shown(average(train) - average(held_out), 1)}; averages of ${sweep.seeds} seeds.`;
  if (best === state.width) return `${numbers} No other width of this row scores more on held-out digits.`;
  return `${numbers} On held-out digits ${best} units score more, ${shown(Math.max(...means), 1)}.`;
}

export default { render: starter("The capacity", build) };
