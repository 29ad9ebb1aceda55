// The density of one pixel: its bell around the mean, the value that it has in the given image, and the sample's. It keeps no state.

import { halo, plane } from "../../draw/canvas.mjs";
import { density } from "./gaussian_pixels.mjs";
import { cross, line } from "../../draw/marks.mjs";
import { drawCurve, drawScales } from "../../draw/scales.mjs";
import { picture } from "../../draw/picture.mjs";

const FRAME = { x: [-0.7, 1.7], y: [0, 4.4] }; // a higher bell is cut off
const MARGIN = [22, 6, 22, 22];

/** { element, draw({ x, mean, std, sample, theme }), setLabel(text) }, all four of one pixel. */
export function pixelBell({ signal }) {
  const figure = picture({ aspect: 2.35, paint, signal });
  const { on } = figure;
  const axes = plane(on, { ...FRAME, margin: MARGIN });

  function paint(context, { x, mean, std, sample, theme }) {
    const bell = (value) => density(value, mean, std);
    drawScales(context, axes, { x: [[0, "0, paper"], [1, "1, ink"]], y: [[0, "0"], [2, "2"], [4, "4"]], frame: FRAME, yName: "density of the framed pixel", theme });
    axes.clip(context, () => {
      drawCurve(context, axes, FRAME.x, bell, theme.accent, { fill: 0.15 });
      // a bell of a few pixels falls between the steps of the curve
      drawCurve(context, axes, [mean - 3 * std, mean + 3 * std], bell, theme.accent);
      line(context, axes.toPixels(x, 0), axes.toPixels(x, 0.4), theme.mark, 1.5); // where x is, when its density is too small to be seen
      line(context, axes.toPixels(x, 0), axes.toPixels(x, bell(x)), theme.mark, 5);
    });
    if (sample >= FRAME.x[0] && sample <= FRAME.x[1]) cross(context, axes.toPixels(sample, 0.14), theme, { colour: theme.ink, arm: 4 });
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    context.textAlign = x < 0.8 ? "left" : "right";
    const [place, height] = axes.toPixels(x, Math.min(4.1, Math.max(0.4, bell(x)) + 0.25));
    halo(context, "x", place + (x < 0.8 ? 7 : -7), Math.min(height + 10, on.height - MARGIN[2] - 6), theme);
    if (bell(mean) > FRAME.y[1]) {
      context.textAlign = mean < 0.5 ? "left" : "right";
      context.textBaseline = "top";
      halo(context, `\u2191 up to ${bell(mean).toFixed(0)}`, axes.toPixels(mean, 0)[0] + (mean < 0.5 ? 12 : -12), MARGIN[0] + 3, theme);
    }
  }

  return figure;
}
