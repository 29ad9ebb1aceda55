// The plane of z that answers pointer, touch and arrow keys: prior, encoded digits, q and the point z. It keeps no state of its own.

import { contextOf, halo, plane, surface } from "./canvas.mjs";
import { drawGaussian, reach } from "./close_up.mjs";
import { classLabels } from "../host/codes.mjs";
import { cross, drawLabels, edgeArrow, ring, withinFrame } from "./marks.mjs";
import { nearestHandle, pad } from "./pad.mjs";
import { shades } from "./shades.mjs";
import { rgb } from "./palette.mjs";

/** { element, draw({ z, asked, draws, q, codes, colour, theme, map, truth }), invalidate() }. `z` lies on the plane; `asked`
 * is the z that was set, which may lie beyond; `colour` is what the dots are coloured by; `map`, if given, is { shares, steps }: a weight
 * for each point of a lattice over the plane; `truth`, if given, is a z whose cross lies above the ring. `at()` is z at this moment and `onMove([z1, z2])` follows the reader's hand. */
export function latentPlane({ extent, at, onMove, signal }) {
  let scene = null;
  let labels = [];
  const on = surface({ label: "The latent plane. Drag, or use the arrow keys, to move z.", onResize: paint, signal });
  const range = [-extent, extent];
  const axes = plane(on, { x: range, y: range, xLabel: "z\u2081", yLabel: "z\u2082" });
  const background = on.layer((context) => {
    const { theme, codes, colour } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    axes.drawAxes(context, theme);
    axes.clip(context, () => {
      if (codes) {
        const { groups, colours, opacity } = shades(codes, colour, theme);
        axes.dots(context, codes.x, codes.y, groups, colours, { opacity });
      }
      drawPrior(context, theme);
    });
    labels = codes ? classLabels(axes, codes) : [];
  });

  function drawPrior(context, theme) {
    context.save();
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.25;
    context.setLineDash([5, 4]);
    for (const radius of [1, 2, 3]) {
      axes.ellipse(context, 0, 0, radius, radius);
      context.stroke();
    }
    context.setLineDash([]);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const angle = emptiestAngle(scene.codes);
    for (const radius of [1, 2, 3].filter((one) => one < extent)) {
      halo(context, `${radius}\u03c3`, ...axes.toPixels(radius * Math.cos(angle), radius * Math.sin(angle)), theme);
    }
    context.restore();
  }

  function draw(next) {
    if (scene && (scene.codes !== next.codes || scene.colour !== next.colour || scene.theme !== next.theme)) background.invalidate();
    scene = next;
    paint();
  }

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { z, asked, draws, q, theme } = scene;
    context.clearRect(0, 0, on.width, on.height);
    background.draw();
    axes.clip(context, () => {
      if (scene.map) drawMap(context, scene.map, theme);
      for (const one of draws) cross(context, axes.toPixels(...one), theme);
      if (q) drawGaussian(context, axes, q, theme);
    });
    const [left, top] = axes.toPixels(-extent, extent);
    const [right, bottom] = axes.toPixels(extent, -extent);
    const { outside, place, away } = withinFrame(axes.toPixels(...asked), { left, top, right, bottom });
    if (outside) edgeArrow(context, place, away, theme);
    else ring(context, axes.toPixels(...z), theme, { dot: true });
    drawLabels(context, labels, place, theme);
    if (scene.truth) cross(context, axes.toPixels(...scene.truth), theme, { colour: theme.exact, arm: 6, bold: 1 });
    if (q) axes.clip(context, () => drawFrame(context, q, theme)); // above dots and class labels
  }

  // as dark as its weight, the heaviest point full; z1 runs over rows of the list, z2 within a row
  function drawMap(context, { shares, steps }, theme) {
    const store = document.createElement("canvas");
    Object.assign(store, { width: steps, height: steps });
    const within = contextOf(store);
    const image = within.createImageData(steps, steps);
    const heaviest = shares.reduce((a, b) => Math.max(a, b), 0);
    shares.forEach((share, k) => {
      const place = 4 * ((steps - 1 - (k % steps)) * steps + Math.floor(k / steps));
      image.data.set([...rgb(theme.accent), Math.round(220 * Math.sqrt(share / heaviest))], place);
    });
    within.putImageData(image, 0, 0);
    const half = extent / (steps - 1); // a point of the lattice is the middle of its cell
    const [left, top] = axes.toPixels(-extent - half, extent + half);
    const [right, bottom] = axes.toPixels(extent + half, -extent - half);
    context.drawImage(store, left, top, right - left, bottom - top);
  }

  // the square that the close-up shows, never smaller than can be seen
  function drawFrame(context, { mean, log_var }, theme) {
    const [px, py] = axes.toPixels(...mean);
    const half = Math.max(11, axes.toPixels(mean[0] + reach(log_var), 0)[0] - px);
    for (const [colour, width] of [[theme.paper, 4], [theme.accent, 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect(px - half, py - half, 2 * half, 2 * half);
    }
  }

  pad(on, {
    grab: (place) => nearestHandle([["z", axes.toPixels(...at())]], place),
    beside: () => "z",
    drag: (_, place) => onMove(axes.toData(...place)),
    key: (direction, far) => onMove(at().map((value, axis) => value + direction[axis] * (far ? 0.5 : 0.1))), // not the drawn z: two keys may come within one frame
    signal,
  });

  return { element: on.element, draw, invalidate: () => background.invalidate() };
}

/** The direction in which the names of the circles cover the fewest dots. */
function emptiestAngle(codes) {
  const angles = Array.from({ length: 24 }, (_, i) => (i * Math.PI) / 12);
  const crowd = (angle) => [1, 2, 3].reduce((total, radius) => {
    const [x, y] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return total + codes.x.reduce((count, one, i) => count + (Math.hypot(one - x, codes.y[i] - y) < 0.35), 0);
  }, 0);
  const crowds = codes ? angles.map(crowd) : angles.map(() => 0);
  return angles[crowds.indexOf(Math.min(...crowds))];
}
