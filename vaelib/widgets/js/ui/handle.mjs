// A disc that stands on a picture and is dragged: by mouse, finger, pen and arrow keys. Beside it a finger scrolls the page. It knows nothing of what is moved.

import { arrowDirection, element } from "./controls.mjs";

/**
 * { element, set([left, top], words) } for a disc with `text` on it, in the colour `--vaelib-<colour>`. `set` puts its middle to a place in pixels of
 * the picture and says it in words. `follow([left, top])` is where the hand wants it, and `key([right, up], far)` what an arrow key asks, `far` with Shift.
 * `sideways`: it moves to the sides only, so that a finger on it may still scroll the page up and down.
 */
export function handle({ text, colour, small = false, sideways = false, follow, key, signal }) {
  const node = element("div", `vaelib-handle${small ? " vaelib-handle-small" : ""}${sideways ? " vaelib-handle-sideways" : ""}`, text);
  node.tabIndex = 0;
  node.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  node.style.setProperty("--vaelib-component", `var(--vaelib-${colour})`);
  let place = [0, 0];
  let held = null; // { pointer, shift }: from the fingertip to the middle of the disc, which does not jump
  const on = ({ clientX, clientY }) => {
    const box = node.parentElement.getBoundingClientRect();
    return [clientX - box.left, clientY - box.top];
  };
  const listen = (type, listener) => node.addEventListener(type, listener, { signal });
  listen("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    node.setPointerCapture(event.pointerId); // the drag goes on when the pointer leaves the disc
    const [x, y] = on(event);
    held = { pointer: event.pointerId, shift: [place[0] - x, place[1] - y] };
  });
  listen("pointermove", (event) => {
    if (event.pointerId !== held?.pointer) return;
    const [x, y] = on(event);
    follow([x + held.shift[0], y + held.shift[1]]);
  });
  for (const end of ["pointerup", "pointercancel"]) listen(end, () => { held = null; });
  listen("keydown", (event) => {
    const direction = arrowDirection(event);
    if (direction) key(direction, event.shiftKey);
  });
  return {
    element: node,
    set(next, words) {
      place = next;
      Object.assign(node.style, { left: `${place[0]}px`, top: `${place[1]}px` });
      node.setAttribute("aria-label", words);
    },
  };
}

/** A picture with handles on it. */
export const withHandles = (on, handles) => element("div", "vaelib-handles", [on.element, ...handles.map((one) => one.element)]);
