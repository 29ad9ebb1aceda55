// When a widget is painted: once in a frame, however often it is asked, and never after its end. It draws nothing.

/** A function that has `paint` called in the next frame, once for all calls until then; none follows when `signal` has aborted. */
export function oncePerFrame(paint, signal) {
  let frame = 0;
  signal.addEventListener("abort", () => cancelAnimationFrame(frame), { once: true });
  return () => {
    if (signal.aborted) return;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  };
}
