// How the dots of a latent plane are coloured, by label or by a measured trait of the images, and the legend that says so. No drawing.

import { legend } from "../host/codes.mjs";
import { element } from "../ui/controls.mjs";
import { shown } from "./format.mjs";
import { clamp } from "../engine/range.mjs";

const STEPS = 7;
const OPACITY = 0.85; // a shade that the paper thins says less; a class has nine others to be told from, and more dots to show

const TRAITS = {
  slant: {
    shades: (theme) => theme.slants, ends: ["leans left", "leans right"], unit: "",
    range: (values) => symmetric(spread(values)), digits: 1,
  },
  thickness: { shades: (theme) => theme.thicknesses, ends: ["thin", "thick"], unit: "\u00a0px", range: spread, digits: 1 },
};

/** What these codes can be coloured by: "label", and each trait that was measured. */
export const colourings = (codes) => ["label", ...Object.keys(TRAITS).filter((name) => codes?.[name])];

/** { groups, colours, opacity, legend } for `plane.dots` and the page: `groups[i]` is the colour of code i. */
export function shades(codes, name, theme) {
  const trait = Object.hasOwn(TRAITS, name ?? "") && codes[name] && TRAITS[name];
  if (!trait) return { groups: codes.label, colours: theme.classes, legend: () => legend(codes) };
  const [low, high] = trait.range(codes[name]);
  const colours = trait.shades(theme);
  return {
    groups: Uint8Array.from(codes[name], (value) => step(value, low, high)), colours, opacity: OPACITY,
    legend: () => scale(colours, trait, low, high),
  };
}

/** Which of the seven equal steps from `low` to `high` a value falls into; beyond them, the outermost. */
export const step = (value, low, high) => clamp(Math.floor(((value - low) / (high - low)) * STEPS), [0, STEPS - 1]);

/** From the 2nd to the 98th percentile, so that a few odd images do not use up the scale. */
export function spread(values) {
  const sorted = Float64Array.from(values).sort();
  return [0.02, 0.98].map((part) => sorted[Math.round(part * (sorted.length - 1))]);
}

/**
 * As far to the left as to the right of zero, so that the middle shade is upright.
 *
 * @param {number[]} range
 */
export function symmetric([low, high]) {
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return [-reach, reach];
}

function scale(colours, { ends, unit, digits }, low, high) {
  const number = (value) => `${shown(value, digits)}${unit}`;
  const bar = element("span", "vaelib-scale-bar", colours.map((colour) => {
    const part = element("span");
    part.style.background = colour;
    return part;
  }));
  bar.setAttribute("aria-hidden", "true"); // the words on both sides say what it shows
  return element("p", "vaelib-scale", [`${ends[0]}, ${number(low)}`, bar, `${number(high)}, ${ends[1]}`]);
}
