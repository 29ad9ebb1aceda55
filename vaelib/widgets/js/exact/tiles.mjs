// Square tiles of 8 x 8 cells on the latent plane: where their cells are, which neighbours they lack, and sums over them. No models.
//
// A tile is { i, j, values }: with cells of side `side`, cell (a, b) of tile (i, j) is number 8 a + b and has its middle at
// ((8 i + a + 0.5) side, (8 j + b + 0.5) side). `values` are logarithms of a density there. A set of tiles is a Map from keyOf(i, j).

export const TILE = 8; // cells along a side
export const CELLS = TILE * TILE;

export const keyOf = (i, j) => `${i},${j}`;

/** Indices of the tiles on [-span, span)^2. */
export const square = (span) => Array.from({ length: 4 * span * span }, (_, n) => [Math.floor(n / (2 * span)) - span, (n % (2 * span)) - span]);

/** Indices of the four tiles of half the side that cover tile (i, j). */
export const quarters = ({ i, j }) => [[2 * i, 2 * j], [2 * i, 2 * j + 1], [2 * i + 1, 2 * j], [2 * i + 1, 2 * j + 1]];

/** The middles of a tile's cells, two numbers each. */
export function middles(i, j, side) {
  const z = new Float64Array(2 * CELLS);
  for (let cell = 0; cell < CELLS; cell++) {
    z[2 * cell] = (TILE * i + Math.floor(cell / TILE) + 0.5) * side;
    z[2 * cell + 1] = (TILE * j + (cell % TILE) + 0.5) * side;
  }
  return z;
}

/** The logarithm of the sum of exp(values) over all cells. */
export function logSum(tiles) {
  let top = -Infinity;
  for (const { values } of tiles.values()) for (const value of values) if (value > top) top = value;
  let sum = 0;
  for (const { values } of tiles.values()) for (const value of values) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

/**
 * What the values may reach between the cells of a tile, if they are smooth. Between two cells of a parabola its top stands above
 * both by at most a quarter of the step to the next cell; half of the largest step leaves room for ridges that run askew.
 */
export function ceiling(values) {
  let top = -Infinity;
  for (let cell = 0; cell < CELLS; cell++) {
    const here = values[cell];
    let step = 0;
    if (cell >= TILE) step = Math.max(step, Math.abs(here - values[cell - TILE]));
    if (cell < CELLS - TILE) step = Math.max(step, Math.abs(here - values[cell + TILE]));
    if (cell % TILE > 0) step = Math.max(step, Math.abs(here - values[cell - 1]));
    if (cell % TILE < TILE - 1) step = Math.max(step, Math.abs(here - values[cell + 1]));
    top = Math.max(top, here + step / 2);
  }
  return top;
}

const LINE = Array.from({ length: TILE }, (_, n) => n);
const EDGES = [
  { way: [-1, 0], cells: LINE }, { way: [1, 0], cells: LINE.map((n) => CELLS - TILE + n) },
  { way: [0, -1], cells: LINE.map((n) => TILE * n) }, { way: [0, 1], cells: LINE.map((n) => TILE * n + TILE - 1) },
];

/**
 * The border of a set of tiles: { mass, beyond }. `mass` is that of the cells on it, of a whole with logarithm `whole`; `beyond`
 * holds the indices of the absent neighbours whose edge carries more than `least`, within `limit` tiles of the middle.
 */
export function border(tiles, whole, least, limit) {
  const beyond = new Map();
  let mass = 0;
  for (const tile of tiles.values()) {
    for (const { way, cells } of EDGES) {
      const [i, j] = [tile.i + way[0], tile.j + way[1]];
      if (tiles.has(keyOf(i, j))) continue;
      const here = cells.reduce((sum, cell) => sum + Math.exp(tile.values[cell] - whole), 0);
      mass += here;
      if (here > least && Math.max(Math.abs(i + 0.5), Math.abs(j + 0.5)) < limit) beyond.set(keyOf(i, j), [i, j]);
    }
  }
  return { mass, beyond: [...beyond.values()] };
}

/** Mean [2], covariance [[2], [2]] and highest cell [2] of the density on the tiles. */
export function moments(tiles, side, whole) {
  const first = [0, 0];
  const second = [0, 0, 0];
  let [top, mode] = [-Infinity, null];
  const [origin] = [...tiles.values()].map(({ i, j }) => middles(i, j, side)); // sums are taken from here, so that no digits cancel
  for (const { i, j, values } of tiles.values()) {
    const z = middles(i, j, side);
    for (let cell = 0; cell < CELLS; cell++) {
      const weight = Math.exp(values[cell] - whole);
      const [x, y] = [z[2 * cell] - origin[0], z[2 * cell + 1] - origin[1]];
      first[0] += weight * x;
      first[1] += weight * y;
      second[0] += weight * x * x;
      second[1] += weight * x * y;
      second[2] += weight * y * y;
      if (values[cell] > top) [top, mode] = [values[cell], [z[2 * cell], z[2 * cell + 1]]];
    }
  }
  const [a, b] = first;
  const across = second[1] - a * b;
  return { mean: [origin[0] + a, origin[1] + b], covariance: [[second[0] - a * a, across], [across, second[2] - b * b]], mode };
}

/** For each of `masses`: { level, count }, the value whose cells above it hold that mass, and how many they are. */
export function regions(tiles, whole, masses) {
  const all = Float64Array.from([...tiles.values()].flatMap(({ values }) => [...values])).sort().reverse();
  let [count, held] = [0, 0];
  return masses.map((wanted) => {
    while (count < all.length) {
      const next = Math.exp(all[count] - whole);
      if (held + next >= wanted) {
        const part = (wanted - held) / next; // the level lies between this cell and the one before
        return { level: all[Math.max(count - 1, 0)] * (1 - part) + all[count] * part, count: count + 1 };
      }
      held += next;
      count += 1;
    }
    return { level: all[all.length - 1], count };
  });
}

/** The masses of the connected regions where the values are above `level`, largest first. */
export function islands(tiles, whole, level) {
  const seen = new Set();
  const masses = [];
  const height = (a, b) => tiles.get(keyOf(Math.floor(a / TILE), Math.floor(b / TILE)))?.values[mod(a) * TILE + mod(b)];
  for (const { i, j, values } of tiles.values()) {
    for (let cell = 0; cell < CELLS; cell++) {
      let mass = 0;
      const open = [[TILE * i + Math.floor(cell / TILE), TILE * j + (cell % TILE), values[cell]]];
      while (open.length) {
        const [a, b, value] = open.pop();
        if (!(value > level) || seen.has(keyOf(a, b))) continue;
        seen.add(keyOf(a, b));
        mass += Math.exp(value - whole);
        for (const [x, y] of [[a - 1, b], [a + 1, b], [a, b - 1], [a, b + 1]]) open.push([x, y, height(x, y)]);
      }
      if (mass > 0) masses.push(mass);
    }
  }
  return masses.sort((a, b) => b - a);
}

const mod = (value) => ((value % TILE) + TILE) % TILE;
