// The whole latent plane in small: encoded digits, where the close-up lies, and q's mean. No state of its own.

import { plane, surface } from "../../draw/canvas.mjs";
import { edgeArrow, ring, withinFrame } from "../../draw/marks.mjs";

/** { element, draw({ view, q, codes, theme }), invalidate() }; q and codes may be null. */
export function wholePlane({ signal }) {
  let scene = null;
  const on = surface({ label: "The whole latent plane from \u22124 to 4; a frame shows where the close-up lies.", onResize: paint, signal });
  const axes = plane(on, { x: [-4, 4], y: [-4, 4], margin: [3, 3, 3, 3] });
  const background = on.layer((context) => {
    const { theme, codes } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.clip(context, () => { if (codes) axes.dots(context, codes.x, codes.y, codes.label, theme.classes, { radius: 0.9 }); });
    context.strokeStyle = theme.axis;
    context.strokeRect(3, 3, on.width - 6, on.height - 6);
  });

  function paint() {
    if (!scene || !on.width) return;
    const { view, q, theme } = scene;
    const { context } = on;
    context.clearRect(0, 0, on.width, on.height);
    background.draw();
    const [left, top] = axes.toPixels(view.x[0], view.y[1]);
    const [right, bottom] = axes.toPixels(view.x[1], view.y[0]);
    const [x, y, half] = [(left + right) / 2, (top + bottom) / 2, Math.max(7, (right - left) / 2)];
    axes.clip(context, () => {
      for (const [colour, width] of [[theme.paper, 4.5], [theme.exact, 2.5]]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(x - half, Math.min(bottom, y) - half, 2 * half, 2 * half);
      }
      if (q) ring(context, axes.toPixels(...q.mean), theme, { radius: 4, colour: theme.accent });
    });
    const frame = { left: 3, top: 3, right: on.width - 3, bottom: on.height - 3 };
    const out = withinFrame([x, y], frame);
    if (out.outside) edgeArrow(context, out.place, out.away, { ...theme, mark: theme.exact });
  }

  return {
    element: on.element,
    invalidate: () => background.invalidate(),
    draw: (next) => {
      if (scene && (scene.codes !== next.codes || scene.theme !== next.theme)) background.invalidate();
      scene = next;
      paint();
    },
  };
}
