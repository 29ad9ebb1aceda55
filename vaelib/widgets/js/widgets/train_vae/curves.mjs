// The two terms over the epochs on held-out images: log-likelihood, ELBO, and between them the KL; and what needs no code, as level lines. It keeps no state.

import { halo, plane, ticks } from "../../draw/canvas.mjs";
import { line } from "../../draw/marks.mjs";
import { picture } from "../../draw/picture.mjs";
import { drawScales } from "../../draw/scales.mjs";
import { clamp } from "../../engine/range.mjs";

const NATS = [-50, -16]; // what lies beyond stops at the frame
const SHORTEST = 20; // epochs of the scale at first
const MARGIN = [22, 10, 20, 30];

/** { element, draw({ history, baselines, theme }), setLabel(text) }: `history` holds epoch, log-likelihood and KL of each point. */
export function termCurves({ signal }) {
  const figure = picture({ aspect: 2.05, paint, signal });
  const { on } = figure;
  const within = (value) => clamp(Number.isFinite(value) ? value : NATS[0], NATS);

  function paint(context, { history, baselines, theme }) {
    const points = Array.from({ length: history.length / 3 }, (_, i) => history.subarray(3 * i, 3 * i + 3));
    const frame = { x: [0, Math.max(SHORTEST, points.at(-1)[0])], y: NATS };
    const axes = plane(on, { ...frame, margin: MARGIN });
    drawScales(context, axes, {
      x: ticks(...frame.x, on.width / 80).map((epoch) => [epoch, String(epoch)]), y: [-50, -40, -30, -20].map((nats) => [nats, String(nats).replace("-", "\u2212")]),
      frame, xName: "epochs", yName: on.width > 330 ? "nats a digit" : "nats", theme,
    });
    const way = (height) => points.map((point) => axes.toPixels(point[0], within(height(point))));
    const [upper, lower] = [way(([, log_likelihood]) => log_likelihood), way(([, log_likelihood, kl]) => log_likelihood - kl)];
    context.fillStyle = theme.exact;
    context.globalAlpha = 0.25;
    context.beginPath();
    for (const place of [...upper, ...lower.toReversed()]) context.lineTo(...place);
    context.fill();
    context.globalAlpha = 1;
    for (const [places, colour, dash] of [[upper, theme.refined, [6, 3]], [lower, theme.accent, []]]) {
      context.beginPath();
      for (const place of places) context.lineTo(...place);
      context.strokeStyle = colour;
      context.lineWidth = 2.5;
      context.lineJoin = "round";
      context.setLineDash(dash);
      context.stroke();
      context.setLineDash([]);
    }
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "right";
    for (const [words, nats] of [["a fair coin a pixel", baselines.coin], ["best fixed picture", baselines.fixed]]) {
      const [left, y] = axes.toPixels(0, nats);
      const right = axes.toPixels(frame.x[1], nats)[0];
      line(context, [left, y], [right, y], theme.ink, 1.25, [2, 4]);
      context.textBaseline = nats === baselines.fixed ? "top" : "bottom"; // on the side where the curves seldom are
      halo(context, words, right - 4, y + (nats === baselines.fixed ? 4 : -2), theme);
    }
    legend(context, theme);
  }

  // above the frame, where no line runs
  function legend(context, theme) {
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.font = "13px system-ui, sans-serif";
    let right = on.width - MARGIN[1];
    for (const [words, colour, dash, width] of [["KL", theme.exact, [], 9], ["ELBO", theme.accent, [], 2.5], ["log-likelihood", theme.refined, [6, 3], 2.5]]) {
      context.fillStyle = theme.ink;
      context.fillText(words, right, 10);
      right -= context.measureText(words).width + 5;
      context.globalAlpha = width > 5 ? 0.4 : 1;
      line(context, [right - 20, 10], [right, 10], colour, width, dash);
      context.globalAlpha = 1;
      right -= 32;
    }
  }

  return figure;
}
