// What each of the three ways costs as the latents grow, on a scale of powers of ten, with a handle at the present number of latents. No state.

import { halo, plane } from "../../draw/canvas.mjs";
import { disc, line, ring } from "../../draw/marks.mjs";
import { LIMITS } from "./integral.mjs";
import { slidingPad } from "../../draw/pad.mjs";
import { drawScales } from "../../draw/scales.mjs";
import { picture } from "../../draw/picture.mjs";
import { clamp } from "../../engine/range.mjs";

const MOST = 16; // powers of ten in sight
const FRAME = { x: [0.5, LIMITS.latents[1] + 0.5], y: [0, MOST] };
const MARGIN = [24, 10, 22, 34];
const POWERS = [[0, "1"], [4, "10\u2074"], [8, "10\u2078"], [12, "10\u00b9\u00b2"]];

/**
 * { element, draw({ latents, ways, theme }), setLabel(text) }; a way is { name, colour, logs, dash, strong }, logs[d - 1] the natural logarithm
 * of its evaluations at d latents. `at()` is the number of latents now, `onMove(latents)` follows the hand.
 */
export function costPlot({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.5, paint, signal });
  const { on } = figure;
  const axes = plane(on, { ...FRAME, margin: MARGIN });

  function paint(context, { latents, ways, theme }) {
    drawScales(context, axes, { x: [1, 5, 10, 15, 20].filter((d) => Math.abs(d - latents) > 1).map((d) => [d, String(d)]), y: POWERS, frame: FRAME, xName: "latents", yName: "points that an error of 10 % takes", theme });
    axes.clip(context, () => {
      line(context, axes.toPixels(latents, 0), axes.toPixels(latents, MOST), theme.mark, 1.25);
      for (const { logs, colour, dash, strong } of ways) {
        context.beginPath();
        logs.forEach((log, i) => context.lineTo(...axes.toPixels(i + 1, log / Math.LN10)));
        context.strokeStyle = colour;
        context.lineWidth = strong ? 3.5 : 2;
        context.setLineDash(dash);
        context.stroke();
        context.setLineDash([]);
        disc(context, axes.toPixels(latents, logs[latents - 1] / Math.LN10), 3, colour);
      }
    });
    names(context, theme);
    ring(context, axes.toPixels(latents, 0), theme, { dot: true });
  }

  // each line is named where it leaves the picture, or at its right end
  function names(context, theme) {
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    const taken = [];
    for (const { name, logs } of figure.scene.ways) {
      const inside = logs.filter((log) => log / Math.LN10 <= MOST).length;
      if (!Number.isFinite(logs[0])) continue;
      const [x, y] = axes.toPixels(Math.max(1, inside), Math.min(MOST, logs[Math.max(0, inside - 1)] / Math.LN10));
      const right = x > on.width - 90;
      context.textAlign = right ? "right" : "left";
      let height = right ? Math.max(MARGIN[0] + 12, y - 8) : MARGIN[0] + 12;
      while (taken.some((other) => Math.abs(other.height - height) < 15 && Math.abs(other.x - x) < 70)) height += 15;
      taken.push({ height, x });
      halo(context, name, right ? x - 2 : x + 5, height, theme);
    }
  }

  const whole = (value) => clamp(Math.round(value), LIMITS.latents);
  slidingPad(on, {
    place: ([, y]) => [axes.toPixels(at(), 0)[0], y], // anywhere on its line
    slide: (x) => onMove(whole(axes.toData(x, 0)[0])),
    step: (times, far) => onMove(whole(at() + times * (far ? 5 : 1))),
    signal,
  });

  return figure;
}
