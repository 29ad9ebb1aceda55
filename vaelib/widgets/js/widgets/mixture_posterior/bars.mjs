// Two bars for each component, its posterior above and the reader's q below. It draws what it is given and computes nothing.

import { COLOURS } from "./plane.mjs";
import { picture } from "../../draw/picture.mjs";

const LEFT = 62; // pixels for the names
const RIGHT = 50; // and for the numbers

/** { element, draw({ posterior, q, theme }), setLabel(text) } */
export function mixtureBars({ signal }) {
  const figure = picture({ label: "Bars of the posterior and of q", aspect: 2.3, paint, signal });

  function paint(context, { posterior, q, theme }) {
    const { width, height } = figure.on;
    const group = height / posterior.length;
    const thick = 0.36 * group;
    context.textBaseline = "middle";
    posterior.forEach((p, k) => {
      const top = k * group + 0.08 * group;
      context.textAlign = "left";
      context.font = "bold 14px system-ui, sans-serif";
      context.fillStyle = theme.ink;
      context.fillText(`z = ${k + 1}`, 0, top + thick);
      for (const [name, value, y, drawBar] of [["p", p, top, solid], ["q", q[k], top + thick + 0.06 * group, hatched]]) {
        const length = value * (width - LEFT - RIGHT);
        drawBar(context, LEFT, y, length, thick, theme.classes[COLOURS[k]], theme);
        context.font = "13px system-ui, sans-serif";
        context.textAlign = "right";
        context.fillStyle = theme.muted;
        context.fillText(name, LEFT - 6, y + thick / 2);
        context.textAlign = "left";
        context.fillStyle = theme.ink;
        context.fillText(value.toFixed(3), LEFT + length + 6, y + thick / 2);
      }
    });
    context.strokeStyle = theme.axis;
    context.lineWidth = 1;
    context.strokeRect(LEFT - 0.5, -1, 0, height + 2);
  }

  return figure;
}

function solid(context, x, y, length, thick, colour) {
  context.fillStyle = colour;
  context.fillRect(x, y, length, thick);
}

// told from the solid one without its colour
function hatched(context, x, y, length, thick, colour, theme) {
  context.save();
  context.beginPath();
  context.rect(x, y, length, thick);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  for (let start = x - thick; start < x + length; start += 7) {
    context.beginPath();
    context.moveTo(start, y + thick);
    context.lineTo(start + thick, y);
    context.stroke();
  }
  context.restore();
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.25;
  context.strokeRect(x, y, length, thick);
}
