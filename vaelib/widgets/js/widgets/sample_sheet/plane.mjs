// The latent plane of a sheet: the codes of a model, the Gaussian that z is drawn from, and a cross for each draw. It keeps no state of its own.

import { halo, plane, surface } from "../../draw/canvas.mjs";
import { classLabels } from "../../host/codes.mjs";
import { arrowDirection } from "../../ui/controls.mjs";
import { cross, drawLabels, edgeArrow, ring, withinFrame } from "../../draw/marks.mjs";
import { nearestPlace, stepTowards } from "../../engine/nearest.mjs";

const REACH = 24; // pixels from the pointer within which a cross is picked
const RADII = [1, 2, 3]; // standard deviations
const ROOM = 20; // pixels that the name of a circle needs
const NOWHERE = [-100, -100]; // no label has to step aside
const CORNERS = 72; // of the polygon that stands for an ellipse

/** { element, draw({ codes, law, z, extent, picked, theme }), setLabel }. `z` is [x, y, x, y, ...]; `onPick(index)` follows the hand. */
export function drawsPlane({ onPick, signal }) {
  let scene = null;
  let axes = null;
  const on = surface({ label: "", onResize: paint, signal });
  const background = on.layer((context) => {
    const { codes, theme } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.drawAxes(context, theme);
    axes.clip(context, () => {
      axes.dots(context, codes.x, codes.y, codes.label, theme.classes);
      drawLabels(context, classLabels(axes, codes), NOWHERE, theme); // under the crosses: here the draws are the point
    });
  });

  function draw(next) {
    const moved = scene?.extent !== next.extent;
    if (moved) axes = plane(on, { x: [-next.extent, next.extent], y: [-next.extent, next.extent], xLabel: "z\u2081", yLabel: "z\u2082" });
    if (moved || scene.codes !== next.codes || scene.theme !== next.theme) background.invalidate();
    scene = next;
    paint();
  }

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { picked, theme } = scene;
    context.clearRect(0, 0, on.width, on.height);
    background.draw();
    axes.clip(context, () => drawLaw(context));
    const at = places();
    at.forEach(({ place, outside, away }, index) => {
      if (index === picked) return;
      if (outside) edgeArrow(context, place, away, theme);
      else cross(context, place, theme);
    });
    nameCircles(context);
    if (picked < 0) return;
    const { place, outside, away } = at[picked];
    ring(context, place, theme, { radius: 11, colour: theme.accent });
    if (outside) edgeArrow(context, place, away, theme);
    else cross(context, place, theme);
  }

  const places = () => {
    const [left, top] = axes.toPixels(-scene.extent, scene.extent);
    const [right, bottom] = axes.toPixels(scene.extent, -scene.extent);
    return Array.from({ length: scene.z.length / 2 }, (_, i) => withinFrame(axes.toPixels(scene.z[2 * i], scene.z[2 * i + 1]), { left, top, right, bottom }));
  };

  // the place on the law's ellipse of `radius` standard deviations at an angle of the noise
  const onEllipse = (radius, angle) => {
    const { mean, factor: [a, b, c] } = scene.law;
    const [n1, n2] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return axes.toPixels(mean[0] + a * n1, mean[1] + b * n1 + c * n2);
  };

  function drawLaw(context) {
    context.setLineDash([5, 4]);
    for (const radius of RADII) {
      context.beginPath();
      for (let corner = 0; corner < CORNERS; corner++) context.lineTo(...onEllipse(radius, (2 * Math.PI * corner) / CORNERS));
      context.closePath();
      for (const [colour, width] of [[scene.theme.paper, 3.5], [scene.theme.ink, 1.5]]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.stroke();
      }
    }
    context.setLineDash([]);
  }

  // the outermost always, the others where there is room between the circles
  function nameCircles(context) {
    context.save();
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const spots = RADII.map((radius) => onEllipse(radius, -Math.PI / 4));
    const apart = Math.hypot(spots[1][0] - spots[0][0], spots[1][1] - spots[0][1]);
    axes.clip(context, () => RADII.forEach((radius, i) => {
      if (apart >= ROOM || i === RADII.length - 1) halo(context, `${radius}\u03c3`, ...spots[i], scene.theme);
    }));
    context.restore();
  }

  function nearestTo(event) {
    if (!scene || !on.width) return -1;
    const box = on.element.getBoundingClientRect();
    const at = places().map(({ place }) => place);
    return nearestPlace(at.map(([x]) => x), at.map(([, y]) => y), event.clientX - box.left, event.clientY - box.top, REACH);
  }

  on.element.classList.add("vaelib-map");
  on.element.tabIndex = 0;
  on.element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  const listen = (name, handler) => on.element.addEventListener(name, handler, { signal });
  for (const type of ["pointermove", "pointerdown"]) {
    listen(type, (event) => {
      const index = nearestTo(event);
      if (index >= 0) onPick(index);
    });
  }
  listen("keydown", (event) => {
    const direction = arrowDirection(event);
    if (!direction || !scene) return;
    const xs = scene.z.filter((_, i) => i % 2 === 0);
    const ys = scene.z.filter((_, i) => i % 2 === 1);
    const next = scene.picked < 0 ? nearestPlace(xs, ys, ...scene.law.mean, Infinity) : stepTowards(xs, ys, scene.picked, ...direction);
    scene = { ...scene, picked: next }; // another key may come before the next frame is drawn
    onPick(next);
  });

  return { element: on.element, draw, setLabel: on.setLabel };
}
