// Makes a canvas answer pointer, touch and arrow keys. It knows nothing of what is moved.

import { arrowDirection } from "../ui/controls.mjs";

/**
 * `grab(place)` names what lies at a place [x, y] in CSS pixels (null: nothing), `drag(name, place)` moves it there, and `key([right, up], far)` answers an
 * arrow key, `far` with Shift. `sideways`: what is dragged moves to the sides only, so that a finger may still scroll the page up and down.
 */
export function pad(on, { grab, drag, key, sideways = false, signal }) {
  on.element.classList.add(sideways ? "vaelib-sideways" : "vaelib-pad");
  on.element.tabIndex = 0;
  on.element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  let held = null; // { pointer, name }
  const listen = (type, handler) => on.element.addEventListener(type, handler, { signal });
  const place = (event) => {
    const box = on.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  listen("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const name = grab(place(event));
    if (name === null) return;
    held = { pointer: event.pointerId, name };
    on.element.setPointerCapture(event.pointerId); // the drag goes on when the pointer leaves the canvas
  });
  // nothing jumps when a finger only touches down: it may be about to scroll, and then the browser cancels
  for (const type of ["pointermove", "pointerup"]) {
    listen(type, (event) => {
      if (event.pointerId === held?.pointer) drag(held.name, place(event));
    });
  }
  for (const type of ["pointerup", "pointercancel"]) listen(type, () => { held = null; });
  listen("keydown", (event) => {
    const direction = arrowDirection(event);
    if (direction) key(direction, event.shiftKey);
  });
}
