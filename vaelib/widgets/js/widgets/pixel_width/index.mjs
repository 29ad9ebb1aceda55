// One width for all pixels, from the mean alone to snow, and what it does to log p(x | z). Reads traits and lays out controls; the parts compute and draw.

import { bestStd, density, logLikelihood, PIXELS, RANGE, sample, unpack } from "./gaussian_pixels.mjs";
import { pictureStrip } from "./pictures.mjs";
import { pixelBell } from "./pixel_bell.mjs";
import { widthCurve } from "./width_curve.mjs";
import { button, element, liveText, predict, segments, slider } from "../../ui/controls.mjs";
import { normals } from "../../engine/random.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { flag, nextSeed, number as numberIn, seed, sharedNames, whole } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

export const TRAITS = {
  std: numberIn(...RANGE), picture: whole(0, ({ count }) => count - 1), pixel: whole(0, PIXELS - 1), sample_seed: seed(), revealed: flag(),
};
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const [given, means] = [unpack(model.get("x")), unpack(model.get("mean"))];
  if (given.length !== means.length) throw new Error(`wanted a mean for each of ${given.length} pictures, got ${means.length}`);
  const now = live(TRAITS, { model, el, signal, paint, facts: { count: given.length } });
  const { state: opening } = now;

  const at = (name) => () => now.state[name];
  const moveTo = (std) => now.save({ std: Math.round(1e4 * std) / 1e4 });
  const strip = pictureStrip({ at: at("pixel"), onMove: (pixel) => now.save({ pixel }), signal });
  const bell = pixelBell({ signal });
  const curve = widthCurve({ at: at("std"), onMove: moveTo, signal });
  const words = liveText({ signal });
  const width = slider({
    label: "\u03c3\u2093", min: Math.log(RANGE[0]), max: Math.log(RANGE[1]), step: 0.01, stride: 0.05, value: Math.log(opening.std),
    format: (log) => short(Math.exp(log)), onInput: (log) => moveTo(Math.exp(log)), signal,
  });
  const which = segments("Picture", given.map((_, i) => ({ value: i, label: String(i + 1) })), opening.picture, (picture) => now.save({ picture, revealed: false }), { signal });
  const again = button("New sample", () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const reveal = button("", () => now.save({ revealed: !now.state.revealed }), { signal });
  const reset = now.resetButton();

  el.replaceChildren(element("div", "vaelib-card vaelib-widths", [
    predict("Does a smaller \u03c3\u2093 always make log p(x | z) larger?",
      "No. While \u03c3\u2093 is larger than what the mean usually misses, narrower bells are higher where it counts. Once it is smaller, the values of x lie far out on their bells, and log p(x | z) falls without end. The best width is the root of the mean squared miss. Only a mean that misses nothing would ask for no width at all."),
    element("div", "vaelib-columns", [
      element("div", "vaelib-stack", [strip.element, bell.element]),
      element("div", "vaelib-stack", [
        curve.element,
        width.element,
        element("div", "vaelib-row", [...(given.length > 1 ? [which.element] : []), again.element, reveal.element, reset.element]),
      ]),
    ]),
    words.element,
  ]));

  function paint() {
    const { state, theme } = now;
    const { std, picture, pixel, revealed } = state;
    const [x, mean] = [given[picture], means[picture]];
    const best = Math.max(RANGE[0], bestStd(x, mean));
    const drawn = sample(mean, std, normals(PIXELS, state.sample_seed));
    const terms = logLikelihood(x, mean, std);
    const top = logLikelihood(x, mean, best).total;
    strip.draw({ pictures: [{ name: "x, given", pixels: x }, { name: "mean", pixels: mean }, { name: "a sample", pixels: drawn }], pixel, theme });
    strip.setLabel(`The given image, the mean and a sample, 8 by 8 pixels each. The framed pixel, row ${Math.floor(pixel / 8) + 1}, column ${(pixel % 8) + 1}, is ${shown(x[pixel])}, ${shown(mean[pixel])} and ${shown(drawn[pixel])}. Arrow keys move the frame.`);
    bell.draw({ x: x[pixel], mean: mean[pixel], std, sample: drawn[pixel], theme });
    bell.setLabel(`The density of the framed pixel: a bell around ${shown(mean[pixel])} with standard deviation ${short(std)}. At its value in x, ${shown(x[pixel])}, it is ${shown(density(x[pixel], mean[pixel], std))}.`);
    curve.draw({ std, score: (one) => logLikelihood(x, mean, one).total, best, revealed, theme });
    curve.setLabel(`log p(x | z) over the width; at ${short(std)} it is ${shown(terms.total, 1)} nats. Drag the ring, or use the arrow keys.`);
    width.set(Math.log(std));
    which.set(picture);
    reveal.setLabel(revealed ? "Hide the best width" : "Show the best width");
    const framed = `The framed pixel, row ${Math.floor(pixel / 8) + 1}, column ${(pixel % 8) + 1}, is ${shown(x[pixel])} where the mean is ${shown(mean[pixel])}.`;
    words.say(`${sentence({ std, terms, best, top, revealed, snow: std >= 0.7 })} ${framed}`);
  }

  paint();
}

function sentence({ std, terms, best, top, revealed, snow }) {
  const look = std <= 0.015 ? "as good as just the mean. " : snow ? "snow. " : "";
  const parts = [`\u03c3\u2093 = ${short(std)}: ${look}log p(x | z) = ${shown(terms.total, 1)} nats: ${shown(terms.tops, 1)} for how high the bells are, ${shown(terms.misses, 1)} for what the mean misses.`];
  if (revealed) {
    const below = top - terms.total;
    parts.push(`The root of the mean squared miss is ${best.toPrecision(3)}, and no width scores more: ${shown(top, 1)} nats${below < 0.05 ? ". You are there." : `, ${shown(below, 1)} above yours.`}`);
  } else {
    parts.push("Which width scores most? Find it by hand.");
  }
  return parts.join(" ");
}

const short = (std) => std.toFixed(std < 0.1 ? 3 : 2);

export default { render: starter("The width of the pixels", build) };
