// A closed smooth way through some places of the plane, walked slowly past each of them. No drawing, no clock.

const STEPS = 64; // short lines between two places
const SPEED = 0.5; // units of the plane in a second, between the places
const CALM = 0.45; // the part of that speed that is left at a place

/**
 * The way through `places` ([x, y] each, at least three) and back to the first: { duration, at(seconds), nearest(z) }. `at` gives the point
 * after so many seconds, round and round; `nearest` the second at which the way passes closest to z.
 */
export function tour(places) {
  const points = [];
  const times = [0]; // when each point is reached; one more than points, the last is the duration
  const count = places.length;
  for (let i = 0; i < count; i++) {
    const [a, b, c, d] = [-1, 0, 1, 2].map((offset) => places[(i + offset + count) % count]);
    for (let step = 0; step < STEPS; step++) {
      const t = step / STEPS;
      points.push([0, 1].map((axis) => b[axis] + 0.5 * t * (c[axis] - a[axis]
        + t * (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis] + t * (3 * (b[axis] - c[axis]) + d[axis] - a[axis])))));
    }
  }
  points.forEach((point, i) => {
    const next = points[(i + 1) % points.length];
    const between = Math.sin((Math.PI * ((i % STEPS) + 0.5)) / STEPS) ** 2; // 0 at a place, 1 halfway to the next
    times.push(times[i] + Math.hypot(next[0] - point[0], next[1] - point[1]) / (SPEED * (CALM + (1 - CALM) * between)));
  });
  const duration = times.at(-1);

  function at(seconds) {
    const time = ((seconds % duration) + duration) % duration;
    let [low, high] = [0, points.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (times[middle] <= time) low = middle;
      else high = middle;
    }
    const part = (time - times[low]) / (times[low + 1] - times[low]);
    const next = points[(low + 1) % points.length];
    return points[low].map((value, axis) => value + part * (next[axis] - value));
  }

  function nearest(z) {
    const far = points.map(([x, y]) => Math.hypot(x - z[0], y - z[1]));
    return times[far.indexOf(Math.min(...far))];
  }

  return { duration, at, nearest };
}
