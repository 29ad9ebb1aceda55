// Gradients as arrows from zero, one below another, on one scale. It keeps no state and computes no gradient.

import { arrow } from "./picture.mjs";
import { surface } from "../../draw/canvas.mjs";
import { clamp } from "../../engine/range.mjs";

const REACH = 8; // the scale shows -REACH to REACH; a longer arrow stops there at a », and its number says how far
const FOOT = 20; // pixels for the numbers of the scale
const WORDS = 20; // pixels for the words above each arrow
const SIDE = 4; // pixels from the edge to the words

/** { element, draw({ rows, theme }), setLabel(text) }; a row is { words, value, average, exact }, the last two optional. */
export function gradientArrows({ count, signal }) {
  let scene = null;
  const on = surface({ label: "", aspect: 1.7, onResize: paint, signal });

  function draw(next) {
    scene = next;
    paint();
  }

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { rows, theme } = scene;
    const row = (on.height - FOOT) / count;
    const toX = (value) => on.width * (0.5 + value / (2.4 * REACH));
    context.clearRect(0, 0, on.width, on.height);
    context.save();
    rows.forEach((one, index) => {
      const top = index * row + WORDS;
      const strip = row - WORDS;
      grid(context, toX, top, strip, theme);
      words(context, one.words, on.width - 2 * SIDE, index * row + WORDS - 6, theme);
      drawRow(context, one, toX, top + strip / 2, index ? theme.accent : theme.classes[5], theme);
    });
    numbers(context, toX, on.height - 5, theme);
    context.restore();
  }

  return { element: on.element, draw, setLabel: on.setLabel };
}

// The lines stop at the words, so that no line crosses a number.
function grid(context, toX, top, height, theme) {
  for (let value = -REACH; value <= REACH; value += REACH / 2) {
    context.fillStyle = value === 0 ? theme.axis : theme.grid;
    context.fillRect(Math.round(toX(value)), top, 1, height);
  }
}

function numbers(context, toX, y, theme) {
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillStyle = theme.muted;
  for (let value = -REACH; value <= REACH; value += REACH / 2) context.fillText(String(value).replace("-", "\u2212"), toX(value), y);
}

function words(context, text, room, y, theme) {
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillStyle = theme.ink;
  context.font = "14px system-ui, sans-serif";
  const size = Math.max(10, Math.floor(14 * Math.min(1, room / context.measureText(text).width)));
  context.font = `${size}px system-ui, sans-serif`;
  context.fillText(text, SIDE, y);
}

function drawRow(context, { value, average, exact }, toX, y, colour, theme) {
  const within = (one) => clamp(one, [-REACH, REACH]);
  arrow(context, [toX(0), y], [toX(within(value)), y], colour, [], 4);
  if (value === 0) cross(context, toX(0), y, theme);
  if (average !== undefined) diamond(context, toX(within(average)), y, theme);
  if (exact !== undefined) tick(context, toX(within(exact)), y, theme);
  for (const side of [-1, 1]) {
    if ([value, average, exact].some((one) => one !== undefined && side * one > REACH)) beyond(context, toX(side * REACH), y, side, theme);
  }
}

// The sign that what stops at the end of the scale goes on.
function beyond(context, x, y, side, theme) {
  context.font = "bold 20px system-ui, sans-serif";
  context.textAlign = side > 0 ? "left" : "right";
  context.textBaseline = "middle";
  context.fillStyle = theme.ink;
  context.fillText(side > 0 ? "\u00bb" : "\u00ab", x + 9 * side, y - 1);
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

// Drawn over the diamond: thin enough to leave the diamond's sides in sight, tall enough to stand out of it.
function tick(context, x, y, theme) {
  for (const [colour, width] of [[theme.paper, 5], [theme.ink, 3]]) {
    context.fillStyle = colour;
    context.fillRect(x - width / 2, y - 12, width, 24);
  }
}

function diamond(context, x, y, theme) {
  context.beginPath();
  for (const [dx, dy] of [[0, -9], [9, 0], [0, 9], [-9, 0]]) context.lineTo(x + dx, y + dy);
  context.closePath();
  context.fillStyle = theme.classes[1];
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.5;
  context.fill();
  context.stroke();
}
