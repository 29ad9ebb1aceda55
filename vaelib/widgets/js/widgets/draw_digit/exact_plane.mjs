// A close-up of the latent plane: the exact posterior as shading and contours, q as ellipses, and weighted draws. No state of its own.

import { contextOf, plane, surface } from "../../draw/canvas.mjs";
import { disc, edgeArrow, withinFrame } from "../../draw/marks.mjs";
import { rgb } from "../../draw/palette.mjs";
import { CELLS, middles, TILE } from "../../exact/tiles.mjs";

const WIDEST = 12; // q is left out of the close-up where the posterior would become smaller than a twelfth of it
const LINES = [2.6, 1.8, 1.1]; // widths of the contours, the innermost first

/**
 * { x: [low, high], y: [low, high] }: a square that holds the posterior's 98.9 % region, and q's 3 sigma ellipse if that is near.
 * Without a posterior it holds the ellipse alone.
 */
export function viewOf(exact, q) {
  const box = [Infinity, -Infinity, Infinity, -Infinity];
  const take = (x, y, reachX = 0, reachY = 0) => {
    box[0] = Math.min(box[0], x - reachX);
    box[1] = Math.max(box[1], x + reachX);
    box[2] = Math.min(box[2], y - reachY);
    box[3] = Math.max(box[3], y + reachY);
  };
  for (const { i, j, values } of exact?.tiles.values() ?? []) {
    const z = middles(i, j, exact.side);
    for (let cell = 0; cell < CELLS; cell++) if (values[cell] > exact.levels[2]) take(z[2 * cell], z[2 * cell + 1]);
  }
  const size = () => Math.max(box[1] - box[0], box[3] - box[2]);
  const [alone, own] = [size(), [...box]];
  if (q) {
    take(...q.mean, ...q.log_var.map((value) => 3 * Math.exp(value / 2)));
    if (exact && size() > WIDEST * alone) own.forEach((value, i) => { box[i] = value; });
  }
  const half = rounded(0.56 * size());
  const [x, y] = [(box[0] + box[1]) / 2, (box[2] + box[3]) / 2];
  return { x: [x - half, x + half], y: [y - half, y + half] };
}

function rounded(wanted) {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= wanted * 0.999) * power;
}

/** { element, draw({ exact, view, q, refined, path, draws, theme }), setLabel(text) }; all but exact, view and theme may be null. */
export function exactPlane({ signal }) {
  let scene = null;
  let shaded = {}; // what the shade was made of
  const shade = document.createElement("canvas");
  const on = surface({ label: "", onResize: paint, signal });

  function paint() {
    if (!scene || !on.width) return;
    const { exact, view, q, refined, path, draws, theme } = scene;
    const { context } = on;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    const axes = plane(on, { ...view, xLabel: "z\u2081", yLabel: "z\u2082", margin: [8, 8, 38, 46] });
    axes.drawAxes(context, theme);
    axes.clip(context, () => {
      drawShade(context, axes, exact, theme);
      exact.contours.forEach((segments, i) => drawContour(context, axes, segments, theme.exact, LINES[i]));
      if (draws) drawDraws(context, axes, draws, theme);
      if (q) drawGaussian(context, axes, q, theme.accent, theme, []);
      if (path) drawPath(context, axes, path, theme);
      if (refined) drawGaussian(context, axes, refined, theme.refined, theme, [7, 4]);
    });
    const [left, top] = axes.toPixels(view.x[0], view.y[1]);
    const [right, bottom] = axes.toPixels(view.x[1], view.y[0]);
    if (q) {
      const { outside, place, away } = withinFrame(axes.toPixels(...q.mean), { left, top, right, bottom });
      if (outside) edgeArrow(context, place, away, { ...theme, mark: theme.accent });
    }
  }

  function drawShade(context, axes, exact, theme) {
    if (shaded.exact !== exact || shaded.colour !== theme.exact) shaded = { exact, colour: theme.exact, place: paintShade(shade, exact, theme.exact) };
    if (!shaded.place) return;
    const { left, right, bottom, top } = shaded.place;
    const [from, to] = [axes.toPixels(left, top), axes.toPixels(right, bottom)];
    context.imageSmoothingEnabled = true;
    context.drawImage(shade, from[0], from[1], to[0] - from[0], to[1] - from[1]);
  }

  return {
    element: on.element,
    setLabel: on.setLabel,
    draw: (next) => {
      scene = next;
      paint();
    },
  };
}

// One texel for each cell, smoothed by the canvas: the square root of the density, in parts of its highest value. Where it lies, or
// null for two narrow hills so far apart that their contours must do.
function paintShade(canvas, { tiles, side, levels }, colour) {
  const all = [...tiles.values()];
  const [lowI, lowJ] = ["i", "j"].map((key) => Math.min(...all.map((tile) => tile[key])));
  const [wide, high] = [{ key: "i", low: lowI }, { key: "j", low: lowJ }].map(({ key, low }) => TILE * (Math.max(...all.map((tile) => tile[key])) - low + 1));
  if (wide * high > 1 << 21) return null;
  Object.assign(canvas, { width: wide, height: high });
  const within = contextOf(canvas);
  const image = within.createImageData(wide, high);
  const ink = rgb(colour);
  const top = all.reduce((most, { values }) => values.reduce((a, b) => Math.max(a, b), most), -Infinity);
  for (const { i, j, values } of all) {
    for (let cell = 0; cell < CELLS; cell++) {
      if (values[cell] < levels[2] - 4) continue;
      const column = TILE * (i - lowI) + Math.floor(cell / TILE);
      const row = high - 1 - (TILE * (j - lowJ) + (cell % TILE));
      image.data.set([...ink, 150 * Math.exp((values[cell] - top) / 2)], 4 * (row * wide + column));
    }
  }
  within.putImageData(image, 0, 0);
  return { left: TILE * lowI * side, right: (TILE * lowI + wide) * side, bottom: TILE * lowJ * side, top: (TILE * lowJ + high) * side };
}

function drawContour(context, axes, segments, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineCap = "round";
  context.beginPath();
  for (let i = 0; i < segments.length; i += 4) {
    context.moveTo(...axes.toPixels(segments[i], segments[i + 1]));
    context.lineTo(...axes.toPixels(segments[i + 2], segments[i + 3]));
  }
  context.stroke();
}

function drawGaussian(context, axes, { mean, log_var }, colour, theme, dash) {
  const std = Array.from(log_var, (value) => Math.exp(value / 2));
  context.save();
  for (const times of [3, 2, 1]) {
    axes.ellipse(context, ...mean, times * std[0], times * std[1]);
    for (const [style, width] of [[theme.paper, LINES[times - 1] + 2.2], [colour, LINES[times - 1] + 0.4]]) {
      context.setLineDash(style === colour ? dash : []);
      context.strokeStyle = style;
      context.lineWidth = width;
      context.stroke();
    }
  }
  context.restore();
  const [x, y] = axes.toPixels(...mean);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 5, y);
  context.lineTo(x + 5, y);
  context.moveTo(x, y - 5);
  context.lineTo(x, y + 5);
  context.stroke();
}

function drawPath(context, axes, path, theme) {
  context.strokeStyle = theme.refined;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const mean of path) context.lineTo(...axes.toPixels(...mean));
  context.stroke();
  for (const mean of path) disc(context, axes.toPixels(...mean), 2.4, theme.refined);
}

/** Each draw as a dot whose area is its weight; those that count for next to nothing stay as small rings. */
function drawDraws(context, axes, { z, weight }, theme) {
  const largest = weight.reduce((most, one) => Math.max(most, one), 0);
  context.lineWidth = 1;
  for (let i = 0; i < weight.length; i++) {
    const radius = Math.max(1.6, 11 * Math.sqrt(weight[i] / largest));
    context.beginPath();
    context.arc(...axes.toPixels(z[2 * i], z[2 * i + 1]), radius, 0, 2 * Math.PI);
    context.globalAlpha = 0.45;
    context.fillStyle = theme.ink;
    if (radius > 1.6) context.fill();
    context.globalAlpha = 0.9;
    context.strokeStyle = radius > 1.6 ? theme.paper : theme.ink;
    context.stroke();
  }
  context.globalAlpha = 1;
}
