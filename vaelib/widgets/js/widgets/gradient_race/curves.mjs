// A number of each runner over the steps, as lines of their own colours and dashes with their names. It keeps no state.

import { halo, plane } from "../../draw/canvas.mjs";
import { line } from "../../draw/marks.mjs";
import { picture } from "../../draw/picture.mjs";
import { drawScales } from "../../draw/scales.mjs";
import { LIMITS } from "./race.mjs";
import { clamp } from "../../engine/range.mjs";

const MARGIN = [24, 14, 20, 36];

/**
 * { element, draw({ lines: [{ name, colour, dash, values }], theme }), setLabel(text) }: values over the steps on a scale of powers of ten. `y` are
 * the ends of the scale and `rows` its marks; what lies beyond, 0 as well, stops at the frame.
 */
export function curves({ name, y, rows, signal }) {
  const up = Math.log10;
  const frame = { x: LIMITS.steps, y: y.map(up) };
  const figure = picture({ aspect: 1.95, paint, signal });
  const { on } = figure;
  const axes = plane(on, { ...frame, margin: MARGIN });
  const within = (value) => clamp(up(value), frame.y);

  function paint(context, { lines, theme }) {
    drawScales(context, axes, { x: [0, 50, 100, 150, 200].map((step) => [step, String(step)]), y: rows.map((value) => [up(value), String(value)]), frame, xName: "steps", yName: name, theme });
    const taken = [];
    for (const { name: runner, colour, dash, values } of lines) {
      context.beginPath();
      values.forEach((value, step) => context.lineTo(...axes.toPixels(step, within(value))));
      context.strokeStyle = colour;
      context.lineWidth = 2.25;
      context.setLineDash(dash);
      context.stroke();
      context.setLineDash([]);
      const [x, height] = axes.toPixels(values.length - 1, within(values.at(-1)));
      line(context, [x, height - 5], [x, height + 5], colour, 3);
      beside(context, runner, [x, height], taken, theme);
    }
  }

  // above the line's end, or higher where another name stands
  function beside(context, text, [x, top], taken, theme) {
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    context.textAlign = x > on.width / 2 ? "right" : "left";
    let height = Math.max(MARGIN[0] + 10, top - 7);
    const away = height < on.height / 2 ? 13 : -13; // one way only, so that it ends
    while (taken.some((other) => Math.abs(other - height) < 13)) height += away;
    taken.push(height);
    halo(context, text, x > on.width / 2 ? x - 4 : x + 6, height, theme);
  }

  return figure;
}
