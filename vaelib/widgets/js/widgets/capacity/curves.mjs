// Training and held-out ELBO over the width of the hidden layers, a dot for each seed, and the gap at the chosen width. It keeps no state.

import { average } from "./sweep.mjs";
import { halo, plane } from "../../draw/canvas.mjs";
import { disc, line } from "../../draw/marks.mjs";
import { slidingPad } from "../../draw/pad.mjs";
import { clamp } from "../../engine/range.mjs";
import { picture } from "../../draw/picture.mjs";
import { drawScales } from "../../draw/scales.mjs";
import { shown } from "../../draw/format.mjs";

const NATS = [-30, -19]; // in sight, as in capacity.py
const MARGIN = [24, 16, 24, 34];
const COLOURS = { train: "muted", held_out: "accent" };
const ENDS = [{ name: "train", shift: -9, baseline: "bottom" }, { name: "held_out", shift: 9, baseline: "top" }]; // where a name stands beside its last dot
const NAMES = { train: "training", held_out: "held out" };

/** { element, draw({ widths, columns, chosen, theme }), setLabel(text) }: `columns` holds { train, held_out } of each width, `chosen` is an index; `at()` is it now. */
export function capacityCurves({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.3, paint, signal });
  const { on } = figure;
  const axesOf = () => plane(on, { x: [-0.25, figure.scene.widths.length - 0.75], y: NATS, margin: MARGIN });
  const within = (value) => clamp(value, NATS);

  function paint(context, { widths, columns, chosen, theme }) {
    const axes = axesOf();
    const frame = { x: axes.x, y: NATS };
    drawScales(context, axes, {
      x: widths.map((width, i) => [i, String(width)]), y: [-30, -28, -26, -24, -22, -20].map((nats) => [nats, String(nats).replace("-", "\u2212")]),
      frame, xName: "units in a hidden layer", yName: "ELBO, nats an image", theme,
    });
    for (const name of ["train", "held_out"]) {
      const colour = theme[COLOURS[name]];
      const means = columns.map((column) => average(column[name]));
      means.slice(1).forEach((mean, i) => line(context, axes.toPixels(i, within(means[i])), axes.toPixels(i + 1, within(mean)), colour, 2.5, name === "train" ? [7, 4] : []));
      columns.forEach((column, i) => [...column[name]].forEach((score) => disc(context, axes.toPixels(i, within(score)), 3.5, colour)));
    }
    gap(context, axes, columns[chosen], chosen, theme);
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "right";
    for (const { name, shift, baseline } of ENDS) {
      const [left, top] = axes.toPixels(widths.length - 1, within(average(columns.at(-1)[name])));
      context.textBaseline = baseline;
      halo(context, NAMES[name], left + 6, top + shift, theme);
    }
  }

  // from one average to the other at the chosen width, with its length in nats
  function gap(context, axes, column, chosen, theme) {
    const [high, low] = ["train", "held_out"].map((name) => average(column[name]));
    const [x, top] = axes.toPixels(chosen, within(high));
    const [, foot] = axes.toPixels(chosen, within(low));
    context.save();
    context.globalAlpha = 0.16;
    context.fillStyle = theme.exact;
    const [, upper] = axes.toPixels(chosen, NATS[1]);
    const [, lower] = axes.toPixels(chosen, NATS[0]);
    context.fillRect(x - 13, upper, 26, lower - upper);
    context.restore();
    line(context, [x, top], [x, foot], theme.exact, 4);
    for (const y of [top, foot]) line(context, [x - 8, y], [x + 8, y], theme.exact, 4);
    context.font = "bold 14px system-ui, sans-serif";
    context.textBaseline = "middle";
    const right = chosen < 4;
    context.textAlign = right ? "left" : "right";
    halo(context, `gap ${shown(high - low, 1)}`, x + (right ? 16 : -16), (top + foot) / 2, theme);
  }

  const middle = () => {
    const { columns, chosen } = figure.scene;
    const column = columns[chosen];
    return axesOf().toPixels(at(), within((average(column.train) + average(column.held_out)) / 2));
  };
  const inside = (index) => clamp(Math.round(index), [0, figure.scene.widths.length - 1]);
  slidingPad(on, {
    place: middle,
    slide: (x) => onMove(inside(axesOf().toData(x, 0)[0])),
    step: (times) => onMove(inside(at() + times)),
    signal,
  });
  return figure;
}
