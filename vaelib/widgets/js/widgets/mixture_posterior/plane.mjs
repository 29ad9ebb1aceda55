// The plane of x for a mixture: its posterior as colour, its components as circles, and handles to drag. It keeps no state of its own.

import { contextOf, plane, surface } from "../../draw/canvas.mjs";
import { handle, withHandles } from "../../ui/handle.mjs";
import { pad } from "../../draw/pad.mjs";
import { posteriorOver } from "./mixture.mjs";
import { rgb } from "../../draw/palette.mjs";
import { shown } from "../../draw/format.mjs";

/** The plane spans [-EXTENT, EXTENT]^2, as in mixture_posterior.py. */
export const EXTENT = 5;
/** Which of the theme's class colours each component has: three that every reader can tell apart, also when they are mixed. */
export const COLOURS = [4, 1, 2];
const CELL = 4; // pixels of the screen for one of the background
const STRENGTH = 0.4; // of a colour over the paper, so that circles and digits stand out

/** { element, draw({ x, mixture, theme }) }. `at(name)` is where handle "x" or a component's number stands at this moment; `onMove(name, [x1, x2])`. */
export function mixturePlane({ at, onMove, signal }) {
  let scene = null;
  const on = surface({ label: "The plane of x. Click or drag to move x.", onResize: paint, signal });
  const range = [-EXTENT, EXTENT];
  const axes = plane(on, { x: range, y: range, xLabel: "x\u2081", yLabel: "x\u2082" });
  const background = on.layer((context) => {
    const { mixture, theme } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.clip(context, () => colourPosterior(context, mixture, theme));
    axes.drawAxes(context, theme);
    axes.clip(context, () => drawCircles(context, mixture, theme));
  });

  const handles = /** @type {("x" | number)[]} */ (["x", ...COLOURS.keys()]).map((name) => handle({
    text: name === "x" ? "x" : String(name + 1), colour: name === "x" ? "mark" : `class-${COLOURS[name]}`, signal,
    follow: (place) => onMove(name, axes.toData(...place)),
    key: (direction, far) => onMove(name, at(name).map((value, axis) => value + direction[axis] * (far ? 0.5 : 0.1))),
  }));
  handles[0].element.classList.add("vaelib-handle-x");
  pad(on, { grab: () => null, beside: () => "x", drag: (name, place) => onMove(name, axes.toData(...place)), signal });
  const named = (i) => (i === 0 ? "The point x" : `The mean of component ${i}`);
  const words = (i, x) => `${named(i)}, at (${x.map((value) => shown(value, 2)).join(", ")}). Drag it, or use the arrow keys.`;

  function draw(next) {
    if (!scene || scene.mixture !== next.mixture || scene.theme !== next.theme) background.invalidate();
    scene = next;
    paint();
  }

  function paint() {
    if (!scene || !on.width) return;
    on.context.clearRect(0, 0, on.width, on.height);
    background.draw();
    handles.forEach((one, i) => {
      const x = i === 0 ? scene.x : scene.mixture.mean[i - 1];
      one.set(axes.toPixels(...x), words(i, x));
    });
  }

  const small = document.createElement("canvas");
  function colourPosterior(context, mixture, theme) {
    const { width, height } = axes.inner();
    const [columns, rows] = [width, height].map((one) => Math.max(1, Math.round(one / CELL)));
    Object.assign(small, { width: columns, height: rows });
    const within = contextOf(small);
    const image = within.createImageData(columns, rows);
    const middles = (cells) => Array.from({ length: cells }, (_, i) => ((2 * i + 1) / cells - 1) * EXTENT);
    const p = posteriorOver(middles(columns), middles(rows).reverse(), mixture);
    const paper = rgb(theme.paper);
    const colours = COLOURS.map((index) => rgb(theme.classes[index]));
    for (let i = 0; i < columns * rows; i++) {
      for (let channel = 0; channel < 3; channel++) {
        let value = (1 - STRENGTH) * paper[channel];
        for (let k = 0; k < colours.length; k++) value += STRENGTH * p[i * colours.length + k] * colours[k][channel];
        image.data[4 * i + channel] = value;
      }
      image.data[4 * i + 3] = 255;
    }
    within.putImageData(image, 0, 0);
    context.drawImage(small, ...axes.toPixels(-EXTENT, EXTENT), width, height);
  }

  function drawCircles(context, { mean, std }, theme) {
    mean.forEach(([m1, m2], k) => {
      for (const [radius, dash] of [[std[k], []], [2 * std[k], [6, 4]]]) {
        for (const [colour, width] of [[theme.paper, 4.5], [theme.classes[COLOURS[k]], 2.25]]) {
          axes.ellipse(context, m1, m2, radius, radius);
          context.strokeStyle = colour;
          context.lineWidth = width;
          context.setLineDash(dash);
          context.stroke();
        }
      }
      context.setLineDash([]);
    });
  }

  return { element: withHandles(on, handles), draw, setLabel: on.setLabel };
}
