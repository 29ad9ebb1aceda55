// Moves a point along a tour while it may: in sight, in a tab that is shown, and wanted. It draws nothing and touches no trait.

import { attempt } from "../../host/frames.mjs";

const LONGEST = 50; // milliseconds that one frame may count for: after a pause the point goes on from where it was
const JOIN = 1500; // milliseconds in which the point comes from where it was put to the way

/** { start(z), stop(), at() }: `start` sets out from z; `onMove(z)` follows each frame until `stop`. `el` is what must be in sight. */
export function glider({ way, el, onMove, signal }) {
  let from = null; // where the point was put, while it is on its way back
  let [seconds, joined, frame, last, wanted, seen] = [0, 1, 0, null, false, true];
  let place = way.at(0);

  function move(now) {
    frame = 0;
    const passed = last === null ? 0 : Math.min(LONGEST, now - last);
    last = now;
    seconds += passed / 1000;
    joined = Math.min(1, joined + passed / JOIN);
    const eased = joined * joined * (3 - 2 * joined);
    place = way.at(seconds).map((value, axis) => (from ? from[axis] + eased * (value - from[axis]) : value));
    attempt(() => onMove(place), signal);
    follow();
  }

  function follow() {
    const may = wanted && seen && !document.hidden && !signal.aborted;
    if (may) frame ||= requestAnimationFrame(move);
    else {
      cancelAnimationFrame(frame);
      [frame, last] = [0, null];
    }
  }

  const observer = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting;
    follow();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", follow, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    follow();
  }, { once: true });

  return {
    at: () => place,
    start(z) {
      [wanted, from, joined, seconds] = [true, z, 0, way.nearest(z)];
      follow();
    },
    stop() {
      wanted = false;
      follow();
    },
  };
}
