// Three pictures side by side, given image, mean and sample, with a frame around one pixel that a hand or a key moves. No state but the last scene.

import { drawDigit } from "../../draw/canvas.mjs";
import { pad } from "../../draw/pad.mjs";
import { picture } from "../../draw/picture.mjs";
import { SIDE } from "./gaussian_pixels.mjs";
import { clamp } from "../../engine/range.mjs";

const GAP = 10;
const HEAD = 22; // pixels above the pictures, for their names

/** { element, draw({ pictures: [{ name, pixels }], pixel, theme }), setLabel(text) }; `at()` is the framed pixel now, `onMove(pixel)` the one chosen. */
export function pictureStrip({ at, onMove, signal }) {
  const figure = picture({ aspect: 2.72, paint, signal });
  const { on } = figure;
  const size = () => Math.min((on.width - 2 * GAP) / 3, on.height - HEAD);
  const left = (i) => i * (size() + GAP) + (on.width - 3 * size() - 2 * GAP) / 2;

  function paint(context, { pictures, pixel, theme }) {
    const cell = size() / SIDE;
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "alphabetic";
    pictures.forEach(({ name, pixels }, i) => {
      context.fillStyle = theme.ink;
      context.fillText(name, left(i), HEAD - 7);
      drawDigit(context, Float64Array.from(pixels, (value) => clamp(value, [0, 1])), SIDE, left(i), HEAD, size(), { ink: theme.digitInk, paper: theme.digitPaper });
      context.strokeStyle = theme.axis;
      context.lineWidth = 1;
      context.strokeRect(left(i) + 0.5, HEAD + 0.5, size() - 1, size() - 1);
      for (const [colour, width] of [[theme.paper, 5], [theme.accent, 2.5]]) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.strokeRect(left(i) + (pixel % SIDE) * cell, HEAD + Math.floor(pixel / SIDE) * cell, cell, cell);
      }
    });
  }

  const inside = (value) => clamp(value, [0, SIDE - 1]);
  pad(on, {
    grab: ([x]) => [0, 1, 2].findLast((i) => x >= left(i) - GAP / 2) ?? 0,
    drag: (shot, [x, y]) => {
      const cell = size() / SIDE;
      onMove(SIDE * inside(Math.floor((y - HEAD) / cell)) + inside(Math.floor((x - left(shot)) / cell)));
    },
    key: ([right, up]) => {
      const [row, column] = [Math.floor(at() / SIDE), at() % SIDE];
      onMove(SIDE * inside(row - up) + inside(column + right));
    },
    sideways: true,
    signal,
  });
  on.element.style.cursor = "crosshair";

  return figure;
}
