// The KL of each latent as bars in nats, grey and flat where it is 0. It keeps no state.

import { plane } from "../../draw/canvas.mjs";
import { picture } from "../../draw/picture.mjs";
import { drawScales } from "../../draw/scales.mjs";
import { roundUp } from "../../ui/bars.mjs";

const STUB = 2; // pixels of a bar that is 0, so that the latent is seen to be there

/** { element, draw({ kl, least, silent, theme }), setLabel(text) }: nats of each latent; the scale reaches `least` at least, up to `silent` a bar is grey. */
export function klBars({ aspect = 2.8, xName = "latent", signal }) {
  const figure = picture({ aspect, paint, signal });
  const { on } = figure;

  function paint(context, { kl, least = 1, silent = 0, theme }) {
    const most = roundUp(Math.max(least, ...kl));
    const axes = plane(on, { x: [-0.5, kl.length - 0.5], y: [0, most], margin: [24, 10, 24, 46] });
    const ends = [...new Set([1, kl.length])].map((rank) => [rank - 1, String(rank)]);
    drawScales(context, axes, { x: ends, y: [[0, "0"], [most / 2, String(most / 2)], [most, String(most)]], frame: { x: axes.x, y: [0, most] }, yName: `KL of each ${xName}, nats`, theme });
    const wide = Math.max(2, 0.68 * (axes.toPixels(1, 0)[0] - axes.toPixels(0, 0)[0]));
    kl.forEach((nats, k) => {
      const [x, top] = axes.toPixels(k, nats);
      const foot = axes.toPixels(k, 0)[1];
      const height = Math.max(STUB, foot - top);
      context.fillStyle = nats > silent ? theme.exact : theme.muted;
      context.fillRect(x - wide / 2, foot - height, wide, height);
    });
  }

  return figure;
}
