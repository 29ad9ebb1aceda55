// Axes whose marks the caller names, for scales that are not even steps of a number: logarithms, words. It keeps no state.

import { line } from "./marks.mjs";

/**
 * Lines and words at `x` and `y`, lists of [place in data units, words], within the frame of `axes` (plane of canvas.mjs), whose ends are
 * `frame` { x: [low, high], y: [low, high] }. The names of the axes stand in the picture's lower right and upper left corner.
 */
export function drawScales(context, axes, { x, y, frame, xName = "", yName = "", theme }) {
  const [left, top] = axes.toPixels(frame.x[0], frame.y[1]);
  const [right, bottom] = axes.toPixels(frame.x[1], frame.y[0]);
  context.save();
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const [place, words] of x) {
    const [at] = axes.toPixels(place, frame.y[0]);
    line(context, [at, top], [at, bottom], theme.grid);
    context.fillText(words, at, bottom + 5);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [place, words] of y) {
    const [, at] = axes.toPixels(frame.x[0], place);
    line(context, [left, at], [right, at], theme.grid);
    context.fillText(words, left - 5, at);
  }
  line(context, [left, bottom], [right, bottom], theme.axis);
  line(context, [left, top], [left, bottom], theme.axis);
  context.font = "13px system-ui, sans-serif";
  context.fillStyle = theme.ink;
  context.textBaseline = "bottom";
  context.fillText(xName, right, bottom - 4);
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(yName, 2, top - 4);
  context.restore();
}

/**
 * The curve `height(x)` over `from` to `to` in data units, in pieces of about two pixels; what is not finite breaks it.
 *
 * @param context
 * @param axes
 * @param {number[]} range
 * @param height
 * @param colour
 */
export function drawCurve(context, axes, [from, to], height, colour, { width = 2.5, dash = [], fill = 0 } = {}) {
  const steps = Math.max(2, Math.ceil((axes.toPixels(to, 0)[0] - axes.toPixels(from, 0)[0]) / 2));
  context.save();
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(dash);
  context.beginPath();
  let pen = false;
  for (let step = 0; step <= steps; step++) {
    const x = from + ((to - from) * step) / steps;
    const y = height(x);
    if (Number.isFinite(y)) context[pen ? "lineTo" : "moveTo"](...axes.toPixels(x, y));
    pen = Number.isFinite(y);
  }
  context.stroke();
  if (fill) {
    context.lineTo(...axes.toPixels(to, 0));
    context.lineTo(...axes.toPixels(from, 0));
    context.globalAlpha = fill;
    context.fill();
  }
  context.restore();
}
