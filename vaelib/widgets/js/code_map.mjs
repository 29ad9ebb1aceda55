// One picture of all codes that answers pointer, tap and arrow keys: dots, the marker of z and the dot that is picked. It keeps no state.

import { halo, plane, surface } from "./canvas.mjs";
import { drawCodes } from "./codes.mjs";
import { nearestPlace, stepTowards } from "./nearest.mjs";

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const REACH = 20; // pixels from the pointer within which a dot is picked

/**
 * { element, draw(scene), setLabel(text) } with scene { xs, ys, labels, classes, marker, neighbours, picked, theme }; `marker` is
 * [x, y] and `neighbours`, `picked` are indices of dots. `onPick(index)` follows pointer and arrow keys, `onTake(index)` a click,
 * Enter or Space.
 */
export function codeMap({ onPick, onTake, signal }) {
  let scene = null;
  let axes = null;
  const on = surface({ label: "", onResize: paint, signal });
  const background = on.layer((context) => {
    const { xs, ys, labels, classes, theme } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    drawCodes(context, axes, { x: xs, y: ys, label: labels, classes }, theme);
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
    return plane(on, { x: around(left, right), y: around(bottom, top), margin: [1, 1, 1, 1] });
  };

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { xs, ys, labels, marker, neighbours, picked, theme } = scene;
    context.clearRect(0, 0, on.width, on.height);
    background.draw();
    const place = axes.toPixels(...marker);
    context.save();
    context.strokeStyle = theme.muted;
    context.lineWidth = 1;
    for (const index of neighbours) {
      context.beginPath();
      context.moveTo(...place);
      context.lineTo(...axes.toPixels(xs[index], ys[index]));
      context.stroke();
    }
    ring(context, place, 8, theme.mark, theme.paper);
    if (picked >= 0) {
      const [x, y] = axes.toPixels(xs[picked], ys[picked]);
      ring(context, [x, y], 6, theme.accent, theme.paper);
      context.font = "bold 16px system-ui, sans-serif";
      context.textAlign = "center";
      context.textBaseline = "middle";
      halo(context, String(labels[picked]), x + (x > on.width - 30 ? -16 : 16), y - (y < 24 ? -12 : 12), theme);
    }
    context.restore();
  }

  function nearestTo(event) {
    if (!scene) return -1;
    const box = on.element.getBoundingClientRect();
    const [x, y] = axes.toData(event.clientX - box.left, event.clientY - box.top);
    const [edge] = axes.toData(event.clientX - box.left + REACH, 0);
    return nearestPlace(scene.xs, scene.ys, x, y, edge - x);
  }

  on.element.classList.add("vaelib-map");
  on.element.tabIndex = 0;
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
      onPick(picked < 0 ? nearestPlace(xs, ys, ...marker, Infinity) : stepTowards(xs, ys, picked, ...KEYS[event.key]));
    } else if ((event.key === "Enter" || event.key === " ") && picked >= 0) {
      event.preventDefault();
      onTake(picked);
    }
  });

  return { element: on.element, draw, setLabel: on.setLabel };
}

function ring(context, [x, y], radius, colour, paper) {
  for (const [style, width] of [[paper, 5.5], [colour, 2.5]]) {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke();
  }
}

const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
