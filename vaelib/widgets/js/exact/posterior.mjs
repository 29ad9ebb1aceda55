// log p(x) and p(z|x) of a decoder with two latents, exact to a thousandth of a nat: a grid that goes where the mass is. Draws nothing.
//
// Each cell holds log p(x, z) at its middle; log p(x) is the logarithm of their sum times a cell's area. The first grid has
// 64 x 64 cells of side 0.25 on [-8, 8]^2. Tiles that can hold no mass are left, the others are cut into four, until log p(x) moves
// by less than 1e-3 nats and the inner 98.9 % of the mass covers enough cells for smooth contours: by then some 64 x 64 cells cover
// all of it. Where mass stands at the border, tiles are added until less than 1e-6 of it does.
// What a tile needs of the decoder is kept, so that the next stroke of a drawing costs little where the posterior stays.

import { border, CELLS, ceiling, islands, keyOf, logSum, middles, moments, quarters, regions, square } from "./tiles.mjs";

const FIRST = { side: 0.25, span: 4, limit: 32 }; // tiles to each side of the middle; at most those to |z| = 64, where the prior is exp(-2048)
const DEEPEST = 16; // halvings of a cell's side
const TOLERANCE = 1e-3; // nats
const BORDER = 1e-6; // of the mass
const MARGIN = 20; // nats below the whole: ten thousand such cells add 2e-5 of it
const SMOOTH = 300; // cells within the region of 98.9 % of the mass
const KEPT = 800; // tiles, 27 MB at 128 hidden units
const SLICE = 4; // tiles computed without a pause

/** What a Gaussian of two dimensions holds within 1, 2 and 3 standard deviations: regions of these masses compare with q's ellipses. */
export const MASSES = [1, 2, 3].map((sigma) => -Math.expm1((-sigma * sigma) / 2));

/**
 * For a `model` of log_likelihood.mjs: `study(x)`, a generator that pauses between slices of its work and returns { log_prob, side, tiles,
 * levels, hills, mean, covariance, mode, change, border, computed }. `tiles` is as in tiles.mjs with values log p(x, z); the regions where
 * they are above `levels` hold MASSES; `hills` are the masses of the last one's separate parts. `change` and `border` are what the last step moved and left, `computed` counts new cells.
 */
export function posterior(model) {
  if (model.latent !== 2) throw new Error(`posterior: wanted a decoder with 2 latents, got ${model.latent}`);
  const kept = new Map();

  function* fill(tiles, indices, depth, projection, count) {
    const side = FIRST.side / 2 ** depth;
    for (const [i, j] of indices) {
      const key = `${depth}:${keyOf(i, j)}`;
      const z = middles(i, j, side);
      let points = kept.get(key);
      if (points) {
        kept.delete(key); // it goes to the end, and is dropped last
      } else {
        points = model.points(z);
        count.computed += CELLS;
        if (count.computed % (SLICE * CELLS) === 0) yield;
      }
      kept.set(key, points);
      const values = model.logProb(projection, points);
      for (let cell = 0; cell < CELLS; cell++) values[cell] += logPrior(z[2 * cell], z[2 * cell + 1]);
      tiles.set(keyOf(i, j), { i, j, values });
    }
    for (const key of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(key);
    }
  }

  return function* study(x) {
    const projection = model.project(x);
    const count = { computed: 0 };
    let indices = square(FIRST.span);
    let before = NaN;
    for (let depth = 0; ; depth++) {
      const side = FIRST.side / 2 ** depth;
      const limit = FIRST.limit * 2 ** depth;
      const tiles = new Map();
      yield* fill(tiles, indices, depth, projection, count);
      let whole = logSum(tiles);
      const likely = ({ values }) => ceiling(values) > whole - MARGIN;
      // a scribble's posterior may stand far outside: the first grid follows whatever still may rise at its border
      while (depth === 0) {
        const { beyond } = border(new Map([...tiles].filter(([, tile]) => likely(tile))), whole, -1, limit);
        const absent = beyond.filter(([i, j]) => !tiles.has(keyOf(i, j)));
        if (!absent.length) break;
        yield* fill(tiles, absent, depth, projection, count);
        whole = logSum(tiles);
      }
      const change = Math.abs(whole + 2 * Math.log(side) - before);
      before = whole + 2 * Math.log(side);
      const inner = regions(tiles, whole, MASSES);
      if ((change < TOLERANCE && inner[2].count >= SMOOTH) || depth === DEEPEST) {
        let edge = border(tiles, whole, BORDER / 1000, limit);
        while (edge.mass >= BORDER && edge.beyond.length) {
          yield* fill(tiles, edge.beyond, depth, projection, count);
          whole = logSum(tiles);
          edge = border(tiles, whole, BORDER / 1000, limit);
        }
        const levels = regions(tiles, whole, MASSES).map(({ level }) => level);
        return {
          log_prob: whole + 2 * Math.log(side), side, tiles, levels, hills: islands(tiles, whole, levels[2]), ...moments(tiles, side, whole),
          change, border: edge.mass, computed: count.computed,
        };
      }
      indices = [...tiles.values()].filter(likely).flatMap(quarters);
    }
  };
}

const logPrior = (x, y) => -(x * x + y * y) / 2 - Math.log(2 * Math.PI);

