// The path of one draw, from top to bottom: noise, z, cost, all over one horizontal scale. It keeps no state and computes no gradient.

import { halo } from "../../draw/canvas.mjs";
import { cost, slope } from "./cost.mjs";
import { line, ring } from "../../draw/marks.mjs";
import { nearestHandle, pad } from "../../draw/pad.mjs";
import { picture } from "../../draw/picture.mjs";
import { shown } from "../../draw/format.mjs";
import { clamp } from "../../engine/range.mjs";

export const AXIS = 6; // noise and z are shown from -AXIS to AXIS; as in reparameterization.py
const TALLEST = 40; // of the cost's band
const STEPS = 240;
const UNIT = 0.1; // height of the standard normal, in parts of the picture: the scale of every density
const ROOM = 0.3; // height of the band of z, in parts of the picture
export const NARROWEST = UNIT / ROOM; // the std whose peak just fits; what is narrower is cut off

/**
 * { element, draw(scene), setLabel(text) }, scene { mean, std, drawnStd, noise, z, trick, bars, theme }. `std` belongs to the density,
 * `drawnStd` to the draw; they differ only when the formula is broken, and then the draw's density is dashed. `bars` is a histogram of z, or empty.
 * `at()` is { noise, z, std } at this moment, std that of the draw, and `onMove(noise)` follows the hand: on the noise, or on z or its cost,
 * which move the noise to where this z comes from.
 */
export function bench({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.2, paint, signal });
  const { on } = figure;
  const toX = (value) => on.width * (0.5 + value / (2 * AXIS));
  const band = (from, to) => ({ top: from * on.height, base: to * on.height, height: (to - from) * on.height });

  const bands = () => [band(0.07, 0.2), band(0.6 - ROOM, 0.6), band(0.7, 0.985)];

  /** Where the three rings lie, in pixels. */
  function places({ noise, z }) {
    const [noises, zs, costs] = bands();
    const x = toX(clamped(z));
    return { noise: [toX(noise), noises.base], z: [x, zs.base], cost: [x, costs.base - (costs.height * Math.min(cost(clamped(z)), TALLEST)) / TALLEST] };
  }

  // noise 0 leaves z at the mean, so there is one for each noise as long as std is not 0, which it never is
  const noiseOf = (z) => at().noise + (z - at().z) / at().std;
  pad(on, {
    grab: (place) => nearestHandle(Object.entries(places(at())), place),
    drag: (name, [x]) => {
      const value = (x / on.width - 0.5) * 2 * AXIS;
      onMove(name === "noise" ? value : noiseOf(value));
    },
    key: ([right, up], far) => {
      const stride = (right || up) * (far ? 0.5 : 0.1);
      onMove(right ? at().noise + stride : noiseOf(at().z + stride));
    },
    sideways: true,
    signal,
  });

  function paint(context, { mean, std, drawnStd, noise, z, trick, bars, theme }) {
    const [noises, zs, costs] = bands();
    if (trick) fan(context, noises.base, zs.base, theme);
    drawBars(context, zs, bars, theme);
    density(context, noises, 0, 1, theme.muted);
    if (drawnStd !== std) density(context, zs, mean, drawnStd, theme.ink, [6, 4]);
    density(context, zs, mean, std, theme.accent);
    drawCost(context, costs, theme);
    for (const { base } of [noises, zs]) line(context, [0, base], [on.width, base], theme.axis, 1);
    numbers(context, zs.base, theme);

    const { noise: top, z: end, cost: bottom } = places({ noise, z });
    // with the trick off the path from the parameters is cut: the number z is passed on, not how it was made
    arrow(context, top, end, theme.ink, trick ? [] : [3, 5]);
    line(context, end, bottom, theme.muted, 1.25, [2, 4]);
    drawTangent(context, costs, theme);
    for (const place of [top, end, bottom]) ring(context, place, theme, { dot: true });
    if (Math.min(std, drawnStd) < NARROWEST) cutSign(context, zs, mean, theme);
    if (z !== clamped(z)) outside(context, end, z, theme);

    context.font = "14px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    halo(context, "noise ~ N(0, 1)", 4, noises.top + 6, theme);
    halo(context, trick ? "z = mean + std \u00b7 noise" : "z, only drawn: a number without a formula", 4, zs.top - 8, theme);
    halo(context, "cost f(z) = z\u00b2 + sin z", 0.17 * on.width, costs.top + 14, theme);
  }

  // Where whole numbers of noise land: the fan shifts with mean and opens with std.
  function fan(context, from, to, theme) {
    context.globalAlpha = 0.45;
    for (let value = -3; value <= 3; value++) {
      line(context, [toX(value), from], [toX(figure.scene.mean + figure.scene.drawnStd * value), to], theme.axis, 1);
    }
    context.globalAlpha = 1;
  }

  // All densities share one scale, so a narrow one stands tall; what would leave its band is cut off flat there.
  function density(context, place, mean, std, colour, dash = []) {
    const tall = (UNIT * on.height) / place.height;
    curve(context, place, (value) => Math.min(1, (tall / std) * Math.exp(-(((value - mean) / std) ** 2) / 2)), colour, dash, mean);
  }

  function cutSign(context, { top }, mean, theme) {
    const right = mean < 0;
    context.font = "13px system-ui, sans-serif";
    context.textAlign = right ? "left" : "right";
    context.textBaseline = "alphabetic";
    halo(context, "\u2191 cut off", toX(mean) + (right ? 16 : -16), top + 12, theme);
  }

  function drawBars(context, { top, base }, bars, theme) {
    context.globalAlpha = 0.45;
    context.fillStyle = theme.classes[1];
    for (const { from, to, density: dense } of bars) {
      const tall = Math.min(UNIT * on.height * dense * Math.sqrt(2 * Math.PI), base - top);
      context.fillRect(toX(from), base - tall, Math.max(toX(to) - toX(from) - 1, 1), tall);
    }
    context.globalAlpha = 1;
  }

  // `close` is a place that needs finer steps: a peak may be narrower than a step
  function curve(context, { base, height }, shape, colour, dash = [], close = 0) {
    const values = Array.from({ length: STEPS + 1 }, (_, step) => AXIS * ((2 * step) / STEPS - 1));
    for (let step = -60; step <= 60; step++) values.push(close + 0.01 * step);
    values.sort((a, b) => a - b);
    context.beginPath();
    for (const value of values) context.lineTo(toX(value), base - height * shape(value));
    context.strokeStyle = colour;
    context.lineWidth = 2.25;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }

  function drawCost(context, { top, base, height }, theme) {
    context.save();
    context.beginPath();
    context.rect(0, top, on.width, height + 4);
    context.clip();
    curve(context, { base, height }, (value) => cost(value) / TALLEST, theme.muted);
    context.restore();
  }

  function drawTangent(context, { top, base, height }, theme) {
    const touch = clamped(figure.scene.z);
    const reach = 1.6 / Math.hypot(1, slope(touch) / 8); // about equally long wherever it touches
    const place = (value) => [toX(value), base - (height * (cost(touch) + slope(touch) * (value - touch))) / TALLEST];
    context.save();
    context.beginPath();
    context.rect(0, top, on.width, height + 8);
    context.clip();
    line(context, place(touch - reach), place(touch + reach), theme.classes[5], 3);
    context.restore();
  }

  function numbers(context, base, theme) {
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    for (let value = 2 - AXIS; value < AXIS; value += 2) {
      line(context, [toX(value), base], [toX(value), base + 4], theme.axis, 1);
      context.fillText(String(value).replace("-", "\u2212"), toX(value), base + 6);
    }
  }

  return figure;
}

const clamped = (value) => clamp(value, [-AXIS, AXIS]);

/** A line with a head at `to`. */
export function arrow(context, from, to, colour, dash = [], width = 2.25) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < 0.5) return;
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const head = Math.min(11, length);
  line(context, from, [to[0] - ux * head * 0.8, to[1] - uy * head * 0.8], colour, width, dash);
  context.beginPath();
  context.moveTo(...to);
  context.lineTo(to[0] - ux * head - uy * head * 0.5, to[1] - uy * head + ux * head * 0.5);
  context.lineTo(to[0] - ux * head + uy * head * 0.5, to[1] - uy * head - ux * head * 0.5);
  context.fillStyle = colour;
  context.fill();
}

function outside(context, /** @type {number[]} */ [x, y], z, theme) {
  const right = z > 0;
  context.font = "13px system-ui, sans-serif";
  context.textAlign = right ? "right" : "left";
  context.textBaseline = "alphabetic";
  const text = shown(z);
  halo(context, right ? `${text} \u2192` : `\u2190 ${text}`, x + (right ? -10 : 10), y - 10, theme);
}
