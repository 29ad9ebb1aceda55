// When a widget is painted: once in a frame, again in the next, and never after its end.

import assert from "node:assert/strict";
import test from "node:test";
import { onFailure, oncePerFrame } from "../../vaelib/widgets/js/host/frames.mjs";

/** The browser's clock by hand: `next()` begins a frame and runs what was asked for it. */
function clock(t) {
  let waiting = new Map();
  let count = 0;
  t.mock.method(globalThis, "requestAnimationFrame", (callback) => (waiting.set(++count, callback), count));
  t.mock.method(globalThis, "cancelAnimationFrame", (id) => waiting.delete(id));
  return { next() {
    const now = waiting;
    waiting = new Map();
    for (const callback of now.values()) callback();
  } };
}

globalThis.requestAnimationFrame ??= () => {};
globalThis.cancelAnimationFrame ??= () => {};

test("many calls in a frame paint once, and a call from within paints in the next", (t) => {
  const { next } = clock(t);
  let painted = 0;
  const redraw = oncePerFrame(() => { if (++painted === 2) redraw(); }, new AbortController().signal);
  next();
  assert.equal(painted, 0, "nothing was asked");
  for (let i = 0; i < 5; i++) redraw();
  assert.equal(painted, 0, "the frame has not begun");
  next();
  assert.equal(painted, 1);
  redraw();
  next();
  assert.equal(painted, 2);
  next();
  assert.equal(painted, 3);
  next();
  assert.equal(painted, 3, "at rest nothing is painted");
});

test("a widget that was taken away is painted no more, whatever was asked before or after", (t) => {
  const { next } = clock(t);
  const stop = new AbortController();
  let painted = 0;
  const redraw = oncePerFrame(() => { painted += 1; }, stop.signal);
  redraw();
  next();
  stop.abort(); // with nothing asked for
  redraw();
  next();
  assert.equal(painted, 1);
  const other = new AbortController();
  oncePerFrame(() => { painted += 1; }, other.signal)();
  other.abort(); // before the frame that was asked for
  next();
  assert.equal(painted, 1);
});

test("an error in a frame is told to who listens for that widget, and is thrown where nobody does", (t) => {
  const { next } = clock(t);
  const [stop, other] = [new AbortController(), new AbortController()];
  const heard = [];
  onFailure(stop.signal, (error) => heard.push(error.message));
  oncePerFrame(() => { throw new Error("no paint"); }, stop.signal)();
  next();
  assert.deepEqual(heard, ["no paint"]);
  oncePerFrame(() => { throw new Error("unheard"); }, other.signal)();
  assert.throws(next, /unheard/);
});
