// The reparameterization bench: sliders for mean, log_var and noise move a draw, its cost and its gradients. Its parts draw and compute elsewhere.

import { AXIS, bench, NARROWEST } from "./picture.mjs";
import { button, choice, element, liveText, predict, slider, toggle } from "../../ui/controls.mjs";
import { averageGradient, draw, exactGradient, histogram, standardDeviation, STD_RULES } from "./cost.mjs";
import { gradientArrows } from "./gradient_arrows.mjs";
import { gradientTable } from "./gradient_table.mjs";
import { normals } from "../../engine/random.mjs";
import { live } from "../../host/live.mjs";
import { starter } from "../../host/start.mjs";
import { choice as oneOf, flag, nextSeed, number as numberIn, seed, sharedNames } from "../../host/traits.mjs";
import { shown } from "../../draw/format.mjs";

const DRAWS = 200;
const SINGLE = 2 ** 32; // added to the seed: the noises drawn one at a time get a stream of their own
const RANGE = { mean: [-3, 3], log_var: [-4, 2], noise: [-3, 3] };

export const TRAITS = {
  ...Object.fromEntries(Object.entries(RANGE).map(([name, limits]) => [name, numberIn(...limits)])),
  trick: flag(), draws: flag(), sample_seed: seed(), std_rule: oneOf(STD_RULES),
};
export const shared = sharedNames(TRAITS);

function build(model, el, signal) {
  const now = live(TRAITS, { model, el, signal, paint });
  const { state: opening } = now;
  let drawn = 0; // how many noises the button has drawn

  const picture = bench({ at: atHand, onMove: (noise) => now.save({ noise: Math.round(100 * noise) / 100 }), signal });
  const arrows = gradientArrows({ count: 3, signal });
  const table = gradientTable(DRAWS);
  const words = liveText({ signal });
  const sliders = /** @type {[string, ReturnType<typeof slider>][]} */ (Object.entries(RANGE).map(([name, [min, max]]) => [name, slider({
    label: name, min, max, step: 0.01, stride: 0.1, value: opening[name], format: (value) => shown(value), signal, onInput: (value) => now.save({ [name]: value }),
  })]));
  const trick = toggle("with the trick", opening.trick, (checked) => now.save({ trick: checked }), { signal });
  const draws = toggle(`average over ${DRAWS} draws`, opening.draws, (checked) => now.save({ draws: checked }), { signal });
  const rule = choice("std =", [
    { value: STD_RULES[0], label: "exp(log_var / 2)" },
    { value: STD_RULES[1], label: "exp(log_var): break it" },
  ], opening.std_rule, (value) => now.save({ std_rule: value, ...(value === STD_RULES[1] && { draws: true }) }), { signal });
  const redrawNoise = button("Draw a noise", () => {
    drawn += 1;
    const [value] = normals(1, now.state.sample_seed + SINGLE + drawn);
    now.save({ noise: Math.round(100 * value) / 100 });
  }, { signal });
  const again = button(`Another ${DRAWS}`, () => now.save({ sample_seed: nextSeed(now.state.sample_seed) }), { signal });
  const reset = now.resetButton(() => { drawn = 0; });

  el.replaceChildren(element("div", "vaelib-card vaelib-bench", [
    predict(`One noise gives one gradient. How many of ${DRAWS} noises will give df/dlog_var the sign that their mean has: nearly all, or about half?`,
      `About half, at the settings that you start with. f rises nearly wherever a draw falls, so the sign is that of the noise. The slope is steeper on the right, so positive gradients are larger and their mean is positive. Tick \u201caverage over ${DRAWS} draws\u201d, then draw single noises and compare.`),
    element("div", "vaelib-columns", [
      picture.element,
      element("div", "vaelib-stack", [
        ...sliders.map(([, one]) => one.element),
        element("div", "vaelib-row", [redrawNoise.element, reset.element]),
        element("div", "vaelib-row", [trick.element]),
        arrows.element,
      ]),
    ]),
    words.element,
    element("div", "vaelib-row", [draws.element, again.element, rule.element]),
    table.element,
  ]));

  function atHand() {
    const { mean, log_var, noise, std_rule } = now.state;
    const { std, z } = draw({ mean, log_var, noise, rule: std_rule });
    return { noise, z, std };
  }

  function paint() {
    const { state, theme } = now;
    const { mean, log_var } = state;
    const setting = { mean, log_var, trick: state.trick, rule: state.std_rule };
    const one = draw({ ...setting, noise: state.noise });
    const std = standardDeviation(log_var);
    const average = state.draws ? averageGradient({ ...setting, noises: normals(DRAWS, state.sample_seed) }) : null;
    const exact = state.draws ? exactGradient(mean, log_var, state.std_rule) : null;
    const intended = state.draws && state.std_rule === STD_RULES[1] ? exactGradient(mean, log_var) : null;
    const bars = average ? histogram(average.zs, mean, one.std / 2) : [];
    picture.draw({ mean, std, drawnStd: one.std, noise: state.noise, z: one.z, trick: state.trick, bars, theme });
    picture.setLabel(`A draw from top to bottom: noise ${shown(state.noise)} becomes z ${shown(one.z)}, whose cost is ${shown(one.f)} with slope ${shown(one.df_dz)}. Drag a ring; left and right arrow keys move the noise, up and down move z.`);
    arrows.draw({ theme, rows: [
      { words: `df/dz = ${shown(one.df_dz)}`, value: one.df_dz },
      { words: chain("mean", one.df_dz, one.dz_dmean, one.df_dmean, state.trick), value: one.df_dmean, average: average?.mean.average, exact: exact?.mean },
      { words: chain("log_var", one.df_dz, one.dz_dlog_var, one.df_dlog_var, state.trick), value: one.df_dlog_var, average: average?.log_var.average, exact: exact?.log_var },
    ] });
    arrows.setLabel(`Gradients as arrows: df/dz ${shown(one.df_dz)}, df/dmean ${shown(one.df_dmean)}, df/dlog_var ${shown(one.df_dlog_var)}.`);
    table.fill({ one, average, exact, intended });
    for (const [name, control] of sliders) control.set(state[name]);
    trick.set(state.trick);
    draws.set(state.draws);
    rule.set(state.std_rule);
    again.enable(state.draws);
    words.say(sentence(state, one, std));
  }

  paint();
}

function sentence({ mean, log_var, noise, trick, draws, std_rule: rule }, one, std) {
  const times = noise < 0 ? `(${shown(noise)})` : shown(noise);
  const parts = [`z = ${shown(mean)} + ${shown(one.std)} \u00b7 ${times} = ${shown(one.z)}.`];
  if (!trick) {
    parts.push("It was drawn and handed on as a number: f has a slope there, but nothing says how z came from mean and log_var. Both gradients are 0, so f teaches them nothing.");
  } else {
    const factor = rule === STD_RULES[0] ? "std \u00b7 noise / 2" : "std \u00b7 noise";
    parts.push(`Moving mean moves z one for one; moving log_var moves it ${factor} = ${shown(one.dz_dlog_var)} for one${noise === 0 ? ", not at all for this noise" : ""}. The slope of f turns that into ${shown(one.df_dmean)} and ${shown(one.df_dlog_var)}.`);
  }
  if (rule === STD_RULES[1]) {
    parts.push(log_var === 0
      ? "Here log_var = 0, and exp(0 / 2) = exp(0): the slip is invisible, which is how it survives a test."
      : `The slip: exp(log_var) is the variance. z is drawn with std ${shown(one.std)} (dashed curve${draws ? " and bars" : ""}), while the loss charges for the density with std ${shown(std)} (blue curve).`);
  }
  const narrow = Math.min(std, one.std);
  if (narrow < NARROWEST) parts.push(`The ${narrow < std ? "dashed" : "blue"} curve is cut off: its peak is ${(1 / narrow).toFixed(1)} times as high as that of the noise.`);
  if (Math.abs(one.z) > AXIS) parts.push("z lies beyond the picture.");
  return parts.join(" ");
}

function chain(name, df_dz, dz, df, trick) {
  if (!trick) return `df/d${name} = 0: no path from z`;
  return `df/d${name} = ${shown(df_dz)} \u00b7 ${dz === 1 ? "1" : shown(dz)} = ${shown(df)}`;
}

export default { render: starter("The reparameterization bench", build) };
