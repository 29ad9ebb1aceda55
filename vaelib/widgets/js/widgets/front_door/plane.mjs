// The plane of the front door: encoded digits, the point with the way that it came, and the cross of a drawing. It keeps no state of its own.

import { plane, surface } from "../../draw/canvas.mjs";
import { cross, drawLabels, edgeArrow, ring, withinFrame } from "../../draw/marks.mjs";
import { classLabels } from "../../host/codes.mjs";
import { nearestHandle, pad } from "../../draw/pad.mjs";
import { clamp } from "../../engine/range.mjs";

const RADIUS = 10; // of the point's ring, in pixels

/**
 * { element, draw({ z, trail, codes, mark, theme }) }; `codes` and `mark` may be null. `at()` is z at this moment, and `onMove([z1, z2])` follows
 * the reader's hand.
 */
export function doorPlane({ extent, at, onMove, signal }) {
  let scene = null;
  let labels = [];
  const on = surface({ label: "A plane: each place is two numbers. Drag the point, or use the arrow keys.", onResize: paint, signal });
  const axes = plane(on, { x: [-extent, extent], y: [-extent, extent], margin: [1, 1, 1, 1] });
  const background = on.layer((context) => {
    const { theme, codes } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.clip(context, () => { if (codes) axes.dots(context, codes.x, codes.y, codes.label, theme.classes, { radius: Math.max(1.3, on.width / 210), opacity: 0.55 }); });
    labels = codes ? classLabels(axes, codes) : [];
  });

  function paint() {
    if (!scene || !on.width) return;
    const { z, trail, mark, theme } = scene;
    const { context } = on;
    context.clearRect(0, 0, on.width, on.height);
    background.draw();
    const frame = { left: 1, top: 1, right: on.width - 1, bottom: on.height - 1 };
    const { outside, place, away } = withinFrame(axes.toPixels(...z), frame);
    axes.clip(context, () => drawTrail(context, trail, theme));
    if (mark) {
      const to = withinFrame(axes.toPixels(...mark), frame);
      if (to.outside) edgeArrow(context, to.place, to.away, { ...theme, mark: theme.exact });
      else cross(context, to.place, theme, { colour: theme.exact, arm: 8, bold: 1.5 });
    }
    drawLabels(context, labels, place, theme);
    if (outside) edgeArrow(context, place, away, { ...theme, mark: theme.accent });
    else ring(context, place, theme, { radius: RADIUS, colour: theme.accent, dot: true });
  }

  // the way that the point came, fading towards its beginning
  function drawTrail(context, trail, theme) {
    context.save();
    context.strokeStyle = theme.accent;
    context.lineCap = "round";
    context.lineWidth = 3;
    for (let i = 1; i < trail.length; i++) {
      context.globalAlpha = 0.5 * (i / trail.length) ** 2;
      context.beginPath();
      context.moveTo(...axes.toPixels(...trail[i - 1]));
      context.lineTo(...axes.toPixels(...trail[i]));
      context.stroke();
    }
    context.restore();
  }

  on.element.classList.add("vaelib-door-plane");
  const inside = (z) => z.map((value) => clamp(value, [-extent, extent]));
  pad(on, {
    grab: (place) => nearestHandle([["point", axes.toPixels(...at())]], place),
    beside: () => "point",
    drag: (_, place) => onMove(inside(axes.toData(...place))),
    key: (direction, far) => onMove(inside(at().map((value, axis) => value + direction[axis] * (far ? 0.5 : 0.1)))),
    signal,
  });

  return {
    element: on.element,
    setLabel: on.setLabel,
    draw(next) {
      if (scene && (scene.codes !== next.codes || scene.theme !== next.theme)) background.invalidate();
      scene = next;
      paint();
    },
  };
}
