// A density p with two humps and a bell q over it, whose mean and width are handles; below, a row for the winner of each divergence. It keeps no state of its own.

import { curve, numberLine } from "../../draw/curves.mjs";
import { density, logMixture } from "../../exact/bells.mjs";
import { disc, line } from "../../draw/marks.mjs";
import { halo, plane } from "../../draw/canvas.mjs";
import { handle, withHandles } from "../../ui/handle.mjs";
import { picture } from "../../draw/picture.mjs";
import { shown } from "../../draw/format.mjs";

const EXTENT = 4.5; // of z in sight
const HIGHEST = 0.85; // of the curves; a higher q pushes the scale up
const HEAD = 16; // pixels above that, for the handle
const LANE = 24; // pixels for a winner
const FOOT = 26; // pixels for the numbers

/** { element, draw({ q, parts, rows, theme }), setLabel(text) }: rows are { words, colour, bell }, the bell null while it is not told. `at()` is { q_mean, q_std } at this moment. */
export function humpsPlane({ at, onMove, rows: count, signal }) {
  const figure = picture({ aspect: 1.17, paint, signal });
  const { on } = figure;
  const x = [-EXTENT, EXTENT];
  const axesNow = () => plane(on, { x, y: [0, Math.max(HIGHEST, 1.02 * density(0, { mean: 0, std: at().q_std }))], margin: [HEAD, 2, FOOT + count * LANE, 2] });
  const toZ = ([left]) => axesNow().toData(left, 0)[0];
  const save = (name, value) => onMove({ [name]: Math.round(100 * value) / 100 });
  const side = () => (at().q_mean > 0 ? -1 : 1); // where the shoulder has more room
  const mean = handle({
    text: "q", colour: "accent", sideways: true, signal, follow: (place) => save("q_mean", toZ(place)),
    key: ([right, up], far) => (right ? save("q_mean", at().q_mean + right * (far ? 0.5 : 0.1)) : save("q_std", at().q_std + up * (far ? 0.5 : 0.1))),
  });
  const std = handle({
    text: "\u2194", colour: "accent", small: true, sideways: true, signal, follow: (place) => save("q_std", Math.max(0, side() * (toZ(place) - at().q_mean))),
    key: ([right, up], far) => save("q_std", at().q_std + (side() * right + up) * (far ? 0.5 : 0.1)),
  });

  function paint(context, { q, parts, rows, theme }) {
    const axes = axesNow();
    const log_p = logMixture(parts);
    curve(context, axes, (z) => Math.exp(log_p(z)), theme.ink, { fill: 0.14 });
    curve(context, axes, (z) => density(z, q), theme.accent, { fill: 0.2 });
    numberLine(context, axes, theme);
    context.save();
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "top";
    halo(context, "black: p, two humps", 4, 2, theme);
    context.textBaseline = "middle";
    rows.forEach((row, i) => drawRow(context, axes, row, on.height - (count - i - 0.5) * LANE, theme));
    context.restore();
    mean.set(axes.toPixels(q.mean, density(q.mean, q)), `Mean of q, ${shown(q.mean, 2)}. Drag it, or use the left and right arrow keys; up and down change the width.`);
    const shoulder = q.mean + side() * q.std;
    std.set(axes.toPixels(shoulder, density(shoulder, q)), `Width of q, a standard deviation of ${shown(q.std, 2)}. Drag it, or use the arrow keys.`);
  }

  function drawRow(context, axes, { words, colour, bell }, y, theme) {
    line(context, [2, y - LANE / 2], [on.width - 2, y - LANE / 2], theme.grid);
    if (bell) {
      const [low, middle, high] = [-1, 0, 1].map((times) => axes.toPixels(bell.mean + times * bell.std, 0)[0]);
      line(context, [low, y], [high, y], theme[colour], 3);
      disc(context, [middle, y], 5, theme[colour], { colour: theme.paper, width: 1.5 });
    }
    context.textAlign = "right"; // the winners stand over the left hump or between the two
    halo(context, bell ? words : `${words}: where?`, on.width - 6, y, theme);
  }

  return { ...figure, element: withHandles(on, [mean, std]) };
}
