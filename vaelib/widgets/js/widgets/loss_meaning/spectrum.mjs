// The eigenvalues of a data set as bars on a scale of powers of ten, and the waterline that can be dragged. It keeps no state.

import { halo, plane } from "../../draw/canvas.mjs";
import { line } from "../../draw/marks.mjs";
import { pad } from "../../draw/pad.mjs";
import { picture } from "../../draw/picture.mjs";
import { drawScales } from "../../draw/scales.mjs";
import { number } from "./words.mjs";
import { clamp } from "../../engine/range.mjs";

const Y = [-3, 3]; // powers of ten
const TENS = [[-3, "0.001"], [-2, "0.01"], [-1, "0.1"], [0, "1"], [1, "10"], [2, "100"]];
const REACH = 24; // pixels around the line that take hold of it
const EDGE = 0.12; // how far inside the frame a line is drawn that lies beyond it

/** { element, draw({ eigenvalues, alive, variance, theme }), setLabel(text) }; `variance` null: no line. `at()` is it now, `onMove(variance)` the hand's. `name`: the level's. */
export function spectrumPlot({ at, onMove, name = "\u03c3\u00b2", aspect = 1.6, signal }) {
  const figure = picture({ aspect, paint, signal });
  const { on } = figure;
  const axesOf = () => plane(on, { x: [-0.5, figure.scene.eigenvalues.length - 0.5], y: Y, margin: [24, 10, 24, 46] });
  const levelOf = (variance) => clamp(Math.log10(variance), [Y[0] + EDGE, Y[1] - EDGE]);

  function paint(context, { eigenvalues, alive, variance, theme }) {
    const axes = axesOf();
    const ends = [...new Set([1, eigenvalues.length])].map((rank) => [rank - 1, String(rank)]);
    drawScales(context, axes, { x: ends, y: TENS, frame: { x: axes.x, y: Y }, yName: `eigenvalue, and ${name}`, theme });
    const wide = Math.max(2, 0.68 * (axes.toPixels(1, 0)[0] - axes.toPixels(0, 0)[0]));
    eigenvalues.forEach((value, i) => {
      if (value < 10 ** Y[0]) return;
      const [x, top] = axes.toPixels(i, Math.log10(value));
      const height = axes.toPixels(i, Y[0])[1] - top;
      context.fillStyle = context.strokeStyle = i < alive ? theme.accent : theme.muted;
      if (i < alive) context.fillRect(x - wide / 2, top, wide, height);
      else context.strokeRect(x - wide / 2 + 0.5, top, Math.max(1, wide - 1), height);
    });
    if (variance !== null) waterline(context, axes, variance, theme);
  }

  function waterline(context, axes, variance, theme) {
    const level = levelOf(variance);
    const [left, y] = axes.toPixels(axes.x[0], level);
    const [right, bottom] = axes.toPixels(axes.x[1], Y[0]);
    context.save();
    context.globalAlpha = 0.14;
    context.fillStyle = theme.exact;
    context.fillRect(left, y, right - left, bottom - y);
    context.restore();
    line(context, [left, y], [right, y], theme.exact, 3);
    grip(context, [right - 26, y], theme);
    context.font = "bold 14px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = level > Y[1] - 0.8 ? "top" : "bottom";
    const beyond = Math.log10(variance) > Y[1] ? " \u2191" : Math.log10(variance) < Y[0] ? " \u2193" : "";
    halo(context, `waterline ${name} = ${number(variance)}${beyond}`, right - 46, y + (context.textBaseline === "top" ? 8 : -7), theme);
  }

  pad(on, {
    grab: ([, y]) => (figure.scene.variance !== null && Math.abs(y - axesOf().toPixels(0, levelOf(at()))[1]) < REACH ? "waterline" : null),
    drag: (_, [, y]) => onMove(10 ** clamp(axesOf().toData(0, y)[1], Y)),
    key: ([right, up], far) => onMove(at() * 10 ** ((up || right) * (far ? 0.5 : 0.05))),
    signal,
  });

  const draw = (next) => {
    on.element.tabIndex = next.variance === null ? -1 : 0; // where there is no line, nothing can be moved
    on.element.setAttribute("role", next.variance === null ? "img" : "application");
    figure.draw(next);
  };
  return { ...figure, draw };
}

/** What shows that the line can be held: a pill with two strokes. */
function grip(context, [x, y], theme) {
  context.beginPath();
  context.roundRect(x - 14, y - 9, 28, 18, 9);
  context.fillStyle = theme.paper;
  context.fill();
  context.strokeStyle = theme.exact;
  context.lineWidth = 2;
  context.stroke();
  for (const shift of [-3, 3]) line(context, [x - 7, y + shift], [x + 7, y + shift], theme.exact, 2);
}
