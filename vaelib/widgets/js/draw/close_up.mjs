// A magnified square of the latent plane around q(z | x), to scale with its own ticks: an encoder's q is often too narrow to see on the plane.

import { plane, surface } from "./canvas.mjs";
import { ring } from "./marks.mjs";

/** Half the side of the square: four standard deviations, rounded up to a round number. */
export function reach(log_var) {
  const wanted = 4 * Math.exp(Math.max(...log_var) / 2);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return [1, 1.5, 2, 3, 5, 7, 10].find((factor) => factor * power >= wanted) * power;
}

/** The 1 and 2 sigma ellipses of q(z | x) on `axes`. */
export function drawGaussian(context, axes, { mean, log_var }, theme) {
  const std = Array.from(log_var, (value) => Math.exp(value / 2));
  for (const [times, width] of [[2, 1.5], [1, 2.5]]) {
    axes.ellipse(context, ...mean, times * std[0], times * std[1]);
    for (const [colour, extra] of [[theme.paper, 2.5], [theme.accent, 0]]) {
      context.strokeStyle = colour;
      context.lineWidth = width + extra;
      context.stroke();
    }
  }
}

/** { element, draw(q, z, theme) } */
export function closeUp({ signal }) {
  let scene = null;
  const on = surface({ label: "Close-up of q(z|x) with its ellipses of 1 and 2 standard deviations", onResize: paint, signal });

  function paint() {
    if (!scene || !on.width) return;
    const { q, z, theme } = scene;
    const { mean, log_var } = q;
    const half = reach(log_var);
    const axes = plane(on, { x: [mean[0] - half, mean[0] + half], y: [mean[1] - half, mean[1] + half], margin: [16, 6, 26, 36] });
    on.context.fillStyle = theme.paper;
    on.context.fillRect(0, 0, on.width, on.height);
    axes.drawAxes(on.context, theme);
    axes.clip(on.context, () => {
      drawGaussian(on.context, axes, q, theme);
      ring(on.context, axes.toPixels(...z), theme, { radius: 5, dot: true });
    });
  }

  return {
    element: on.element,
    draw: (q, z, theme) => {
      scene = { q, z, theme };
      paint();
    },
  };
}
