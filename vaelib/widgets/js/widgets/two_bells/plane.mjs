// Two bells on one line with a handle for each mean and width, and below them what each z adds to either KL. It keeps no state of its own.

import { curve, numberLine, signedArea } from "../../draw/curves.mjs";
import { density, klIntegrand } from "../../exact/bells.mjs";
import { halo, plane } from "../../draw/canvas.mjs";
import { handle, withHandles } from "../../ui/handle.mjs";
import { line } from "../../draw/marks.mjs";
import { picture } from "../../draw/picture.mjs";
import { shown } from "../../draw/format.mjs";
import { clamp } from "../../engine/range.mjs";

/** The limits of means and standard deviations, as in two_bells.py. */
export const RANGE = { mean: [-3, 3], std: [0.5, 2.5] };
const EXTENT = 4.5; // of z in sight
const HIGHEST = 0.81; // a bell of the least std is just as high
const HEAD = 18; // pixels above the highest bell, for its handle
const FOOT = 26; // pixels below the bells, for the numbers
const BANDS = 0.46; // of the height, for the two areas
const LEAST = 0.12; // the areas are never drawn larger than where their highest point is this
const COLOURS = { q: "accent", p: "ink" };

/** { element, draw({ q, p, theme }), setLabel(text) } for bells { mean, std }. `at()` is the state { q_mean, q_std, p_mean, p_std } at this moment, `onMove(values)` follows the hand. */
export function bellsPlane({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.12, paint, signal });
  const { on } = figure;
  const x = [-EXTENT, EXTENT];
  const bells = () => plane(on, { x, y: [0, HIGHEST], margin: [HEAD, 2, on.height * BANDS + FOOT, 2] });
  const band = (which, y) => {
    const height = (on.height * BANDS) / 2;
    const top = on.height - (2 - which) * height;
    return plane(on, { x, y, margin: [top + 20, 2, on.height - top - height + 2, 2] });
  };
  // on which shoulder the handle of a width sits: the outer one, so that the two do not meet
  const side = (name) => ((at().q_mean <= at().p_mean) === (name === "q") ? -1 : 1);
  const hundredth = (value) => Math.round(100 * value) / 100;
  const handles = ["p", "q"].map((name) => {
    const [mean, std] = [`${name}_mean`, `${name}_std`];
    const save = (trait, value) => onMove({ [trait]: hundredth(value) });
    const toZ = ([left, top]) => bells().toData(left, top)[0];
    const shape = { colour: COLOURS[name], sideways: true, signal };
    return {
      name,
      mean: handle({
        ...shape, text: name, follow: (place) => save(mean, toZ(place)),
        key: ([right, up], far) => (right ? save(mean, at()[mean] + right * (far ? 0.5 : 0.1)) : save(std, at()[std] + up * (far ? 0.5 : 0.1))),
      }),
      std: handle({
        ...shape, text: "\u2194", small: true, follow: (place) => save(std, Math.max(0, side(name) * (toZ(place) - at()[mean]))),
        key: ([right, up], far) => save(std, at()[std] + (side(name) * right + up) * (far ? 0.5 : 0.1)),
      }),
    };
  });

  function paint(context, { q, p, theme }) {
    const drawn = { q, p };
    const axes = bells();
    curve(context, axes, (z) => density(z, p), theme[COLOURS.p], { fill: 0.12 });
    curve(context, axes, (z) => density(z, q), theme[COLOURS.q], { fill: 0.2 });
    numberLine(context, axes, theme);
    drawAreas(context, theme, [(z) => klIntegrand(z, q, p), (z) => klIntegrand(z, p, q)]);
    for (const { name, mean, std } of handles) {
      const bell = drawn[name];
      mean.set(axes.toPixels(bell.mean, density(bell.mean, bell)), `Mean of ${name}, ${shown(bell.mean, 2)}. Drag it, or use the left and right arrow keys; up and down change the width.`);
      const shoulder = bell.mean + side(name) * bell.std;
      const [left, top] = axes.toPixels(shoulder, density(shoulder, bell));
      std.set([clamp(left, [12, on.width - 12]), top], `Width of ${name}, a standard deviation of ${shown(bell.std, 2)}. Drag it, or use the arrow keys.`);
    }
  }

  // both to one scale, so that the larger area is the larger divergence
  function drawAreas(context, theme, integrands) {
    const values = integrands.flatMap((f) => Array.from({ length: 181 }, (_, i) => f(-EXTENT + (i * EXTENT) / 90)));
    const y = [Math.min(-LEAST / 3, ...values), Math.max(LEAST, ...values)].map((one) => 1.05 * one);
    context.save();
    integrands.forEach((f, which) => {
      const name = "qp"[which];
      const axes = band(which, y);
      signedArea(context, axes, f, theme[COLOURS[name]]);
      numberLine(context, axes, theme, { numbers: false });
      const top = on.height - (2 - which) * ((on.height * BANDS) / 2);
      line(context, [0, top], [on.width, top], theme.grid);
      context.font = "12.5px system-ui, sans-serif";
      context.textAlign = "left";
      context.textBaseline = "top";
      halo(context, which ? "p(z) (log p(z) \u2212 log q(z)): its area is KL(p \u2016 q)" : "q(z) (log q(z) \u2212 log p(z)): its area is KL(q \u2016 p)", 4, top + 4, theme);
    });
    context.restore();
  }

  return { ...figure, element: withHandles(on, handles.flatMap(({ mean, std }) => [mean, std])) };
}
