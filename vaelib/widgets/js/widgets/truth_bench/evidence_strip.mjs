// The density p(x) that a decoder gives to x once z is averaged out, and its height at one x. It keeps no state.

import { halo } from "../../draw/canvas.mjs";
import { logNormal } from "./linear_gaussian.mjs";
import { disc } from "../../draw/marks.mjs";
import { picture } from "../../draw/picture.mjs";

const EXTENT = 3.3;
const STEPS = 240;
const FOOT = 22; // pixels below the curve for the numbers
const TOP = 0.55; // height of the picture, unless the curve is taller

/** { element, draw({ x, std, data, theme }), setLabel(text) }: `std` is that of p(x); `data` are further points, marked on the axis. */
export function evidenceStrip({ signal }) {
  const figure = picture({ aspect: 4.4, paint, signal });
  const { on } = figure;
  const toX = (x) => on.width * (0.5 + x / (2 * EXTENT));

  function paint(context, { x, std, data, theme }) {
    const base = on.height - FOOT;
    const density = (value) => Math.exp(logNormal(value, 0, std));
    const tall = Math.max(TOP, 1.1 * density(0));
    const toY = (height) => base * (1 - height / tall);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    for (let value = -3; value <= 3; value++) {
      context.fillRect(Math.round(toX(value)), base, 1, 4);
      context.fillText(String(value).replace("-", "\u2212"), toX(value), base + 7);
    }
    context.fillRect(0, base, on.width, 1);
    context.beginPath();
    for (let step = 0; step <= STEPS; step++) {
      const value = EXTENT * ((2 * step) / STEPS - 1);
      context.lineTo(toX(value), toY(density(value)));
    }
    context.strokeStyle = theme.muted;
    context.lineWidth = 2;
    context.stroke();
    context.fillStyle = theme.ink;
    for (const one of data) context.fillRect(toX(one) - 1.5, base - 7, 3, 7);

    const top = toY(density(x));
    context.fillRect(toX(x) - 1.5, top, 3, base - top);
    disc(context, [toX(x), top], 5, theme.mark, { colour: theme.paper, width: 2 });
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    halo(context, "p(x): z averaged out", 3, 13, theme);
    context.textAlign = "right";
    halo(context, `${density(x).toFixed(3)} at this x`, on.width - 3, 13, theme);
  }

  return figure;
}
