// Above, the prior and the average of the codes; below, a row for each code with its bell and a handle on its mean. It keeps no state of its own.

import { COUNT } from "./split.mjs";
import { curve, numberLine } from "../../draw/curves.mjs";
import { density, logMixture } from "../../exact/bells.mjs";
import { halo, plane } from "../../draw/canvas.mjs";
import { handle, withHandles } from "../../ui/handle.mjs";
import { line } from "../../draw/marks.mjs";
import { picture } from "../../draw/picture.mjs";
import { shown } from "../../draw/format.mjs";

const EXTENT = 4.2; // of z in sight
const LANE = 25; // pixels for a code: a handle is 24
const FOOT = 24; // pixels for the numbers
const HIGHEST = 0.62; // of the average; one that rises higher pushes the scale up
const PRIOR = { mean: 0, std: 1 };

/** { element, draw({ parts, chosen, theme }), setLabel(text) }. `at()` gives { mean, std, code } at this moment, `onMove(values)` follows the hand. */
export function codesPlane({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.06, paint, signal });
  const { on } = figure;
  const x = [-EXTENT, EXTENT];
  const lanes = COUNT * LANE;
  const above = (top) => plane(on, { x, y: [0, top], margin: [6, 2, lanes + FOOT + 4, 2] });
  const lane = (i) => plane(on, { x, y: [0, 1], margin: [on.height - lanes + i * LANE, 2, lanes - (i + 1) * LANE, 2] });
  const handles = Array.from({ length: COUNT }, (_, i) => {
    const set = (name, value) => onMove({ [name]: at()[name].map((old, k) => (k === i ? Math.round(100 * value) / 100 : old)), code: i });
    return handle({
      text: String(i + 1), colour: "accent", small: true, sideways: true, signal,
      follow: ([left]) => set("mean", lane(i).toData(left, 0)[0]),
      key: ([right, up], far) => (right ? set("mean", at().mean[i] + right * (far ? 0.5 : 0.1)) : set("std", at().std[i] + up * (far ? 0.25 : 0.05))),
    });
  });
  handles.forEach((one, i) => {
    for (const event of ["pointerdown", "focus"]) one.element.addEventListener(event, () => onMove({ code: i }), { signal });
  });

  function paint(context, { parts, chosen, theme }) {
    const log_aggregate = logMixture(parts);
    const aggregate = (z) => Math.exp(log_aggregate(z));
    let top = HIGHEST;
    for (const { mean } of parts) top = Math.max(top, 1.05 * aggregate(mean));
    const axes = above(top);
    curve(context, axes, aggregate, theme.accent, { fill: 0.2 });
    curve(context, axes, (z) => density(z, PRIOR), theme.muted, { dash: [6, 4], width: 2 });
    numberLine(context, axes, theme);
    context.save();
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "top";
    context.textAlign = "left";
    halo(context, "solid: the average of the eight", 4, 4, theme);
    halo(context, "dashed: the prior", 4, 21, theme);
    context.restore();
    parts.forEach((bell, i) => drawCode(context, lane(i), bell, i === chosen, theme));
    handles.forEach((one, i) => {
      const { mean, std } = parts[i];
      one.set(lane(i).toPixels(mean, 0.5), `Code ${i + 1}, mean ${shown(mean, 2)}, width ${shown(std, 2)}. Drag it, or use the left and right arrow keys; up and down change the width.`);
    });
  }

  function drawCode(context, axes, bell, chosen, theme) {
    const [left, foot] = axes.toPixels(-EXTENT, 0.02);
    line(context, [left, foot], [axes.toPixels(EXTENT, 0)[0], foot], theme.grid);
    curve(context, axes, (z) => 0.02 + 0.9 * Math.exp(-0.5 * ((z - bell.mean) / bell.std) ** 2), theme.accent, { fill: chosen ? 0.4 : 0.2, width: chosen ? 2 : 1 });
  }

  return { ...figure, element: withHandles(on, handles) };
}
