// The heights under which the integral is the area, over one latent, with the grid's bars or the draws that look for it, and the proposal with its two handles. No state.

import { halo, plane } from "../../draw/canvas.mjs";
import { LIMITS, logEvidence, logJoint, logNormal, PRIOR } from "./integral.mjs";
import { disc, line, ring } from "../../draw/marks.mjs";
import { nearestHandle, pad } from "../../draw/pad.mjs";
import { drawCurve } from "../../draw/scales.mjs";
import { picture } from "../../draw/picture.mjs";
import { clamp } from "../../engine/range.mjs";

const EXTENT = 3.6; // of z in sight, to both sides
const FOOT = 36; // pixels below the curves: the handle of the proposal's place, and the numbers
const SHOWN = 40; // draws at most that are drawn as strokes
const TALL = 3.6; // height of the picture over the prior's top: the hump's own width just fits
const UNIT = 0.25; // height of the weight that is p(x) itself
const LOW = 10; // pixels that a handle stays away from the upper edge

/**
 * { element, draw({ kind, way, proposal, places, bars, theme }), setLabel(text) }. way: "grid", "prior" or "proposal"; places: of the draws, or
 * of the grid, whose bars have the width `bars`. A draw is a stroke as high as its weight, on a scale where p(x) is the dotted line. `at()` is the proposal now, `onMove({ place } or { width })`
 * follows the hand, and `onStep(times, far)` an arrow key where no proposal is shown.
 */
export function humpPlane({ at, onMove, onStep, signal }) {
  const figure = picture({ aspect: 2, paint, signal });
  const { on } = figure;
  const axes = plane(on, { x: [-EXTENT, EXTENT], y: [0, 1], margin: [4, 0, FOOT, 0] });
  const top = () => Math.exp(logNormal(0, 0, 1)) * TALL;
  const bell = ({ place, width }) => (z) => Math.min(1.05, Math.exp(logNormal(z, place, width)) / top());
  const held = (proposal) => {
    const side = proposal.place + proposal.width > EXTENT - 0.2 ? -1 : 1;
    const [x, y] = axes.toPixels(proposal.place + side * proposal.width, bell(proposal)(proposal.place + proposal.width));
    return { place: axes.toPixels(proposal.place, 0), width: [x, Math.max(LOW, y)] };
  };

  function paint(context, { kind, way, proposal, places, bars, theme }) {
    const tallest = peak(kind);
    const height = (z) => (0.8 * Math.exp(logJoint(kind, z))) / tallest;
    numbers(context, theme);
    axes.clip(context, () => {
      drawCurve(context, axes, [-EXTENT, EXTENT], height, theme.ink, { fill: 0.13 });
      if (way === "grid") drawBars(context, places, bars, height, theme);
      drawCurve(context, axes, [-EXTENT, EXTENT], bell(PRIOR), way === "prior" ? theme.accent : theme.muted, { dash: [6, 4], width: way === "prior" ? 2.5 : 1.5, fill: way === "prior" ? 0.15 : 0 });
      if (way === "proposal") drawCurve(context, axes, [-EXTENT, EXTENT], bell(proposal), theme.accent, { fill: 0.15 });
      if (way !== "grid") drawStrokes(context, way === "prior" ? PRIOR : proposal, theme);
    });
    const [, base] = axes.toPixels(0, 0);
    line(context, [0, base], [on.width, base], theme.axis);
    if (way === "proposal") handles(context, theme);
  }

  function drawStrokes(context, { place, width }, theme) {
    const { kind, places } = figure.scene;
    const exact = logEvidence(kind);
    for (const z of places.subarray(0, SHOWN)) {
      const weight = Math.exp(logJoint(kind, z) - logNormal(z, place, width) - exact);
      line(context, axes.toPixels(z, 0), axes.toPixels(z, 0.01 + Math.min(1, UNIT * weight)), theme.classes[2]);
    }
    line(context, axes.toPixels(-EXTENT, UNIT), axes.toPixels(EXTENT, UNIT), theme.ink, 1.25, [2, 3]);
    context.font = "13px system-ui, sans-serif";
    context.textAlign = "left";
    context.textBaseline = "bottom";
    halo(context, "p(x)", 4, axes.toPixels(0, UNIT)[1] - 3, theme);
  }

  function drawBars(context, places, wide, height, theme) {
    context.fillStyle = context.strokeStyle = theme.classes[2];
    context.lineWidth = 1.25;
    for (const z of places) {
      const [left, upper] = axes.toPixels(z - wide / 2, height(z));
      const [right, lower] = axes.toPixels(z + wide / 2, 0);
      context.globalAlpha = 0.25;
      context.fillRect(left, upper, right - left, lower - upper);
      context.globalAlpha = 1;
      context.strokeRect(left, upper, right - left, lower - upper);
    }
  }

  function handles(context, theme) {
    const { place, width } = held(figure.scene.proposal);
    const [, crest] = axes.toPixels(0, Math.min(1, bell(figure.scene.proposal)(figure.scene.proposal.place)));
    line(context, place, [place[0], crest], theme.accent, 1.25);
    line(context, [place[0], width[1]], width, theme.accent, 1.25);
    disc(context, width, 7, theme.paper, { colour: theme.accent, width: 2.5 });
    ring(context, place, theme, { colour: theme.accent, dot: true });
    if (Math.exp(logNormal(0, 0, figure.scene.proposal.width)) > top()) {
      context.font = "13px system-ui, sans-serif";
      context.textBaseline = "top";
      context.textAlign = figure.scene.proposal.place < 0 ? "left" : "right";
      halo(context, "\u2191 cut off", place[0] + (figure.scene.proposal.place < 0 ? 16 : -16), 4, theme);
    }
  }

  function numbers(context, theme) {
    const [, base] = axes.toPixels(0, 0);
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    for (let z = -3; z <= 3; z++) {
      const [x] = axes.toPixels(z, 0);
      line(context, [x, base], [x, base + 5], theme.axis);
      context.fillText(String(z).replace("-", "\u2212"), x, base + 14);
    }
    context.font = "italic 14px system-ui, sans-serif";
    context.fillStyle = theme.ink;
    context.fillText("z", axes.toPixels(EXTENT - 0.2, 0)[0], base + 13);
  }

  const hundredth = (value, limits) => clamp(Math.round(100 * value) / 100, limits);
  pad(on, {
    grab: (place) => (figure.scene.way === "proposal" ? nearestHandle(Object.entries(held(at())), place) : null),
    drag: (name, [x]) => {
      const [z] = axes.toData(x, 0);
      onMove(name === "place" ? { place: hundredth(z, LIMITS.place) } : { width: hundredth(Math.abs(z - at().place), LIMITS.width) });
    },
    key: ([right, up], far) => {
      const { place, width } = at();
      if (figure.scene.way !== "proposal") onStep(right || up, far);
      else if (right) onMove({ place: hundredth(place + right * (far ? 0.5 : 0.1), LIMITS.place) });
      else onMove({ width: hundredth(width + up * (far ? 0.25 : 0.05), LIMITS.width) });
    },
    sideways: true,
    signal,
  });

  const draw = (next) => {
    on.element.style.cursor = next.way === "proposal" ? "" : "default";
    figure.draw(next);
  };
  return { ...figure, draw };
}

const peaks = new Map();

function peak(kind) {
  if (!peaks.has(kind)) {
    let most = 0;
    for (let z = -EXTENT; z <= EXTENT; z += 0.01) most = Math.max(most, Math.exp(logJoint(kind, z)));
    peaks.set(kind, most);
  }
  return peaks.get(kind);
}
