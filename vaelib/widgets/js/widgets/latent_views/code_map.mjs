// One picture of all codes that answers pointer, tap and arrow keys: dots, the marker of z and the dot that is picked. It keeps no state.

import { halo, plane, surface } from "../../draw/canvas.mjs";
import { classLabels } from "../../host/codes.mjs";
import { drawLabels, edgeArrow, ring, withinFrame } from "../../draw/marks.mjs";
import { nearestPlace, stepTowards } from "../../engine/nearest.mjs";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const REACH = 20; // pixels from the pointer within which a dot is picked

/**
 * { element, draw(scene), setLabel(text), outside() } with scene { xs, ys, labels, classes, marker, neighbours, picked, theme }; `marker` is
 * [x, y] and `neighbours`, `picked` are indices of dots. `onPick(index)` follows pointer and arrow keys, `onTake(index)` a click,
 * Enter or Space. `outside()` says whether the marker lies beyond the picture.
 */
export function codeMap({ onPick, onTake, signal }) {
  let scene = null;
  let axes = null;
  let frame = null; // [left, right, bottom, top] in the units of the map
  let labelPlaces = [];
  const on = surface({ label: "", onResize: paint, signal });
  const background = on.layer((context) => {
    const { xs, ys, labels, classes, theme } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.dots(context, xs, ys, labels, theme.classes);
    labelPlaces = classLabels(axes, { x: xs, y: ys, label: labels, classes });
    context.strokeStyle = theme.axis; // a frame without numbers: t-SNE's axes have no scale, and PCA's are not needed to compare
    context.strokeRect(0.5, 0.5, on.width - 1, on.height - 1);
  });

  function draw(next) {
    if (!scene || scene.xs !== next.xs) axes = fitted(next);
    if (!scene || scene.xs !== next.xs || scene.theme !== next.theme) background.invalidate();
    scene = next;
    paint();
  }

  const fitted = ({ xs, ys }) => {
    const [left, right, bottom, top] = [least(xs), most(xs), least(ys), most(ys)];
    const half = 0.54 * Math.max(right - left, top - bottom, 1e-9); // one scale for both axes: a distance is a distance
    const around = (low, high) => [(low + high) / 2 - half, (low + high) / 2 + half];
    frame = [...around(left, right), ...around(bottom, top)];
    return plane(on, { x: frame.slice(0, 2), y: frame.slice(2), margin: [1, 1, 1, 1] });
  };

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { xs, ys, labels, neighbours, picked, theme } = scene;
    context.clearRect(0, 0, on.width, on.height);
    background.draw();
    const { place, outside: beyond, away } = locate();
    context.save();
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    for (const index of neighbours) {
      context.beginPath();
      context.moveTo(...place);
      context.lineTo(...axes.toPixels(xs[index], ys[index]));
      context.stroke();
    }
    if (beyond) edgeArrow(context, place, away, theme);
    else ring(context, place, theme, { dot: true });
    drawLabels(context, labelPlaces, place, theme);
    if (picked >= 0) {
      const [x, y] = axes.toPixels(xs[picked], ys[picked]);
      ring(context, [x, y], theme, { radius: 6, colour: theme.accent });
      context.font = "bold 16px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      halo(context, String(labels[picked]), x + (x > on.width - 30 ? -16 : 16), y - (y < 24 ? -12 : 12), theme);
    }
    context.restore();
  }

  function outside() {
    const [[x, y], [left, right, bottom, top]] = [scene.marker, frame];
    return x < left || x > right || y < bottom || y > top;
  }

  const locate = () => withinFrame(axes.toPixels(...scene.marker), { left: 1, top: 1, right: on.width - 1, bottom: on.height - 1 });

  function nearestTo(event) {
    if (!scene) return -1;
    const box = on.element.getBoundingClientRect();
    const [x, y] = axes.toData(event.clientX - box.left, event.clientY - box.top);
    const [edge] = axes.toData(event.clientX - box.left + REACH, 0);
    return nearestPlace(scene.xs, scene.ys, x, y, edge - x);
  }

  on.element.classList.add("vaelib-map");
  on.element.tabIndex = 0;
  on.element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  const listen = (name, handler) => on.element.addEventListener(name, handler, { signal });
  listen("pointermove", (event) => {
    const index = nearestTo(event);
    if (index >= 0) onPick(index);
  });
  listen("click", (event) => {
    const index = nearestTo(event);
    if (index >= 0) onTake(index);
  });
  listen("keydown", (event) => {
    if (!scene || event.ctrlKey || event.metaKey || event.altKey) return;
    const { xs, ys, marker, picked } = scene;
    if (KEYS[event.key]) {
      event.preventDefault(); // the page would scroll
      const next = picked < 0 ? nearestPlace(xs, ys, ...marker, Infinity) : stepTowards(xs, ys, picked, ...KEYS[event.key]);
      scene = { ...scene, picked: next }; // another key may come before the next frame is drawn
      onPick(next);
    } else if ((event.key === "Enter" || event.key === " ") && picked >= 0) {
      event.preventDefault();
      onTake(picked);
    }
  });

  return { element: on.element, draw, setLabel: on.setLabel, outside };
}

const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
