// The plane of two latents with the codes of the training images, and one image on its way in a slow step. It keeps no state of its own.

import { halo, plane } from "../../draw/canvas.mjs";
import { line, ring } from "../../draw/marks.mjs";
import { picture } from "../../draw/picture.mjs";

const EXTENTS = [4, 6, 10, 16, 25, 40, 100, 400, 1600, 6400, 25600]; // as wide as the codes need, in few steps, so that the plane does not flicker
const SHARE = 0.98; // of the codes that must lie in it

/** { element, draw({ codes, label, axes, trace, stage, theme }), setLabel(text) }: `codes` holds two numbers for each label, `axes` the latents they are. */
export function codePlane({ signal }) {
  const figure = picture({ aspect: 1, paint, signal });
  const { on } = figure;

  function paint(context, { codes, label, axes: [first, second], trace, stage, theme }) {
    const extent = extentOf(codes);
    const axes = plane(on, { x: [-extent, extent], y: [-extent, extent], xLabel: `z${below(first)}`, yLabel: `z${below(second)}`, margin: [6, 6, 36, 36] });
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.drawAxes(context, theme);
    axes.clip(context, () => {
      context.globalAlpha = 0.75;
      dots(context, axes, codes, label, theme);
      context.globalAlpha = 1;
      prior(context, axes, theme);
      for (const { text, x, y } of middles(codes, label)) {
        context.font = "bold 15px system-ui, sans-serif";
        context.textAlign = "center";
        context.textBaseline = "middle";
        halo(context, text, ...axes.toPixels(x, y), theme);
      }
      if (trace) follow(context, axes, trace, stage, theme);
    });
  }

  // the image of a slow step: its q when it is encoded, its z when that is drawn, and where the update moved it
  function follow(context, axes, { before, after, axes: [a, b] }, stage, theme) {
    const place = ({ mean }) => axes.toPixels(mean[a], mean[b]);
    context.strokeStyle = theme.exact;
    context.lineWidth = 2.5;
    axes.ellipse(context, before.mean[a], before.mean[b], Math.exp(before.log_var[a] / 2), Math.exp(before.log_var[b] / 2));
    context.stroke();
    if (stage >= 1) {
      const z = axes.toPixels(before.z[a], before.z[b]);
      line(context, place(before), z, theme.exact, 1.5, [3, 3]);
      ring(context, z, theme, { radius: 6 });
    }
    if (stage >= 4) {
      const [from, to] = [place(before), place(after)];
      const longer = Math.max(1, 14 / Math.max(1e-9, Math.hypot(to[0] - from[0], to[1] - from[1]))); // a step is short: it is drawn at least 14 pixels long
      line(context, from, [from[0] + longer * (to[0] - from[0]), from[1] + longer * (to[1] - from[1])], theme.accent, 4);
    }
  }

  return figure;
}

export const below = (index) => String.fromCharCode(0x2081 + index);

// one path a class: a colour for each dot would take most of a frame
function dots(context, axes, codes, label, theme) {
  const paths = theme.classes.map(() => new Path2D());
  for (let i = 0; i < label.length; i++) {
    const [x, y] = axes.toPixels(codes[2 * i], codes[2 * i + 1]);
    paths[label[i]].rect(x - 1.5, y - 1.5, 3, 3);
  }
  paths.forEach((path, one) => {
    context.fillStyle = theme.classes[one];
    context.fill(path);
  });
}

function prior(context, axes, theme) {
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.25;
  context.setLineDash([5, 4]);
  for (const radius of [1, 2]) {
    axes.ellipse(context, 0, 0, radius, radius);
    context.stroke();
  }
  context.setLineDash([]);
}

function extentOf(codes) {
  const sizes = Float32Array.from(codes, Math.abs).sort();
  const most = sizes[Math.floor(SHARE * (sizes.length - 1))];
  return EXTENTS.find((extent) => extent >= 1.05 * most) ?? EXTENTS.at(-1);
}

// Each class's number at the average of its codes, so that colour is not the only sign.
function middles(codes, label) {
  const sums = new Map();
  for (let i = 0; i < label.length; i++) {
    const sum = sums.get(label[i]) ?? [0, 0, 0];
    sums.set(label[i], [sum[0] + codes[2 * i], sum[1] + codes[2 * i + 1], sum[2] + 1]);
  }
  return [...sums].map(([one, [x, y, count]]) => ({ text: String(one), x: x / count, y: y / count }));
}
