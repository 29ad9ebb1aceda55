// Curves over one number, areas under them, and the line of numbers below. It keeps no state.

import { ticks } from "./canvas.mjs";
import { line } from "./marks.mjs";
import { clamp } from "../engine/range.mjs";

const STEPS = 320; // points of a curve

/** The points of the curve f over the whole width of `axes` (a `plane`), cut off at its upper and lower end. */
function points(axes, f) {
  const { width } = axes.inner();
  const [left, top] = axes.toPixels(axes.x[0], axes.y[1]);
  const bottom = axes.toPixels(axes.x[0], axes.y[0])[1];
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const px = left + (width * step) / STEPS;
    const py = axes.toPixels(0, f(axes.toData(px, 0)[0]))[1];
    return [px, clamp(py, [top, bottom])];
  });
}

/** The curve f, and the area under it with the opacity `fill`. */
export function curve(context, axes, f, colour, { width = 2.5, dash = [], fill = 0 } = {}) {
  const way = points(axes, f);
  const path = new Path2D();
  for (const [x, y] of way) path.lineTo(x, y);
  context.save();
  context.strokeStyle = context.fillStyle = colour;
  if (fill) {
    const area = new Path2D(path);
    const base = axes.toPixels(0, 0)[1];
    area.lineTo(way.at(-1)[0], base);
    area.lineTo(way[0][0], base);
    context.globalAlpha = fill;
    context.fill(area);
    context.globalAlpha = 1;
  }
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke(path);
  context.restore();
}

/** The area between f and 0: filled where f adds, striped where it takes away, so that colour need not tell the two apart. */
export function signedArea(context, axes, f, colour) {
  const way = points(axes, f);
  const base = axes.toPixels(0, 0)[1];
  const part = (inside) => {
    const path = new Path2D();
    path.moveTo(way[0][0], base);
    for (const [x, y] of way) path.lineTo(x, inside(y) ? y : base);
    path.lineTo(way.at(-1)[0], base);
    return path;
  };
  context.save();
  context.strokeStyle = context.fillStyle = colour;
  context.globalAlpha = 0.35;
  context.fill(part((y) => y < base));
  context.globalAlpha = 1;
  context.save();
  const below = part((y) => y > base);
  context.clip(below);
  context.lineWidth = 1;
  const [left, right] = [way[0][0], way.at(-1)[0]];
  const foot = axes.toPixels(0, axes.y[0])[1];
  context.beginPath();
  for (let x = left - (foot - base); x < right; x += 5) {
    context.moveTo(x, foot);
    context.lineTo(x + foot - base, base);
  }
  context.stroke();
  context.restore();
  context.lineWidth = 1.5;
  context.stroke(part(() => true));
  context.restore();
}

/** The line of numbers at height 0 of `axes`, with its name at the right end. */
export function numberLine(context, axes, theme, { name = "z", numbers = true } = {}) {
  const { width } = axes.inner();
  const [left, base] = axes.toPixels(axes.x[0], 0);
  context.save();
  line(context, [left, base], [left + width, base], theme.axis);
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = theme.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of numbers ? ticks(...axes.x, width / 60) : []) {
    const x = axes.toPixels(tick, 0)[0];
    line(context, [x, base], [x, base + 4], theme.axis);
    if (left + width - x > 18) context.fillText(String(tick).replace("-", "\u2212"), x, base + 7);
  }
  if (numbers) {
    context.font = "italic 14px system-ui, sans-serif";
    context.fillStyle = theme.ink;
    context.textAlign = "right";
    context.fillText(name, left + width, base + 6);
  }
  context.restore();
}
