// The std over the raw output, a curve for each head, with a handle at the present raw output. It keeps no state.

import { HEADS, REACH } from "./heads.mjs";
import { halo, plane } from "../../draw/canvas.mjs";
import { disc, line, ring } from "../../draw/marks.mjs";
import { slidingPad } from "../../draw/pad.mjs";
import { clamp } from "../../engine/range.mjs";
import { picture } from "../../draw/picture.mjs";
import { drawCurve, drawScales } from "../../draw/scales.mjs";

const X = [-REACH, REACH];
const Y = [-2, 4]; // of the std
const MARGIN = [24, 12, 22, 30];
export const STROKES = {
  log_var: { colour: "accent", dash: [] }, std: { colour: "exact", dash: [7, 4] }, relu: { colour: "exact", dash: [] }, softplus: { colour: "refined", dash: [2, 4] },
};
const NAMES = [{ at: [-3.9, 0.5], text: "log-variance" }, { at: [-1.15, -1.45], text: "std itself" }, { at: [-3.9, -0.42], text: "ReLU" }]; // where a name stands; softplus has no room

/** { element, draw({ raw, theme }), setLabel(text) }; `at()` is the raw output now, `onMove(raw)` the hand's. */
export function headsPlane({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.35, paint, signal });
  const { on } = figure;
  const axesOf = () => plane(on, { x: X, y: Y, margin: MARGIN });
  
  function paint(context, { raw, theme }) {
    const axes = axesOf();
    const [left, zero] = axes.toPixels(X[0], 0);
    const [right, foot] = axes.toPixels(X[1], Y[0]);
    context.fillStyle = theme.grid;
    context.fillRect(left, zero, right - left, foot - zero);
    drawScales(context, axes, {
      x: [-4, -2, 0, 2, 4].map(mark), y: [-2, -1, 0, 1, 2, 3, 4].map(mark), frame: { x: X, y: Y }, xName: "raw output", yName: "std", theme,
    });
    context.font = "12.5px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    context.fillText("below zero there is no std", right - 6, zero + 6);
    axes.clip(context, () => {
      for (const [name, { colour, dash }] of Object.entries(STROKES)) drawCurve(context, axes, X, HEADS[name].std, theme[colour], { dash, width: name === "log_var" ? 3.5 : 2.5 });
    });
    const [x, top] = axes.toPixels(raw, Y[1]);
    line(context, [x, top], [x, foot], theme.ink, 1.5);
    for (const [name, { colour }] of Object.entries(STROKES)) {
      const std = HEADS[name].std(raw);
      if (std >= Y[0] && std <= Y[1]) disc(context, axes.toPixels(raw, std), 4.5, theme[colour], { colour: theme.paper, width: 1.5 });
    }
    context.textAlign = "left";
    context.textBaseline = "bottom";
    for (const { at: [place, std], text } of NAMES) {
      const [from, base] = axes.toPixels(place, std);
      halo(context, text, from, base, theme);
    }
    ring(context, place(raw), theme, { colour: theme.accent, dot: true });
  }

  const place = (raw) => axesOf().toPixels(raw, clamp(HEADS.log_var.std(raw), Y));
  slidingPad(on, {
    place: () => place(at()),
    slide: (x) => onMove(axesOf().toData(x, 0)[0]),
    step: (times, far) => onMove(at() + times * (far ? 0.5 : 0.1)),
    signal,
  });
  return figure;
}

const mark = (value) => [value, String(value).replace("-", "\u2212")];
