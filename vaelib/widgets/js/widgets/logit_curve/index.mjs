// A number that a network puts out, read as a logit, and the probability that it stands for: one curve with one handle. Reads traits and lays out.

import { bars } from "../../ui/bars.mjs";
import { curve } from "../../draw/curves.mjs";
import { element, liveText, predict, slider } from "../../ui/controls.mjs";
import { handle, withHandles } from "../../ui/handle.mjs";
import { line } from "../../draw/marks.mjs";
import { live } from "../../host/live.mjs";
import { number, sharedNames } from "../../host/traits.mjs";
import { picture } from "../../draw/picture.mjs";
import { plane } from "../../draw/canvas.mjs";
import { shown } from "../../draw/format.mjs";
import { sigmoid } from "../../engine/densities.mjs";
import { starter } from "../../host/start.mjs";

const EXTENT = 6; // of the logit, as in logit_curve.py
export const TRAITS = { logit: number(-EXTENT, EXTENT) };
export const shared = sharedNames(TRAITS);

const NAME = "\u2113";

function build(model, el, signal) {
  const widget = live(TRAITS, { model, el, signal, paint });
  const moveTo = (logit) => widget.save({ logit: Math.round(100 * logit) / 100 });
  const figure = picture({ aspect: 1.75, paint: drawCurve, signal });
  const axes = plane(figure.on, { x: [-EXTENT, EXTENT], y: [0, 1], xLabel: `logit ${NAME}`, yLabel: "probability \u03c0", margin: [10, 16, 40, 46] });
  const point = handle({
    text: NAME, colour: "accent", sideways: true, signal, follow: ([left]) => moveTo(axes.toData(left, 0)[0]),
    key: ([right, up], far) => moveTo(widget.state.logit + (right || up) * (far ? 0.5 : 0.1)),
  });
  const share = bars([
    { words: "probability \u03c0", colour: "accent", format: (value) => shown(value, 4) },
    { words: "1 \u2212 \u03c0", colour: "ink", format: (value) => shown(value, 4) },
  ]);
  const odds = element("dd");
  const log_odds = element("dd");
  const control = slider({ label: `logit ${NAME}`, min: -EXTENT, max: EXTENT, step: 0.01, stride: 0.1, value: widget.state.logit, format: (value) => shown(value, 2), onInput: moveTo, signal });
  const sentence = liveText({ signal });

  el.replaceChildren(element("div", "vaelib-card vaelib-named-sliders", [
    predict("Which probability belongs to the logit 0, and which logit, roughly, to a probability of 0.9? And to 0.1?",
      "A half to 0. To 0.9 belongs 2.2, the logarithm of 9 to 1, and to 0.1 the same with a minus. No logit gives a probability of exactly 0 or 1."),
    element("div", "vaelib-columns", [
      withHandles(figure.on, [point]),
      element("div", "vaelib-stack", [
        share.element, control.element,
        element("dl", "vaelib-terms", [element("dt", "", "odds \u03c0 / (1 \u2212 \u03c0)"), odds, element("dt", "", "logarithm of the odds"), log_odds]),
        element("div", "vaelib-row", [widget.resetButton().element]),
      ]),
    ]),
    sentence.element,
  ]));

  function drawCurve(context, { logit, probability, theme }) {
    axes.drawAxes(context, theme);
    curve(context, axes, sigmoid, theme.accent);
    const there = axes.toPixels(logit, probability);
    for (const end of [axes.toPixels(logit, 0), axes.toPixels(-EXTENT, probability)]) line(context, there, end, theme.ink, 1.25, [4, 3]);
    point.set(there, `Logit ${shown(logit, 2)}, probability ${shown(probability, 3)}. Drag it, or use the arrow keys.`);
  }

  function paint() {
    const { state: { logit }, theme } = widget;
    const probability = sigmoid(logit);
    figure.draw({ logit, probability, theme });
    figure.setLabel(`The sigmoid, a curve from 0 up to 1 over the logit; at ${shown(logit, 2)} it is ${shown(probability, 3)}.`);
    share.set([probability, sigmoid(-logit)]);
    odds.textContent = logit < 0 ? `1 to ${shown(Math.exp(-logit), 2)}` : `${shown(Math.exp(logit), 2)} to 1`;
    log_odds.textContent = shown(logit, 2);
    control.set(logit);
    sentence.say(`The logit ${shown(logit, 2)} stands for the probability ${shown(probability, 3)}; ${shown(-logit, 2)} would stand for ${shown(sigmoid(-logit), 3)}.`);
  }

  paint();
}

export default { render: starter("The logit", build) };
