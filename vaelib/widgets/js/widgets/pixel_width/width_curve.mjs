// log p(x | z) over the width of the pixels, with a ring at the present width that can be dragged, and the best width once it is shown. No state.

import { halo, plane } from "../../draw/canvas.mjs";
import { line, ring } from "../../draw/marks.mjs";
import { slidingPad } from "../../draw/pad.mjs";
import { drawCurve, drawScales } from "../../draw/scales.mjs";
import { picture } from "../../draw/picture.mjs";
import { RANGE } from "./gaussian_pixels.mjs";

const X = RANGE.map(Math.log);
const DEEP = 130; // nats in sight below the highest value
const WIDTHS = [0.01, 0.03, 0.1, 0.3, 1];
const MARGIN = [24, 12, 22, 40];

/** { element, draw({ std, score, best, revealed, theme }), setLabel(text) }; `score(std)` is log p(x | z), `at()` the width now, `onMove(std)` the hand's. */
export function widthCurve({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.3, paint, signal });
  const { on } = figure;
  const axesOf = (top) => {
    const high = Math.ceil((top + 8) / 10) * 10;
    const frame = { x: X, y: [high - DEEP, high] };
    return { frame, axes: plane(on, { ...frame, margin: MARGIN }) };
  };
  const axesNow = () => axesOf(figure.scene.score(figure.scene.best));
  const place = (std) => {
    const { axes, frame } = axesNow();
    return axes.toPixels(Math.log(std), Math.max(frame.y[0], figure.scene.score(std)));
  };

  function paint(context, { std, score, best, revealed, theme }) {
    const { axes, frame } = axesOf(score(best));
    const rows = [];
    for (let nats = Math.ceil(frame.y[0] / 20) * 20; nats < frame.y[1]; nats += 20) rows.push([nats, String(nats).replace("-", "\u2212")]);
    drawScales(context, axes, { x: WIDTHS.map((one) => [Math.log(one), String(one)]), y: rows, frame, xName: "\u03c3\u2093", yName: "log p(x | z), nats", theme });
    axes.clip(context, () => {
      drawCurve(context, axes, X, (log) => score(Math.exp(log)), theme.ink);
      if (revealed) line(context, axes.toPixels(Math.log(best), frame.y[0]), axes.toPixels(Math.log(best), score(best)), theme.refined, 2.5, [6, 4]);
    });
    if (revealed) {
      context.font = "13px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "bottom";
      const [x, y] = axes.toPixels(Math.log(best), score(best));
      halo(context, `best: ${best.toPrecision(3)}`, Math.min(x, on.width - 50), y - 9, theme);
    }
    ring(context, place(std), theme, { colour: theme.accent, dot: true });
    if (score(std) < frame.y[0]) {
      context.font = "13px system-ui, sans-serif";
      context.textAlign = "left";
      context.textBaseline = "bottom";
      const [x, y] = place(std);
      halo(context, "\u2193 far below", x + 14, y - 4, theme);
    }
  }

  slidingPad(on, {
    place: () => place(at()),
    slide: (x) => onMove(Math.exp(axesNow().axes.toData(x, 0)[0])),
    step: (times, far) => onMove(at() * Math.exp(times * (far ? 0.25 : 0.05))),
    signal,
  });

  return figure;
}
