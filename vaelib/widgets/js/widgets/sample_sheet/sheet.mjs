// A sheet of decoded images, five a row, that answers pointer, tap and arrow keys. It keeps no state of its own and decodes nothing.

import { drawDigit, surface } from "../../draw/canvas.mjs";
import { arrowDirection } from "../../ui/controls.mjs";

export const ROW = 5;
export const COUNT = ROW * ROW;
const GAP = 6; // pixels between two images, room for the frame of the picked one

/** { element, draw({ images, side, picked, theme }), setLabel }. `images` holds COUNT pictures of side * side; `onPick(index)` follows the hand. */
export function sheet({ onPick, signal }) {
  let scene = null;
  const on = surface({ label: "", onResize: paint, signal });
  const size = () => (on.width - GAP * (ROW + 1)) / ROW;
  const place = (index) => [index % ROW, Math.floor(index / ROW)].map((step) => GAP + step * (size() + GAP));

  function paint() {
    if (!scene || !on.width) return;
    const { context } = on;
    const { images, side, picked, theme } = scene;
    context.fillStyle = theme.paper;
    context.fillRect(0, 0, on.width, on.height);
    for (let index = 0; index < COUNT; index++) {
      const [x, y] = place(index).map(Math.round);
      const edge = Math.round(size());
      drawDigit(context, images.subarray(index * side * side, (index + 1) * side * side), side, x, y, edge, { ink: theme.digitInk, paper: theme.digitPaper });
      context.strokeStyle = index === picked ? theme.accent : theme.grid;
      context.lineWidth = index === picked ? 4 : 1;
      const around = index === picked ? 2.5 : 0.5;
      context.strokeRect(x - around, y - around, edge + 2 * around, edge + 2 * around);
    }
  }

  on.element.classList.add("vaelib-map");
  on.element.tabIndex = 0;
  on.element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  const listen = (name, handler) => on.element.addEventListener(name, handler, { signal });
  for (const type of ["pointermove", "pointerdown"]) {
    listen(type, (event) => {
      const box = on.element.getBoundingClientRect();
      const [column, row] = [event.clientX - box.left, event.clientY - box.top].map((one) => Math.floor((one - GAP / 2) / (size() + GAP)));
      if (column >= 0 && column < ROW && row >= 0 && row < ROW) onPick(row * ROW + column);
    });
  }
  listen("keydown", (event) => {
    const direction = arrowDirection(event);
    if (!direction || !scene) return;
    const next = stepped(scene.picked, direction[0] - ROW * direction[1]);
    scene = { ...scene, picked: next }; // another key may come before the next frame is drawn
    onPick(next);
  });

  return {
    element: on.element, setLabel: on.setLabel,
    draw: (next) => {
      scene = next;
      paint();
    },
  };
}

/** The image that an arrow key leads to; the first one when none is picked, the same one at an edge. */
export function stepped(picked, step) {
  if (picked < 0) return 0;
  const next = picked + step;
  const leaves = next < 0 || next >= COUNT || (Math.abs(step) === 1 && Math.floor(next / ROW) !== Math.floor(picked / ROW));
  return leaves ? picked : next;
}
