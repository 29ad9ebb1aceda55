// Marks that pictures share: lines and discs, the ring of z, the cross of a draw, the arrow that stands for a z outside, and class labels that make room for the ring. No state.

import { halo } from "./canvas.mjs";
import { clamp } from "../engine/range.mjs";

const APART = 23; // pixels between the middle of a ring and that of a label
const INSET = 10; // pixels from the frame to the tip of an edge arrow's middle

/** A straight line between two places, in pixels. */
export function line(context, from, to, colour, width = 1, dash = []) {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

/** A filled disc, with an edge { colour, width } around it or none. */
export function disc(context, place, radius, colour, edge = null) {
  context.beginPath();
  context.arc(...place, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  if (!edge) return;
  context.strokeStyle = edge.colour;
  context.lineWidth = edge.width;
  context.stroke();
}

/**
 * The ring that marks z; the ring of z itself has a dot in its middle.
 *
 * @param context
 * @param {number[]} place
 * @param theme
 * @param {{ radius?: number, colour?: string, dot?: boolean }} look
 */
export function ring(context, [x, y], theme, { radius = 8, colour = theme.mark, dot = false } = {}) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  for (const [style, width] of [[theme.paper, 6], [colour, 2.5]]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
  if (dot) disc(context, [x, y], radius / 4, colour);
}

/**
 * The cross of a draw; `arm` is half its side in pixels, `bold` what is added to the width of its lines.
 *
 * @param context
 * @param {number[]} place
 * @param theme
 */
export function cross(context, [x, y], theme, { colour = theme.ink, arm = 4, bold = 0 } = {}) {
  for (const [style, width] of [[theme.paper, 4 + bold], [colour, 1.75 + bold]]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - arm, y - arm);
    context.lineTo(x + arm, y + arm);
    context.moveTo(x - arm, y + arm);
    context.lineTo(x + arm, y - arm);
    context.stroke();
  }
}

/**
 * The place nearest to (x, y) within the frame { left, top, right, bottom }, and the way out of it: { place, outside, away }.
 *
 * @param {number[]} place
 * @param frame
 */
export function withinFrame([x, y], { left, top, right, bottom }) {
  const outside = !(x >= left && x <= right && y >= top && y <= bottom);
  if (!outside) return { place: [x, y], outside, away: [0, 0] };
  const place = [clamp(x, [left + INSET, right - INSET]), clamp(y, [top + INSET, bottom - INSET])];
  const [dx, dy] = [x - place[0], y - place[1]];
  const length = Math.hypot(dx, dy) || 1;
  return { place, outside, away: [dx / length, dy / length] };
}

/**
 * A solid arrow head at `place` that points along `away`: z is further out, beyond the frame.
 *
 * @param context
 * @param {number[]} place
 * @param {number[]} away
 * @param theme
 */
export function edgeArrow(context, [x, y], [ux, uy], theme) {
  context.beginPath();
  for (const [along, across] of [[9, 0], [-8, 8], [-4, 0], [-8, -8]]) context.lineTo(x + ux * along - uy * across, y + uy * along + ux * across);
  context.closePath();
  context.lineJoin = "round";
  context.strokeStyle = theme.paper;
  context.lineWidth = 5;
  context.stroke();
  context.fillStyle = theme.mark;
  context.fill();
}

/** Class labels [{ text, x, y }] above everything else; one that the ring at `place` would hide steps aside. */
export function drawLabels(context, labels, place, theme) {
  context.save();
  context.font = "bold 17px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const label of labels) halo(context, label.text, ...aside(label, place), theme);
  context.restore();
}

/** @param label @param {number[]} ring */
function aside({ x, y }, [ringX, ringY]) {
  const distance = Math.hypot(x - ringX, y - ringY);
  if (distance >= APART) return [x, y];
  const [ux, uy] = distance > 0.5 ? [(x - ringX) / distance, (y - ringY) / distance] : [0, -1];
  return [ringX + ux * APART, ringY + uy * APART];
}
