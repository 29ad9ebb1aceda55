// Lines of equal height over tiles, by marching squares between the middles of the cells. No models, no drawing.

import { CELLS, keyOf, TILE } from "./tiles.mjs";

/** The line where the values on `tiles` (tiles.mjs) pass `level`: short segments, four numbers (from x, y; to x, y) each. */
export function contour(tiles, side, level) {
  const segments = [];
  for (const { i, j, values } of tiles.values()) {
    for (let cell = 0; cell < CELLS; cell++) {
      const [a, b] = [Math.floor(cell / TILE), cell % TILE];
      const corners = a < TILE - 1 && b < TILE - 1
        ? [values[cell], values[cell + TILE], values[cell + TILE + 1], values[cell + 1]]
        : [values[cell], at(tiles, i, j, a + 1, b), at(tiles, i, j, a + 1, b + 1), at(tiles, i, j, a, b + 1)];
      cross(corners, level, (TILE * i + a + 0.5) * side, (TILE * j + b + 0.5) * side, side, segments);
    }
  }
  return Float64Array.from(segments);
}

// The value of cell (a, b) counted from tile (i, j), which may lie in the next tile; NaN where there is none.
function at(tiles, i, j, a, b) {
  const tile = tiles.get(keyOf(i + (a === TILE ? 1 : 0), j + (b === TILE ? 1 : 0)));
  return tile ? tile.values[(a % TILE) * TILE + (b % TILE)] : NaN;
}

// The corners of a square, in turn around it, and the sides between them.
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

function cross(heights, level, x, y, side, segments) {
  const above = heights.map((height) => height > level);
  if (above.every((one) => one === above[0]) || heights.some(Number.isNaN)) return;
  const ends = [];
  for (let n = 0; n < 4; n++) {
    const next = (n + 1) % 4;
    if (above[n] === above[next]) continue;
    const part = (level - heights[n]) / (heights[next] - heights[n]);
    ends.push([
      x + side * (CORNERS[n][0] + part * (CORNERS[next][0] - CORNERS[n][0])),
      y + side * (CORNERS[n][1] + part * (CORNERS[next][1] - CORNERS[n][1])),
    ]);
  }
  if (ends.length === 4) {
    // a saddle: the middle decides which corners belong together
    const middle = heights.reduce((sum, height) => sum + height, 0) / 4 > level;
    const pairs = middle === above[0] ? [[0, 1], [2, 3]] : [[3, 0], [1, 2]];
    for (const [p, q] of pairs) segments.push(...ends[p], ...ends[q]);
  } else {
    segments.push(...ends[0], ...ends[1]);
  }
}
