// Ten held-out digits, how they come back, and ten new ones, as rows of pictures; and the KL of each latent as bars. They keep no state.

import { drawDigit } from "../../draw/canvas.mjs";
import { picture } from "../../draw/picture.mjs";
import { below } from "./plane.mjs";

const NAMES = 58; // pixels for the names of the rows
const GAP = 3;

/** { element, draw({ rows: [{ name, pictures }], framed, theme }), setLabel(text) }: `pictures` holds ten of side * side numbers; `framed` frames the first column. */
export function pictureRows({ side, columns, rows, signal }) {
  const figure = picture({ aspect: 3.6, paint, signal });
  const { on } = figure;

  function paint(context, { rows: shown, theme, framed }) {
    const size = Math.min((on.width - NAMES) / columns - GAP, on.height / rows - GAP);
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "middle";
    shown.forEach(({ name, pictures }, row) => {
      const y = row * (size + GAP) + 1;
      context.fillStyle = theme.ink;
      context.fillText(name, 0, y + size / 2);
      for (let i = 0; i < columns; i++) {
        const x = NAMES + i * (size + GAP);
        drawDigit(context, pictures.subarray(i * side * side, (i + 1) * side * side), side, x, y, size, { ink: theme.digitInk, paper: theme.digitPaper });
        context.lineWidth = 1;
        context.strokeStyle = theme.axis;
        context.strokeRect(x, y, size, size);
      }
    });
    if (!framed) return;
    context.lineWidth = 3;
    context.strokeStyle = theme.exact;
    context.strokeRect(NAMES - 1, 0, size + 2, 2 * (size + GAP));
  }

  return figure;
}

/** { element, draw({ kl, theme }), setLabel(text) }: a bar for each latent, in nats. */
export function latentBars({ signal }) {
  const figure = picture({ aspect: 7, paint, signal });
  const { on } = figure;

  function paint(context, { kl, theme }) {
    const most = Math.max(1, ...[...kl].filter(Number.isFinite));
    const [left, top, foot] = [NAMES, 18, on.height - 18];
    const wide = (on.width - left) / kl.length;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    kl.forEach((nats, k) => {
      const x = left + wide * (k + 0.5);
      const tall = Number.isFinite(nats) ? (Math.max(0, nats) / most) * (foot - top) : foot - top;
      context.fillStyle = theme.exact;
      context.fillRect(x - Math.min(24, wide * 0.35), foot - tall, 2 * Math.min(24, wide * 0.35), Math.max(1.5, tall));
      context.fillStyle = theme.ink;
      context.textBaseline = "bottom";
      context.fillText(short(nats), x, foot - tall - 2);
      context.textBaseline = "top";
      context.fillText(`z${below(k)}`, x, foot + 3);
    });
    context.textAlign = "left";
    context.textBaseline = "bottom";
    context.font = "13px system-ui, sans-serif";
    context.fillText("KL", 0, foot);
  }

  return figure;
}

export const short = (nats) => (!Number.isFinite(nats) ? "\u221e" : nats >= 1000 ? nats.toExponential(0).replace("+", "") : nats.toFixed(nats < 10 ? 2 : 0));
