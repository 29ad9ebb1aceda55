// The samples of one model, six a row. It keeps no state.

import { drawDigit } from "../../draw/canvas.mjs";
import { picture } from "../../draw/picture.mjs";

const ROW = 6; // as in capacity.py
const GAP = 5;

/** { element, draw({ images, side, count, theme }), setLabel(text) }; `images` holds count pictures of side * side numbers in [0, 1]. */
export function samplesOf({ signal }) {
  const figure = picture({ aspect: 2.98, paint, signal });
  const { on } = figure;

  function paint(context, { images, side, count, theme }) {
    const size = Math.floor((on.width - GAP * (ROW - 1) - 2) / ROW);
    for (let i = 0; i < count; i++) {
      const [x, y] = [i % ROW, Math.floor(i / ROW)].map((step) => 1 + step * (size + GAP));
      drawDigit(context, images.subarray(i * side * side, (i + 1) * side * side), side, x, y, size, { ink: theme.digitInk, paper: theme.digitPaper });
      context.lineWidth = 1;
      context.strokeStyle = theme.axis;
      context.strokeRect(x - 0.5, y - 0.5, size + 1, size + 1);
    }
  }

  return figure;
}
