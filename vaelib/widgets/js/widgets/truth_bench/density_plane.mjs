// Densities over z, to one scale: the prior, the exact posterior and q, whose middle and width can be dragged. It keeps no state and computes no bound.

import { halo } from "../../draw/canvas.mjs";
import { logNormal, RANGE } from "./linear_gaussian.mjs";
import { disc, line, ring } from "../../draw/marks.mjs";
import { nearestHandle, pad } from "../../draw/pad.mjs";
import { picture } from "../../draw/picture.mjs";
import { clamp } from "../../engine/range.mjs";

const EXTENT = RANGE.q_mean[1];
const SPAN = 2 * EXTENT + 0.7; // of z in sight
const STEPS = 320;
const FOOT = 34; // pixels below the curves: the handle of q's middle, and the numbers
const ROOM = 1.25; // height of the picture over the taller of prior and posterior; a taller q is cut off

/**
 * { element, draw({ q, posterior, others, theme }), setLabel(text) }: q and posterior are { mean, std }, `others` are pairs of them that are
 * drawn thinly. `at()` is { q_mean, q_std } at this moment, and `onMove({ q_mean } or { q_std })` follows the reader's hand.
 */
export function densityPlane({ at, onMove, signal }) {
  const figure = picture({ aspect: 1.45, paint, signal });
  const { on } = figure;
  const toX = (z) => on.width * (0.5 + z / SPAN);
  const toZ = (x) => (x / on.width - 0.5) * SPAN;
  const density = (z, { mean, std }) => Math.exp(logNormal(z, mean, std));
  const top = () => ROOM * Math.max(density(0, PRIOR), density(0, { mean: 0, std: figure.scene.posterior.std }));
  const toY = (height) => (on.height - FOOT) * (1 - Math.min(1, height / top()));

  function paint(context, { q, posterior, others, theme }) {
    const base = on.height - FOOT;
    numbers(context, base, theme);
    curve(context, PRIOR, theme.muted, { dash: [6, 4], width: 1.75 });
    context.globalAlpha = 0.35;
    for (const one of others) {
      curve(context, one.posterior, theme.ink, { width: 1 });
      curve(context, one.q, theme.accent, { width: 1 });
    }
    context.globalAlpha = 1;
    curve(context, posterior, theme.ink, { fill: 0.1, width: 2.5 });
    curve(context, q, theme.accent, { fill: 0.2, width: 2.5 });
    line(context, [0, base], [on.width, base], theme.axis);
    line(context, [toX(q.mean), base], [toX(q.mean), toY(density(q.mean, q))], theme.accent, 1.25);
    const shoulder = widthHandle();
    line(context, [toX(q.mean), shoulder[1]], shoulder, theme.accent, 1.25);
    disc(context, shoulder, 6, theme.paper, { colour: theme.accent, width: 2.5 });
    ring(context, [toX(q.mean), base], theme, { colour: theme.accent, dot: true });
    if (density(q.mean, q) > top()) cutSign(context, theme);
  }

  function curve(context, normal, colour, { dash = [], fill = 0, width }) {
    const path = new Path2D();
    for (let step = 0; step <= STEPS; step++) {
      const x = (on.width * step) / STEPS;
      path.lineTo(x, toY(density(toZ(x), normal)));
    }
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.stroke(path);
    context.setLineDash([]);
    if (!fill) return;
    path.lineTo(on.width, toY(0));
    path.lineTo(0, toY(0));
    const alpha = context.globalAlpha;
    context.globalAlpha = fill;
    context.fill(path);
    context.globalAlpha = alpha;
  }

  function numbers(context, base, theme) {
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillStyle = theme.muted;
    for (let z = 1 - EXTENT; z < EXTENT; z++) {
      line(context, [toX(z), base], [toX(z), base + 5], theme.axis);
      context.fillText(String(z).replace("-", "\u2212"), toX(z), base + 14);
    }
    context.font = "italic 14px system-ui, sans-serif";
    context.fillStyle = theme.ink;
    context.fillText("z", toX(EXTENT) - 2, base + 13);
  }

  function cutSign(context, theme) {
    const right = figure.scene.q.mean < 0;
    context.font = "13px system-ui, sans-serif";
    context.textAlign = right ? "left" : "right";
    context.textBaseline = "top";
    halo(context, "\u2191 q is cut off", toX(figure.scene.q.mean) + (right ? 16 : -16), 2, theme);
  }

  // on q's shoulder, one std from the middle, on the side where there is room
  function widthHandle() {
    const { mean, std } = figure.scene.q;
    const side = mean + std > EXTENT - 0.1 ? -1 : 1;
    return [toX(mean + side * std), Math.max(8, toY(density(mean + std, figure.scene.q)))];
  }

  const hundredth = (value) => Math.round(100 * value) / 100;
  const move = {
    q_mean: (z) => onMove({ q_mean: clamp(hundredth(z), RANGE.q_mean) }),
    q_std: (z) => onMove({ q_std: clamp(hundredth(Math.abs(z - at().q_mean)), RANGE.q_std) }),
  };
  pad(on, {
    grab: (place) => nearestHandle([["q_mean", [toX(at().q_mean), on.height - FOOT]], ["q_std", widthHandle()]], place),
    beside: () => "q_mean",
    drag: (name, [x]) => move[name](toZ(x)),
    key: ([right, up], far) => {
      const now = at(); // not the drawn q: two keys may come within one frame
      if (right) move.q_mean(now.q_mean + right * (far ? 0.5 : 0.1));
      else onMove({ q_std: clamp(hundredth(now.q_std + up * (far ? 0.25 : 0.05)), RANGE.q_std) });
    },
    sideways: true,
    signal,
  });

  return figure;
}

const PRIOR = { mean: 0, std: 1 };
