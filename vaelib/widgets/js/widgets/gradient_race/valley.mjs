// The valley of f with the three runners in it, each at its mean and as wide as its std, and the handle of the common start. No state.

import { halo, plane } from "../../draw/canvas.mjs";
import { cost } from "../reparameterization/cost.mjs";
import { line, ring } from "../../draw/marks.mjs";
import { slidingPad } from "../../draw/pad.mjs";
import { drawCurve } from "../../draw/scales.mjs";
import { LIMITS } from "./race.mjs";
import { picture } from "../../draw/picture.mjs";
import { clamp } from "../../engine/range.mjs";

const EXTENT = 3.9;
const TALLEST = 12;
const LANES = 26; // pixels between the runners' bars
const FOOT = 116; // pixels below the valley: three lanes, the handle, the numbers

/** { element, draw({ start, runners: [{ name, colour, mean, std }], theme }), setLabel(text) }; `at()` is the start now, `onMove(start)` follows the hand. */
export function valley({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.3, paint, signal });
  const { on } = figure;
  const axes = plane(on, { x: [-EXTENT, EXTENT], y: [-1, TALLEST], margin: [6, 0, FOOT, 0] });
  const toX = (z) => axes.toPixels(z, 0)[0];
  const base = () => on.height - 34;

  function paint(context, { start, runners, theme }) {
    axes.clip(context, () => drawCurve(context, axes, [-EXTENT, EXTENT], cost, theme.ink));
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    halo(context, "f(z) = z\u00b2 + sin z", on.width / 2, 20, theme);
    runners.forEach((runner, lane) => drawRunner(context, runner, on.height - FOOT + 14 + lane * LANES, theme));
    numbers(context, theme);
    line(context, [toX(start), base()], [toX(start), axes.toPixels(0, Math.min(TALLEST, cost(start)))[1]], theme.muted, 1, [2, 4]);
    ring(context, [toX(start), base()], theme, { dot: true });
  }

  // a bar of one std to both sides, and where its mean stands in the valley
  function drawRunner(context, { name, colour, mean, std }, y, theme) {
    const shown = clamp(mean, [-EXTENT, EXTENT]);
    const [x, ground] = axes.toPixels(shown, Math.min(TALLEST, cost(shown)));
    line(context, [x, y], [x, ground], colour, 1.25);
    line(context, [toX(mean - std), y], [toX(mean + std), y], colour, 5);
    for (const [shade, wide] of [[theme.paper, 9], [colour, 5]]) line(context, [x, y - 8], [x, y + 8], shade, wide);
    context.fillStyle = colour;
    context.beginPath();
    for (const [dx, dy] of [[0, 0], [-7, -12], [7, -12]]) context.lineTo(x + dx, ground + dy);
    context.closePath();
    context.fill();
    const right = x < on.width / 2;
    context.font = "13px system-ui, sans-serif";
    context.textAlign = right ? "left" : "right";
    context.textBaseline = "middle";
    const beside = right ? Math.max(x, toX(mean + std)) + 8 : Math.min(x, toX(mean - std)) - 8;
    halo(context, name, beside, y, theme);
  }

  function numbers(context, theme) {
    line(context, [0, base()], [on.width, base()], theme.axis);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    for (let z = -3; z <= 3; z++) {
      line(context, [toX(z), base()], [toX(z), base() + 5], theme.axis);
      context.fillText(String(z).replace("-", "\u2212"), toX(z), base() + 14);
    }
    context.font = "italic 14px system-ui, sans-serif";
    context.fillStyle = theme.ink;
    context.fillText("z", toX(EXTENT - 0.25), base() + 13);
  }

  const rounded = (value) => clamp(Math.round(100 * value) / 100, LIMITS.start);
  slidingPad(on, {
    place: () => [toX(at()), base()],
    slide: (x) => onMove(rounded(axes.toData(x, 0)[0])),
    step: (times, far) => onMove(rounded(at() + times * (far ? 0.5 : 0.1))),
    signal,
  });

  return figure;
}
