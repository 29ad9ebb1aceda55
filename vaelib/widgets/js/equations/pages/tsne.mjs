// How the equation of "How far to trust t-SNE" is broken: neighbours of a few points. What an entry holds is said in ../tools.mjs.

import { list, SIGN, sum } from "../tools.mjs";

const distance = (a, b) => Math.hypot(...a.map((value, j) => value - b[j]));
/** The others of point i, nearest first. */
const nearest = (points, i) => list(points.length, (j) => j).filter((j) => j !== i).sort((j, k) => distance(points[i], points[j]) - distance(points[i], points[k]));

export default {
  "eq-space-trust": {
    says: "Fifteen random points in three dimensions, laid down flat by leaving one dimension out, with three neighbours each.",
    routes: ["by the formula", "intruders counted, as a share of the worst case"],
    unit: "",
    mistakes: { sign: SIGN, two: "the 2 of c dropped", rank: "k not taken off the rank" },
    numbers: (random) => ({ points: list(15, () => list(3, random.normal)) }),
    sides({ points }, mistake) {
      const [n, k] = [points.length, 3];
      const flat = points.map((point) => point.slice(0, 2));
      const excess = (i) => sum(nearest(flat, i).slice(0, k).map((j) => nearest(points, i).indexOf(j) + 1).filter((rank) => rank > k)
        .map((rank) => rank - (mistake === "rank" ? 0 : k)));
      const c = (mistake === "two" ? 1 : 2) / (n * k * (2 * n - 3 * k - 1));
      const left = 1 - (mistake === "sign" ? -1 : 1) * c * sum(points.map((_, i) => excess(i)));
      const closer = (all, i, j) => all.filter((one, m) => m !== i && distance(one, all[i]) < distance(all[j], all[i])).length;
      let [misplaced, worst] = [0, 0];
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) if (j !== i && closer(flat, i, j) < k) misplaced += Math.max(0, closer(points, i, j) + 1 - k);
        for (let m = 1; m <= k; m++) worst += n - m - k;
      }
      return { left, right: 1 - misplaced / worst, tolerance: 1e-10 };
    },
  },
};
