// Makes a canvas answer pointer, touch and arrow keys: a finger drags a handle, and scrolls the page beside it. It knows nothing of what is moved.

import { arrowDirection } from "../ui/controls.mjs";

const REACH = 28; // pixels from a handle within which a hand takes hold of it
const STROKE = 8; // pixels after which a finger beside every handle has begun to drag, if it moves to the sides

/**
 * The name of the handle nearest to a place, of pairs [name, [x, y]], or null where none is within `reach`.
 *
 * @param handles
 * @param {number[]} place
 * @param reach
 */
export function nearestHandle(handles, [x, y], reach = REACH) {
  let [nearest, least] = [null, reach];
  for (const [name, [left, top]] of handles) {
    const away = Math.hypot(x - left, y - top);
    if (away <= least) [nearest, least] = [name, away];
  }
  return nearest;
}

/**
 * `grab(place)` names what a hand takes hold of at a place [x, y] in CSS pixels (null: nothing), `drag(name, place)` moves it there, and
 * `key([right, up], far)`, if given, answers an arrow key, `far` with Shift. `beside(place)` names what comes to a place where nothing is held:
 * at once to the press of a mouse, to a finger's tap or its stroke to the sides. `sideways`: what is dragged moves to the sides only, so
 * that a finger on it may still scroll the page up and down.
 *
 * @param on
 * @param {{
 *   grab: (place: number[]) => any, beside?: (place: number[]) => any, drag: (name: any, place: number[]) => void,
 *   key?: (direction: number[], far: boolean) => void, sideways?: boolean, signal: AbortSignal
 * }} settings
 */
export function pad(on, { grab, beside = () => null, drag, key, sideways = false, signal }) {
  const { element } = on;
  element.classList.add("vaelib-pad", ...(sideways ? ["vaelib-sideways"] : []));
  let held = null; // { pointer, name, start, drags }
  const listen = (type, handler, options) => element.addEventListener(type, handler, { signal, ...options });
  const place = ({ clientX, clientY }) => {
    const box = element.getBoundingClientRect();
    return [clientX - box.left - element.clientLeft, clientY - box.top - element.clientTop]; // within its border
  };
  // the browser scrolls unless it is told not to when the finger comes down
  listen("touchstart", (event) => {
    if (!sideways && event.touches.length === 1 && grab(place(event.touches[0])) !== null) event.preventDefault();
  }, { passive: false });
  listen("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const start = place(event);
    const grabbed = grab(start);
    const name = grabbed ?? beside(start);
    if (name === null) return;
    const drags = grabbed !== null || event.pointerType !== "touch";
    held = { pointer: event.pointerId, name, start, drags };
    element.setPointerCapture(event.pointerId); // the drag goes on when the pointer leaves the canvas
    if (grabbed === null && drags) drag(name, start);
  });
  // nothing jumps when a finger only touches down: it may be about to scroll, and then the browser cancels
  listen("pointermove", (event) => {
    if (event.pointerId !== held?.pointer) return;
    const to = place(event);
    const [across, along] = to.map((value, axis) => Math.abs(value - held.start[axis]));
    held.drags ||= across > STROKE && across > along;
    if (held.drags) drag(held.name, to);
  });
  listen("pointerup", (event) => { if (event.pointerId === held?.pointer) drag(held.name, place(event)); });
  for (const type of ["pointerup", "pointercancel"]) listen(type, (event) => { if (event.pointerId === held?.pointer) held = null; });
  if (!key) return;
  element.tabIndex = 0;
  element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  listen("keydown", (event) => {
    const direction = arrowDirection(event);
    if (direction) key(direction, event.shiftKey);
  });
}

/**
 * A pad with one handle that moves to the sides only: `place(at)` is where it stands, for a hand at [x, y], `slide(x)` moves it, and `step(times, far)` is
 * an arrow key's, +1 to the right or up.
 */
export function slidingPad(on, { place, slide, step, signal }) {
  pad(on, {
    grab: (at) => nearestHandle([["handle", place(at)]], at),
    drag: (_, [x]) => slide(x),
    key: ([right, up], far) => step(right || up, far),
    sideways: true,
    signal,
  });
}
