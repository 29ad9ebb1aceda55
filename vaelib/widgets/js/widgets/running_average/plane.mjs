// The running average over the number of draws, on a logarithmic line, with a handle on its end. It keeps no state of its own.

import { clamp } from "../../engine/range.mjs";
import { curve } from "../../draw/curves.mjs";
import { handle, withHandles } from "../../ui/handle.mjs";
import { line } from "../../draw/marks.mjs";
import { MOST } from "./draws.mjs";
import { picture } from "../../draw/picture.mjs";
import { plane, ticks } from "../../draw/canvas.mjs";
import { shown } from "../../draw/format.mjs";

const DECADES = Math.log10(MOST);
const HALF = 2; // standard deviations of one draw in sight, above and below the true value

/** { element, draw({ averages, n, mean, std, theme }), setLabel(text) }. `at()` is log10 n at this moment, `onMove(log10 n)` follows the hand. */
export function averagePlane({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.5, paint, signal });
  const { on } = figure;
  const axesOf = ({ mean, std }) => plane(on, { x: [0, DECADES], y: [mean - HALF * std, mean + HALF * std], margin: [8, 18, 40, 42] });
  const end = handle({
    text: "n", colour: "accent", sideways: true, signal, follow: ([left]) => onMove(axesOf(figure.scene).toData(left, 0)[0]),
    key: ([right, up], far) => onMove(at() + (right || up) * (far ? 0.5 : 0.1)),
  });

  function paint(context, { averages, n, mean, std, theme }) {
    const axes = axesOf({ mean, std });
    grid(context, axes, theme);
    line(context, axes.toPixels(0, mean), axes.toPixels(DECADES, mean), theme.ink, 1.5);
    for (const side of [-1, 1]) curve(context, axes, (log) => mean + (side * std) / 10 ** (log / 2), theme.muted, { dash: [6, 4], width: 1.75 });
    const [stop] = axes.toPixels(Math.log10(n), 0);
    context.save();
    context.beginPath();
    context.rect(0, 0, stop, on.height);
    context.clip();
    curve(context, axes, (log) => averages[Math.min(MOST, Math.round(10 ** log)) - 1], theme.accent);
    context.restore();
    const inside = clamp(averages[n - 1], axes.y);
    end.set(axes.toPixels(Math.log10(n), inside), `Number of draws, ${n}; their average is ${shown(averages[n - 1], 3)}. Drag it, or use the arrow keys.`);
  }

  function grid(context, axes, theme) {
    context.save();
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = theme.muted;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (let decade = 0; decade <= DECADES; decade++) {
      const [x, foot] = axes.toPixels(decade, axes.y[0]);
      line(context, [x, axes.toPixels(decade, axes.y[1])[1]], [x, foot], theme.grid);
      context.fillText(String(10 ** decade), x, foot + 5);
    }
    context.fillText("number of draws n", axes.toPixels(DECADES / 2, 0)[0], on.height - 16);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks(...axes.y, 5)) {
      const [left, y] = axes.toPixels(0, tick);
      line(context, [left, y], axes.toPixels(DECADES, tick), theme.grid);
      context.fillText(shown(tick, 1), left - 6, y);
    }
    context.restore();
  }

  return { ...figure, element: withHandles(on, [end]) };
}
