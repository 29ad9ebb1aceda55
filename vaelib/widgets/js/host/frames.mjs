// When a widget is painted: once in a frame, however often it is asked, and never after its end. It draws nothing.

/** A function that has `paint` called in the next frame, once for all calls until then; none follows when `signal` has aborted. */
export function oncePerFrame(paint, signal) {
  let frame = 0;
  signal.addEventListener("abort", () => cancelAnimationFrame(frame), { once: true });
  return () => {
    if (signal.aborted) return;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      attempt(paint, signal);
    });
  };
}

const listeners = new WeakMap(); // signal -> who is told when a widget with this signal cannot go on

/** Has `listener(error)` called when the widget whose end is `signal` fails outside the reach of its caller: in a frame, on a new size. */
export function onFailure(signal, listener) {
  listeners.set(signal, listener);
}

/** Calls `action`; an error ends the widget, and is thrown where nobody listens. */
export function attempt(action, signal) {
  try {
    action();
  } catch (error) {
    if (!listeners.has(signal)) throw error;
    listeners.get(signal)(error);
  }
}
