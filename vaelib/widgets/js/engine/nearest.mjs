// Which stored points are nearest: in the latent space, under a pointer, or in the direction of an arrow key. No drawing, no files.

/**
 * The `count` codes nearest to `z`: { indices, squared } in increasing order of distance. `codes` holds z.length numbers for each point.
 */
export function nearestCodes(codes, z, count) {
  const latent = z.length;
  const total = codes.length / latent;
  if (!Number.isInteger(total) || total < count) throw new Error(`nearestCodes: wanted at least ${count} codes of ${latent} numbers, got ${codes.length} numbers`);
  const indices = [];
  const squared = [];
  for (let i = 0; i < total; i++) {
    let sum = 0;
    for (let d = 0; d < latent; d++) sum += (codes[i * latent + d] - z[d]) ** 2;
    if (indices.length === count && sum >= squared[count - 1]) continue;
    let place = indices.length < count ? indices.length : count - 1;
    for (; place > 0 && squared[place - 1] > sum; place--) {
      indices[place] = indices[place - 1];
      squared[place] = squared[place - 1];
    }
    indices[place] = i;
    squared[place] = sum;
  }
  return { indices, squared };
}

/**
 * Where a new point is drawn in a picture that maps only stored points: the mean of its neighbours' places, weighted by
 * 1 / squared distance, so that a stored code is drawn exactly on its own dot. `xs`, `ys` are all places.
 */
export function placeByNeighbours({ indices, squared }, xs, ys) {
  let [x, y, total] = [0, 0, 0];
  indices.forEach((index, rank) => {
    const weight = 1 / Math.max(squared[rank], 1e-12); // as in latent_views.py
    x += weight * xs[index];
    y += weight * ys[index];
    total += weight;
  });
  return [x / total, y / total];
}

/** The index of the point nearest to (x, y) within `reach`, or -1. */
export function nearestPlace(xs, ys, x, y, reach) {
  let best = -1;
  let least = reach * reach;
  for (let i = 0; i < xs.length; i++) {
    const squared = (xs[i] - x) ** 2 + (ys[i] - y) ** 2;
    if (squared <= least) [best, least] = [i, squared];
  }
  return best;
}

/** The nearest point to number `from` within 45 degrees of the direction (dx, dy), a unit step along one axis; `from` if none. */
export function stepTowards(xs, ys, from, dx, dy) {
  let best = from;
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    const along = (xs[i] - xs[from]) * dx + (ys[i] - ys[from]) * dy;
    const across = Math.abs((xs[i] - xs[from]) * dy) + Math.abs((ys[i] - ys[from]) * dx);
    if (along <= 0 || across > along) continue;
    const score = along + 2 * across; // a point straight ahead before a nearer one to the side
    if (score < least) [best, least] = [i, score];
  }
  return best;
}
