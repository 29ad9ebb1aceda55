// Jensen's inequality on importance weights: the curve log w, a secant between two weights that can be dragged, the bound and log p(x). No state.

import { picture } from "../../draw/picture.mjs";
import { plane } from "../../draw/canvas.mjs";
import { disc, line, ring } from "../../draw/marks.mjs";
import { roundUp } from "./nats_bars.mjs";
import { nearestHandle, pad } from "../../draw/pad.mjs";
import { clamp } from "../../engine/range.mjs";

const MARGIN = [8, 14, 38, 54]; // of the axes, in pixels: top, right, bottom, left, where −800 stands beside the axis' name
export const FARTHEST = 3; // the ends of the secant stand at most this many standard deviations from the middle of q

/**
 * { element, draw({ log_evidence, elbo, secant, draws, theme }), setLabel(text) }; `secant` as linear_gaussian.mjs gives it, `draws` the
 * log-weights of some draws. `at()` is t at this moment, `logsAt(t)` the log-weights of both ends, and `onMove(t)` follows the reader's hand.
 */
export function jensenPlot({ at, logsAt, onMove, signal }) {
  const figure = picture({ aspect: 1.12, paint, signal });
  const { on } = figure;

  // weights are counted in units of p(x), so that the picture stays when x becomes improbable; their logarithms are true
  function axesOf({ log_evidence, elbo, secant }) {
    const widest = Math.exp(Math.max(...secant.logs) - log_evidence);
    const deepest = log_evidence - Math.min(elbo, ...secant.logs);
    const wide = roundUp(Math.max(2.4, 1.08 * widest));
    const deep = roundUp(Math.max(3, 1.05 * deepest));
    return plane(on, {
      x: [-0.03 * wide, wide], y: [log_evidence - deep, log_evidence + Math.log(wide) + 0.08 * deep],
      xLabel: "weight w = p(x, z) / q(z), in units of p(x)", yLabel: "log w, nats", margin: MARGIN,
    });
  }

  function paint(context, { log_evidence, elbo, secant, draws, theme }) {
    const axes = axesOf(figure.scene);
    const place = (log) => axes.toPixels(Math.exp(log - log_evidence), log);
    axes.drawAxes(context, theme);
    axes.clip(context, () => {
      level(context, axes, log_evidence, theme.ink);
      level(context, axes, elbo, theme.accent);
      curve(context, axes, log_evidence, theme);
      context.globalAlpha = 0.5;
      for (const log of draws) disc(context, place(log), 3.5, theme.muted);
      context.globalAlpha = 1;
      const [low, high] = secant.logs.map(place);
      line(context, low, high, theme.classes[5], 2.5);
      const under = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2]; // both axes are linear, so the middle is the two means
      const above = place(secant.log_mean);
      line(context, under, above, theme.classes[1], 6);
      disc(context, above, 5, theme.mark);
      disc(context, under, 5, theme.classes[5]);
    });
    names(context, theme);
    axes.clip(context, () => { // after the names: an end is there to be taken hold of
      for (const end of secant.logs) ring(context, place(end), theme, { colour: theme.classes[5] });
    });
  }

  function names(context, theme) {
    const [, right, bottom] = MARGIN;
    const rows = [["all draws: log of the mean, log p(x)", theme.ink], ["all draws: mean of the logs, ELBO", theme.accent]];
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "middle";
    const wide = Math.max(...rows.map(([words]) => context.measureText(words).width));
    const start = on.width - right - wide - 8;
    rows.forEach(([words, colour], index) => {
      const y = on.height - bottom - 34 + 20 * index; // where the curve never comes
      context.fillStyle = theme.paper;
      context.fillRect(start - 36, y - 10, wide + 40, 20);
      dashed(context, [start - 32, y], [start - 6, y], colour);
      context.fillStyle = theme.ink;
      context.fillText(words, start, y);
    });
  }

  const ends = (logs, axes = axesOf(figure.scene)) => logs.map((log) => axes.toPixels(Math.exp(log - figure.scene.log_evidence), log));

  // the ends follow the hand: of all t the one whose end comes closest to it
  function nearest(/** @type {number[]} */ [x, y]) {
    const axes = axesOf(figure.scene);
    const distance = (t) => Math.min(...ends(logsAt(t), axes).map(([px, py]) => Math.hypot(px - x, py - y)));
    let best = 0;
    for (let t = 0; t <= 100 * FARTHEST; t++) if (distance(t / 100) < distance(best)) best = t / 100;
    return best;
  }

  pad(on, {
    grab: (place) => nearestHandle(ends(logsAt(at())).map((end) => ["secant", end]), place),
    beside: () => "secant",
    drag: (_, place) => onMove(nearest(place)),
    key: ([right, up], far) => onMove(clamp(at() + (right + up) * (far ? 0.5 : 0.1), [0, FARTHEST])),
    signal,
  });

  return figure;
}

function curve(context, axes, log_evidence, theme) {
  context.beginPath();
  const { width } = axes.inner();
  const [left] = axes.toPixels(0, 0);
  for (let step = 0; step <= 400; step++) {
    const weight = axes.toData(left + width * (step / 400) ** 2 + 0.01, 0)[0]; // finer where the curve is steep
    if (weight > 0) context.lineTo(...axes.toPixels(weight, Math.log(weight) + log_evidence));
  }
  context.strokeStyle = theme.ink;
  context.lineWidth = 2;
  context.stroke();
}

function level(context, axes, nats, colour) {
  const [x, y] = axes.toPixels(0, nats);
  dashed(context, [x - 20, y], [x + axes.inner().width, y], colour);
}

const dashed = (context, from, to, colour) => line(context, from, to, colour, 1.75, [6, 4]);
