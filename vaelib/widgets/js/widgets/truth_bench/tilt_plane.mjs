// Two latents: the exact posterior's tilted ellipses with those of the best q without tilt, and the price of mean field against the angle. No state.

import { picture } from "../../draw/picture.mjs";
import { plane } from "../../draw/canvas.mjs";
import { drawGaussian } from "../../draw/close_up.mjs";
import { line, ring } from "../../draw/marks.mjs";

const EXTENT = 2.7;
const RIGHT_ANGLE = 90;

/** { element, draw({ mean, covariance, std, theme }), setLabel(text) }: the posterior N(mean, covariance) and q = N(mean, diag std^2). */
export function tiltPlane({ signal }) {
  const figure = picture({ aspect: 1, paint, signal });
  const { on } = figure;
  const axes = plane(on, { x: [-EXTENT, EXTENT], y: [-EXTENT, EXTENT], xLabel: "z\u2081", yLabel: "z\u2082", margin: [8, 8, 38, 38] });

  function paint(context, { mean, covariance, std, theme }) {
    axes.drawAxes(context, theme);
    axes.clip(context, () => {
      context.strokeStyle = theme.muted;
      context.lineWidth = 1.75;
      context.setLineDash([6, 4]);
      for (const radius of [1, 2]) {
        axes.ellipse(context, 0, 0, radius, radius);
        context.stroke();
      }
      context.setLineDash([]);
      context.fillStyle = context.strokeStyle = theme.ink;
      for (const radius of [2, 1]) {
        tilted(context, mean, covariance, radius);
        context.globalAlpha = 0.13;
        context.fill();
        context.globalAlpha = 1;
        context.lineWidth = radius === 1 ? 2.5 : 1.5;
        context.stroke();
      }
      drawGaussian(context, axes, { mean, log_var: std.map((one) => 2 * Math.log(one)) }, theme);
    });
  }

  // the circle of `radius`, sent through the Cholesky factor of the covariance
  function tilted(context, mean, [[a, b], [, d]], radius) {
    const first = Math.sqrt(a);
    const lean = b / first;
    const second = Math.sqrt(d - lean * lean);
    context.beginPath();
    for (let step = 0; step < 120; step++) {
      const [u, v] = [Math.cos((step * Math.PI) / 60), Math.sin((step * Math.PI) / 60)].map((one) => radius * one);
      context.lineTo(...axes.toPixels(mean[0] + first * u, mean[1] + lean * u + second * v));
    }
    context.closePath();
  }

  return figure;
}

/** { element, draw({ angle, theme }), setLabel(text) }: the curve `price(angle)` in nats, from 0 to 90 degrees, with a ring at `angle`. */
export function priceCurve({ price, signal }) {
  const figure = picture({ aspect: 2, paint, signal });
  const { on } = figure;
  const axes = plane(on, { x: [0, RIGHT_ANGLE], y: [0, 0.75], margin: [8, 14, 24, 40] });

  function paint(context, { angle, theme }) {
    grid(context, theme);
    context.beginPath();
    for (let one = 0; one <= RIGHT_ANGLE; one++) context.lineTo(...axes.toPixels(one, price(one)));
    context.strokeStyle = theme.classes[1];
    context.lineWidth = 3;
    context.stroke();
    ring(context, axes.toPixels(angle, price(angle)), theme, { dot: true });
  }

  // the places that matter: no price, the highest, and their angles
  function grid(context, theme) {
    const highest = price(RIGHT_ANGLE / 2);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = theme.muted;
    context.textBaseline = "top";
    context.textAlign = "center";
    for (const one of [0, RIGHT_ANGLE / 2, RIGHT_ANGLE]) {
      line(context, axes.toPixels(one, 0), axes.toPixels(one, 0.75), theme.grid);
      const [x, y] = axes.toPixels(one, 0);
      context.fillText(`${one}\u00b0`, x + 3, y + 7);
    }
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const nats of [0, highest]) {
      line(context, axes.toPixels(0, nats), axes.toPixels(RIGHT_ANGLE, nats), theme.grid);
      const [x, y] = axes.toPixels(0, nats);
      context.fillText(nats === 0 ? "0" : nats.toFixed(2), x - 6, y);
    }
    context.fillStyle = theme.ink;
    context.textAlign = "center";
    context.fillText("gap in nats", axes.toPixels(RIGHT_ANGLE / 2, 0)[0], axes.toPixels(0, 0.12)[1]);
  }

  return figure;
}
