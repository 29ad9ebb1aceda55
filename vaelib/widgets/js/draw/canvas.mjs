// Sharp canvases, a plane with axes drawn to scale, and grey-level digits. No traits, no models.

import { attempt } from "../host/frames.mjs";
import { rgb } from "./palette.mjs";

/** What one draws with on a canvas; an error where the browser has none to give, which it says by null. */
export function contextOf(canvas) {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("wanted a canvas to draw on, got none from this browser");
  return context;
}

/**
 * A canvas as wide as its box: { element, context, width, height, setLabel(text), layer(paint) }, sizes in CSS pixels.
 * `aspect` is width over height. `onResize()` is called whenever the size or the pixel density has changed: draw there.
 */
export function surface({ label, aspect = 1, onResize, signal }) {
  const element = document.createElement("canvas");
  element.className = "vaelib-canvas";
  element.style.aspectRatio = String(aspect);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", label);
  const context = contextOf(element);
  const self = { element, context, width: 0, height: 0, setLabel: (text) => element.setAttribute("aria-label", text), layer };
  const layers = [];

  function fit() {
    const width = Math.round(element.clientWidth);
    if (width === 0) return; // not in sight yet; the observer calls again when it is
    const density = globalThis.devicePixelRatio || 1;
    const height = Math.round(width / aspect);
    if (width === self.width && element.width === Math.round(width * density)) return;
    Object.assign(self, { width, height });
    resize(element, context, width, height, density);
    for (const one of layers) one.invalidate();
    onResize();
  }

  /** A picture that is painted once and then copied: what does not move while the reader drags. { draw(), invalidate() } */
  function layer(paint) {
    const store = document.createElement("canvas");
    let stale = true;
    const one = {
      invalidate: () => { stale = true; },
      draw: () => {
        if (stale) {
          const within = contextOf(store);
          resize(store, within, self.width, self.height, element.width / self.width);
          paint(within);
          stale = false;
        }
        context.drawImage(store, 0, 0, self.width, self.height);
      },
    };
    layers.push(one);
    return one;
  }

  const observer = new ResizeObserver(() => attempt(fit, signal));
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
  return self;
}

function resize(canvas, context, width, height, density) {
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  context.setTransform(density, 0, 0, density, 0, 0);
}

/**
 * Data coordinates on a surface: `x` and `y` are [low, high], `margin` is [top, right, bottom, left] in pixels
 * (opposite sides alike by default, so that a square surface has a square frame and circles stay round).
 * { x, y, toPixels(x, y), toData(px, py), drawAxes(context, theme), ellipse(...), dots(...), clip(...), inner() }
 */
export function plane(on, { x, y, xLabel = "", yLabel = "", margin = [8, 8, 38, 38] }) {
  const [top, right, bottom, left] = margin;
  const inner = () => ({ width: on.width - left - right, height: on.height - top - bottom });
  const toPixels = (dataX, dataY) => {
    const { width, height } = inner();
    return [left + ((dataX - x[0]) / (x[1] - x[0])) * width, top + ((y[1] - dataY) / (y[1] - y[0])) * height];
  };
  const toData = (pixelX, pixelY) => {
    const { width, height } = inner();
    return [x[0] + ((pixelX - left) / width) * (x[1] - x[0]), y[1] - ((pixelY - top) / height) * (y[1] - y[0])];
  };

  function drawAxes(context, theme) {
    const { width, height } = inner();
    context.save();
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = theme.muted;
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of ticks(...x, width / 60)) {
      const [px] = toPixels(tick, y[0]);
      line(context, crisp(px), top, crisp(px), top + height);
      context.fillText(tickText(tick), px, top + height + 6);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of ticks(...y, height / 45)) {
      const [, py] = toPixels(x[0], tick);
      line(context, left, crisp(py), left + width, crisp(py));
      context.fillText(tickText(tick), left - 6, py);
    }
    context.strokeStyle = theme.axis;
    context.strokeRect(crisp(left), crisp(top), Math.round(width), Math.round(height));
    context.fillStyle = theme.ink;
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillText(xLabel, left + width / 2, on.height - 1);
    context.translate(11, top + height / 2);
    context.rotate(-Math.PI / 2);
    context.textBaseline = "middle";
    context.fillText(yLabel, 0, 0);
    context.restore();
  }

  /** The path of an axis-aligned ellipse in data units; the caller strokes or fills it. */
  function ellipse(context, centreX, centreY, radiusX, radiusY) {
    const [px, py] = toPixels(centreX, centreY);
    const { width, height } = inner();
    context.beginPath();
    context.ellipse(px, py, (radiusX * width) / (x[1] - x[0]), (radiusY * height) / (y[1] - y[0]), 0, 0, 2 * Math.PI);
  }

  /** Points `xs`, `ys` as dots, `colours[groups[i]]` each. */
  function dots(context, xs, ys, groups, colours, { radius = 1.8, opacity = 0.6 } = {}) {
    context.save();
    context.globalAlpha = opacity;
    for (let i = 0; i < xs.length; i++) {
      const [px, py] = toPixels(xs[i], ys[i]);
      context.fillStyle = colours[groups[i]];
      context.beginPath();
      context.arc(px, py, radius, 0, 2 * Math.PI);
      context.fill();
    }
    context.restore();
  }

  /** Draw only within the frame. */
  function clip(context, paint) {
    const { width, height } = inner();
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    paint();
    context.restore();
  }

  return { x, y, toPixels, toData, drawAxes, ellipse, dots, clip, inner };
}

/** Round positions between `low` and `high`, about `count` of them. */
export function ticks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) * power;
  const result = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) result.push(Number((i * step).toPrecision(12)));
  return result;
}

const tickText = (value) => String(value).replace("-", "\u2212");
const crisp = (value) => Math.round(value) + 0.5; // a one-pixel line on the pixel grid is not blurred

function line(context, fromX, fromY, toX, toY) {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

/** Text with an edge in the colour of the paper, readable on any dots. */
export function halo(context, text, x, y, theme) {
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = theme.paper;
  context.strokeText(text, x, y);
  context.fillStyle = theme.ink;
  context.fillText(text, x, y);
}

const scratch = new WeakMap(); // one small canvas for each context that draws digits

/** Draw `pixels` (side * side values in [0, 1], row by row) as a square of `size` at (x, y): 0 is `paper`, 1 is `ink`. */
export function drawDigit(context, pixels, side, x, y, size, { ink, paper }) {
  if (pixels.length !== side * side) throw new Error(`drawDigit: wanted ${side} x ${side} pixels, got ${pixels.length}`);
  let small = scratch.get(context);
  if (!small) scratch.set(context, (small = document.createElement("canvas")));
  if (small.width !== side || small.height !== side) Object.assign(small, { width: side, height: side });
  const within = contextOf(small);
  const image = within.createImageData(side, side);
  const [dark, light] = [rgb(ink), rgb(paper)];
  for (let i = 0; i < pixels.length; i++) {
    for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = light[channel] + (dark[channel] - light[channel]) * pixels[i];
    image.data[4 * i + 3] = 255;
  }
  within.putImageData(image, 0, 0);
  context.save();
  context.imageSmoothingEnabled = false; // pixels are what the model predicts, so pixels are what is shown
  context.drawImage(small, x, y, size, size);
  context.restore();
}
