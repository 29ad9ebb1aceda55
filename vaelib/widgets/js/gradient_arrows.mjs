// Gradients as arrows from zero, one below another, on one scale. It keeps no state and computes no gradient.

import { arrow } from "./bench.mjs";
import { halo, surface } from "./canvas.mjs";

const REACH = 8; // the scale shows -REACH to REACH; a longer arrow runs off and its number says how far
const FOOT = 22; // pixels for the numbers of the scale

/** { element, draw({ rows, theme }), setLabel(text) }; a row is { words, value, average, exact }, the last two optional. */
export function gradientArrows({ count, signal }) {
  let scene = null;
  const on = surface({ label: "", aspect: 2.2, onResize: paint, signal });

  function draw(next) {
    scene = next;
    paint();
  }

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { rows, theme } = scene;
    const row = (on.height - FOOT) / count;
    const toX = (value) => on.width * (0.5 + value / (2.1 * REACH));
    context.clearRect(0, 0, on.width, on.height);
    context.save();
    context.textBaseline = "alphabetic";
    for (let value = -REACH; value <= REACH; value += REACH / 2) {
      context.fillStyle = value === 0 ? theme.axis : theme.grid;
      context.fillRect(Math.round(toX(value)), 0, 1, on.height - FOOT);
      context.font = "12px system-ui, sans-serif";
      context.fillStyle = theme.muted;
      context.textAlign = "center";
      context.fillText(String(value).replace("-", "\u2212"), toX(value), on.height - 6);
    }
    rows.forEach(({ words, value, average, exact }, index) => {
      const y = index * row + 0.7 * row;
      const end = toX(Math.min(1.04 * REACH, Math.max(-1.04 * REACH, value)));
      arrow(context, [toX(0), y], [end, y], index ? theme.accent : theme.classes[5], [], 4);
      if (value === 0) cross(context, toX(0), y, theme);
      if (exact !== undefined) tick(context, toX(exact), y, theme);
      if (average !== undefined) diamond(context, toX(average), y, theme);
      context.font = "14px system-ui, sans-serif";
      context.textAlign = "left";
      halo(context, words, 4, index * row + 0.34 * row, theme);
    });
    context.restore();
  }

  return { element: on.element, draw, setLabel: on.setLabel };
}

function cross(context, x, y, theme) {
  context.strokeStyle = theme.muted;
  context.lineWidth = 2.5;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x - 5, y - 5 * side);
    context.lineTo(x + 5, y + 5 * side);
  }
  context.stroke();
}

function tick(context, x, y, theme) {
  for (const [colour, width] of [[theme.paper, 7], [theme.ink, 3]]) {
    context.fillStyle = colour;
    context.fillRect(x - width / 2, y - 12, width, 24);
  }
}

function diamond(context, x, y, theme) {
  context.beginPath();
  for (const [dx, dy] of [[0, -8], [8, 0], [0, 8], [-8, 0]]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fillStyle = theme.classes[1];
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}
