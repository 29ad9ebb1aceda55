// A sheet of 28 x 28 pixels to draw on with pointer, touch or keys. It keeps where the pen is; the drawing itself is the caller's.

import { drawDigit, surface } from "../../draw/canvas.mjs";
import { SIDE, stroked } from "./drawings.mjs";
import { clamp } from "../../engine/range.mjs";

const PEN = 1.1; // pixels: half the width of a stroke, as in strokes.mjs
const RUBBER = 1.6;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** { element, draw({ x, theme }) }. `at()` is the drawing at this moment, `tool()` "pen" or "eraser", `onDraw(x)` follows the hand. */
export function drawPad({ at, tool, onDraw, signal }) {
  let scene = null;
  let cursor = [14, 14];
  let last = null; // where the pointer was, while it is down
  const on = surface({
    label: "Sheet of 28 by 28 pixels. Drag to draw. Or: arrow keys move the pen, Space draws a dot, Shift with an arrow draws a line, Delete rubs out.",
    onResize: paint, signal,
  });

  function paint() {
    if (!scene || !on.width) return;
    const { context, width } = on;
    const { x, theme } = scene;
    drawDigit(context, x, SIDE, 0, 0, width, { ink: theme.digitInk, paper: theme.digitPaper });
    const cell = width / SIDE;
    context.save();
    context.globalAlpha = 0.16;
    context.strokeStyle = theme.axis;
    context.beginPath();
    for (let i = 1; i < SIDE; i++) {
      const line = Math.round(i * cell) + 0.5;
      context.moveTo(line, 0);
      context.lineTo(line, width);
      context.moveTo(0, line);
      context.lineTo(width, line);
    }
    context.stroke();
    context.restore();
    if (document.activeElement !== on.element || last) return;
    for (const [colour, thickness] of [[theme.paper, 5], [theme.accent, 2.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      context.strokeRect(cursor[0] * cell - 2, cursor[1] * cell - 2, cell + 4, cell + 4);
    }
  }

  function draw(next) {
    scene = next;
    paint();
  }

  const apply = (from, to, erase) => onDraw(stroked(at(), from, to, erase ? RUBBER : PEN, erase ? 0 : 1));
  const within = (place) => place.map((value) => clamp(value, [0, SIDE - 1]));

  on.element.classList.add("vaelib-drawable");
  on.element.tabIndex = 0;
  on.element.setAttribute("role", "application"); // so that screen readers hand the arrow keys on to it
  const listen = (name, handler) => on.element.addEventListener(name, handler, { signal });
  const follow = (event) => {
    const box = on.element.getBoundingClientRect();
    const to = [((event.clientX - box.left) / box.width) * SIDE - 0.5, ((event.clientY - box.top) / box.height) * SIDE - 0.5];
    apply(last ?? to, to, tool() === "eraser" || event.buttons === 32); // 32: the far end of a stylus
    last = to;
  };
  let pointer = null;
  listen("pointerdown", (event) => {
    if (!event.isPrimary || (event.button !== 0 && event.button !== 5)) return;
    pointer = event.pointerId;
    on.element.setPointerCapture(pointer);
    follow(event);
  });
  listen("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    for (const one of event.getCoalescedEvents?.() ?? []) follow(one);
    follow(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    listen(end, (event) => {
      if (event.pointerId === pointer) [pointer, last] = [null, null];
    });
  }
  for (const change of ["focus", "blur"]) listen(change, paint);
  listen("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = KEYS[event.key];
    const before = cursor;
    if (way) {
      cursor = within(cursor.map((value, axis) => value + way[axis]));
      if (event.shiftKey) apply(before, cursor, tool() === "eraser");
    } else if (event.key === " " || event.key === "Enter") {
      apply(cursor, cursor, tool() === "eraser");
    } else if (event.key === "Delete" || event.key === "Backspace") {
      apply(cursor, cursor, true);
    } else {
      return;
    }
    event.preventDefault(); // the page would scroll
    paint();
  });

  return { element: on.element, draw };
}
