// A sum of nats as bars, one below another, on one scale: each addend starts where the one before it ended. It keeps no state and computes nothing.

import { surface, ticks } from "../../draw/canvas.mjs";
import { shown } from "../../draw/format.mjs";

const FOOT = 22; // pixels for the numbers of the scale
const WORDS = 20; // pixels for the words above each bar
const SIDE = 4; // pixels from the edges to the words
const PAST = 10; // pixels to the right of 0
const ROUND = [1, 2, 3, 4, 5, 6, 8, 10];

/**
 * { element, draw({ rows, theme }), setLabel(text) }. A row is { words, value, from, to, colour, before }: a bar from `from` to `to` nats, both
 * <= 0, that shows `value`; `before` is where its end stood before a step, or undefined. All numbers in nats.
 */
export function natsBars({ rows: count, signal }) {
  let scene = null;
  const on = surface({ label: "", aspect: 1.2, onResize: paint, signal });

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { rows, theme } = scene;
    const low = lowest(rows.flatMap(({ from, to, before = 0 }) => [from, to, before]));
    const toX = (nats) => SIDE + (on.width - PAST - SIDE) * (1 - nats / low);
    const row = (on.height - FOOT) / count;
    const thick = Math.min(18, row - WORDS - 4);
    const middle = (index) => index * row + WORDS + thick / 2;
    context.clearRect(0, 0, on.width, on.height);
    context.save();
    scale(context, low, toX, theme);
    rows.forEach(({ to }, index) => {
      if (index + 1 < rows.length) guide(context, toX(to), middle(index), middle(index + 1), theme);
    });
    rows.forEach((one, index) => {
      if (one.before !== undefined) ghost(context, toX(one.from), toX(one.before), middle(index), thick, theme);
      bar(context, toX(one.from), toX(one.to), middle(index), thick, one.colour);
      words(context, one, index * row + WORDS - 5, theme);
    });
    context.restore();
  }

  function scale(context, low, toX, theme) {
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    for (const nats of ticks(low, 0, 4)) {
      context.fillStyle = nats === 0 ? theme.axis : theme.grid;
      context.fillRect(Math.round(toX(nats)), 0, nats === 0 ? 2 : 1, on.height - FOOT);
      context.fillStyle = theme.muted;
      context.textAlign = nats === 0 ? "right" : toX(nats) < 20 ? "left" : "center";
      context.fillText(nats === 0 ? "0 nats" : String(nats).replace("-", "\u2212"), toX(nats) + (nats === 0 ? PAST - 1 : 0), on.height - 6);
    }
  }

  function words(context, { words: text, value, strong }, y, theme) {
    const weight = strong ? "600 " : "";
    const figure = shown(value, 3);
    context.textBaseline = "alphabetic";
    context.font = `${weight}13px system-ui, sans-serif`;
    const room = on.width - PAST - 3 * SIDE - context.measureText(figure).width;
    context.textAlign = "right";
    paper(context, figure, on.width - PAST - SIDE, y, theme);
    const size = Math.max(10, Math.floor(13 * Math.min(1, room / context.measureText(text).width)));
    context.font = `${weight}${size}px system-ui, sans-serif`;
    context.textAlign = "left";
    paper(context, text, SIDE, y, theme);
  }

  const draw = (next) => {
    scene = next;
    paint();
  };
  return { element: on.element, draw, setLabel: on.setLabel };
}

/** The lower end of the scale: minus a round number, so that it stands still while `values` move a little. */
export const lowest = (values) => -roundUp(1.02 * Math.max(...values.map((value) => -value), 1));

/** The first of 1, 2, 3, 4, 5, 6, 8, 10, 20, ... that is at least `wanted`. */
export function roundUp(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ROUND.find((factor) => factor * power >= wanted);
}

// An end that points the way tells an addend that goes back from one that goes on.
function bar(context, from, to, y, thick, colour) {
  const way = Math.sign(to - from);
  const head = Math.min(thick / 2, Math.abs(to - from));
  context.beginPath();
  context.moveTo(from, y - thick / 2);
  context.lineTo(to - way * head, y - thick / 2);
  context.lineTo(to, y);
  context.lineTo(to - way * head, y + thick / 2);
  context.lineTo(from, y + thick / 2);
  context.closePath();
  context.fillStyle = colour;
  context.fill();
  context.fillRect(to - 1, y - thick / 2, 2, thick); // nothing left to add is seen, too
}

function guide(context, x, from, to, theme) {
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.stroke();
  context.setLineDash([]);
}

// How long the bar was before the step.
function ghost(context, from, to, y, thick, theme) {
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  context.strokeRect(Math.min(from, to), y - thick / 2 + 1, Math.abs(to - from), thick - 2);
  context.setLineDash([]);
}

function paper(context, text, x, y, theme) {
  const width = context.measureText(text).width;
  const left = context.textAlign === "right" ? x - width : x;
  context.fillStyle = theme.paper; // lines of the scale pass behind a word, not through it
  context.fillRect(left - 3, y - 13, width + 6, 17);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}
