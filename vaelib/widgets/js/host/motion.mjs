// Numbers that glide from one value to another, so that the eye can follow a step. It draws nothing.

/** Does the reader want pictures to stand still? */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * `apply`s numbers ({ name: value }) on their way from `from` to `to`, and at last `to` itself, within `duration` milliseconds. The promise ends
 * then, or at once and without a last call when `signal` aborts.
 */
export function glide({ from, to, duration, apply, signal }) {
  return /** @type {Promise<void>} */ (new Promise((done) => {
    const begin = performance.now();
    let frame = 0;
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(frame);
      done();
    }, { once: true });
    const move = (now) => {
      const part = duration > 0 ? (now - begin) / duration : 1;
      if (part >= 1) {
        apply(to);
        done();
        return;
      }
      const eased = Math.max(0, part * part * (3 - 2 * part));
      apply(Object.fromEntries(Object.entries(to).map(([name, end]) => [name, from[name] + eased * (end - from[name])])));
      frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
  }));
}
