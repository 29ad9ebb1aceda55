// The plane of the front door: encoded digits, the point with the way that it came, and the cross of a drawing. It keeps no state of its own.

import { plane, surface } from "../../draw/canvas.mjs";
import { cross, drawLabels, edgeArrow, ring, withinFrame } from "../../draw/marks.mjs";
import { classLabels } from "../../host/codes.mjs";
import { arrowStep } from "../../ui/controls.mjs";

const RADIUS = 10; // of the point's ring, in pixels
const REACH = 30; // pixels from the point within which a finger takes hold of it; elsewhere it scrolls the page

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

  const { element } = on;
  element.classList.add("vaelib-door-plane");
  element.tabIndex = 0;
  element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  const listen = (name, handler, options) => element.addEventListener(name, handler, { signal, ...options });
  const placeOf = ({ clientX, clientY }) => {
    const box = element.getBoundingClientRect();
    return [clientX - box.left - element.clientLeft, clientY - box.top - element.clientTop]; // within its border
  };
  const near = (touch) => {
    const [x, y] = placeOf(touch);
    const [px, py] = axes.toPixels(...at());
    return Math.hypot(x - px, y - py) <= REACH;
  };
  let held = null; // { pointer, drags }
  const follow = (event) => onMove(axes.toData(...placeOf(event)).map((value) => Math.min(extent, Math.max(-extent, value))));
  // a finger on the point holds it; one that starts elsewhere may scroll the page up and down, as anywhere
  listen("touchstart", (event) => { if (event.touches.length === 1 && near(event.touches[0])) event.preventDefault(); }, { passive: false });
  listen("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    held = { pointer: event.pointerId, drags: event.pointerType !== "touch" || near(event) };
    element.setPointerCapture(event.pointerId);
    if (event.pointerType !== "touch") follow(event);
  });
  listen("pointermove", (event) => { if (event.pointerId === held?.pointer && held.drags) follow(event); });
  listen("pointerup", (event) => { if (event.pointerId === held?.pointer) follow(event); }); // a tap too; a swipe has been cancelled by then
  for (const type of ["pointerup", "pointercancel"]) listen(type, (event) => { if (event.pointerId === held?.pointer) held = null; });
  listen("keydown", (event) => {
    const step = arrowStep(event);
    if (step) onMove(at().map((value, axis) => Math.min(extent, Math.max(-extent, value + step[axis]))));
  });

  return {
    element,
    setLabel: on.setLabel,
    draw(next) {
      if (scene && (scene.codes !== next.codes || scene.theme !== next.theme)) background.invalidate();
      scene = next;
      paint();
    },
  };
}
