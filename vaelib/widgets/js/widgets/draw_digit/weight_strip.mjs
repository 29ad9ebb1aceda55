// The normalized importance weights of some draws as bars, largest first. No mathematics beyond their effective number.

import { surface } from "../../draw/canvas.mjs";

/** 1 / sum of squared weights: how many equal weights would average as well. */
export const effective = (weight) => 1 / weight.reduce((sum, one) => sum + one * one, 0);

/** { element, draw({ weight, theme }) } */
export function weightStrip({ signal }) {
  let scene = null;
  const on = surface({ label: "Importance weights", aspect: 4.2, onResize: paint, signal });

  function paint() {
    if (!scene || !on.width) return;
    const { weight, theme } = scene;
    const { context, width, height } = on;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, width, height);
    const sorted = Float64Array.from(weight).sort().reverse();
    const base = height - 2;
    const step = width / sorted.length;
    const gap = step > 4 ? 1.5 : 0;
    context.fillStyle = theme.ink;
    sorted.forEach((one, i) => {
      const tall = (one / sorted[0]) * (base - 4);
      context.fillRect(i * step + gap / 2, base - tall, Math.min(step - gap, 60), tall);
    });
    context.fillStyle = theme.axis;
    context.fillRect(0, base, width, 1);
  }

  return {
    element: on.element,
    draw: (next) => {
      scene = next;
      const { weight } = next;
      const largest = weight.reduce((most, one) => Math.max(most, one), 0);
      on.setLabel(`Importance weights of ${weight.length} draws, largest first. The largest is ${largest.toFixed(2)} of the whole; they count as ${effective(weight).toFixed(1)} equal draws.`);
      paint();
    },
  };
}
