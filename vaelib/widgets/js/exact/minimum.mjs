// The lowest place of a function of a few numbers, by Nelder and Mead's simplex: no slopes needed. No drawing.

const TOLERANCE = 1e-10; // of the function; its place is then known to about 1e-5
const MOST = 400; // steps

/** { at, value } of a local minimum of `f(numbers)` near `start`; the first triangle has sides of `size`. */
export function minimum(f, start, size = 0.2) {
  const corner = (at) => ({ at, value: f(at) });
  let simplex = [start, ...start.map((_, i) => start.map((one, j) => one + (i === j ? size : 0)))].map(corner);
  for (let step = 0; step < MOST; step++) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0];
    const worst = simplex.at(-1);
    const wide = Math.max(...simplex.flatMap(({ at }) => at.map((one, i) => Math.abs(one - best.at[i]))));
    if (worst.value - best.value < TOLERANCE && wide < 1e-4) break;
    const middle = start.map((_, i) => simplex.slice(0, -1).reduce((sum, { at }) => sum + at[i], 0) / start.length);
    const along = (times) => corner(middle.map((one, i) => one + times * (worst.at[i] - one)));
    const reflected = along(-1);
    let next = reflected;
    if (reflected.value < best.value) {
      const further = along(-2);
      if (further.value < reflected.value) next = further;
    } else if (reflected.value >= simplex.at(-2).value) {
      const nearer = along(reflected.value < worst.value ? -0.5 : 0.5);
      next = nearer.value < Math.min(reflected.value, worst.value) ? nearer : null;
    }
    if (next) simplex[simplex.length - 1] = next;
    else simplex = simplex.map((one) => (one === best ? one : corner(one.at.map((value, i) => (value + best.at[i]) / 2))));
  }
  return simplex.reduce((best, one) => (one.value < best.value ? one : best));
}
