// How the equations of chapter 8 are broken. What an entry holds is said in tools.mjs.

import { between, expect, HALF, klByQuadrature, list, SIGN, STD, sum } from "../tools.mjs";

const average = (values) => sum(values) / values.length;

/** The eigenvalues of a symmetric 3 x 3 matrix, largest first, by Jacobi's rotations. */
function eigenvalues(matrix) {
  const a = matrix.map((row) => [...row]);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (const [p, q, r] of [[0, 1, 2], [0, 2, 1], [1, 2, 0]]) {
      const angle = 0.5 * Math.atan2(2 * a[p][q], a[q][q] - a[p][p]);
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [pp, qq, pq, pr, qr] = [a[p][p], a[q][q], a[p][q], a[p][r], a[q][r]];
      a[p][p] = c * c * pp - 2 * s * c * pq + s * s * qq;
      a[q][q] = s * s * pp + 2 * s * c * pq + c * c * qq;
      a[p][q] = a[q][p] = 0;
      a[p][r] = a[r][p] = c * pr - s * qr;
      a[q][r] = a[r][q] = s * pr + c * qr;
    }
  }
  return [a[0][0], a[1][1], a[2][2]].sort((x, y) => y - x);
}

/** The part of the cloud's squares that its widest plane misses, at best: a search over the plane's normal, finer and finer. */
function missedByBestPlane(rows) {
  const missed = (/** @type {number[]} */ [u, v]) => {
    const normal = [Math.sin(u) * Math.cos(v), Math.sin(u) * Math.sin(v), Math.cos(u)];
    return sum(rows.map((row) => sum(row.map((value, j) => value * normal[j])) ** 2));
  };
  const coarse = list(24 * 24, (i) => [((i % 24) * Math.PI) / 24, (Math.floor(i / 24) * Math.PI) / 24]);
  let best = coarse.reduce((least, one) => (missed(one) < missed(least) ? one : least));
  for (let step = 0.1; step > 1e-7; ) {
    const around = [[step, 0], [-step, 0], [0, step], [0, -step]].map(([u, v]) => [best[0] + u, best[1] + v]);
    const next = around.reduce((least, one) => (missed(one) < missed(least) ? one : least), best);
    if (next === best) step /= 2;
    best = next;
  }
  return missed(best);
}

export default {
  "eq-space-kl": {
    says: "Three latents with random means and stds.",
    routes: ["closed form", "quadrature"],
    unit: "nats",
    mistakes: { sign: SIGN, std: STD, half: HALF },
    numbers: (random) => ({ mean: list(3, random.normal), std: list(3, () => between(random, 0.3, 1.6)) }),
    sides({ mean, std }, mistake) {
      const inner = (m, s) => m ** 2 + (mistake === "std" ? s : s ** 2) - 1 - (mistake === "sign" ? -1 : 1) * Math.log(s ** 2);
      return {
        left: mean.map((m, j) => (mistake === "half" ? 1 : 0.5) * inner(m, std[j])),
        right: mean.map((m, j) => klByQuadrature(m, std[j])), tolerance: 1e-9,
      };
    },
  },

  "eq-space-pca": {
    says: "Twenty random points in three dimensions, and the share of their variance that a plane keeps.",
    routes: ["from the singular values", "by search for the best plane"],
    unit: "",
    mistakes: { std: "singular values not squared", one: "first component alone", centre: "average not taken off" },
    numbers: (random) => ({ points: list(20, () => [3 + 1.5 * random.normal(), 1 + random.normal(), 0.7 * random.normal()]) }),
    sides({ points }, mistake) {
      const middle = list(3, (j) => average(points.map((point) => point[j])));
      const centred = points.map((point) => point.map((value, j) => value - middle[j]));
      const used = mistake === "centre" ? points : centred;
      const squares = eigenvalues(list(3, (j) => list(3, (k) => sum(used.map((row) => row[j] * row[k])))));
      const wide = mistake === "std" ? squares.map(Math.sqrt) : squares;
      const whole = sum(centred.map((row) => sum(row.map((value) => value ** 2))));
      return { left: (wide[0] + (mistake === "one" ? 0 : wide[1])) / sum(wide), right: 1 - missedByBestPlane(centred) / whole, tolerance: 1e-6 };
    },
  },

  "eq-space-variance": {
    says: "The draws of one latent for five images with random means and stds.",
    routes: ["variance of all draws", "variance of the means, and mean of the variances"],
    unit: "",
    mistakes: { sign: SIGN, std: STD, lost: "second term forgotten" },
    numbers: (random) => ({ mean: list(5, random.normal), std: list(5, () => between(random, 0.3, 0.9)) }),
    sides({ mean, std }, mistake) {
      const over = (value) => average(mean.map((m, i) => expect(value, m, std[i])));
      const centre = over((z) => z);
      const of_means = average(mean.map((m) => (m - average(mean)) ** 2));
      const within = average(mistake === "std" ? std : std.map((s) => s ** 2));
      return { left: over((z) => (z - centre) ** 2), right: of_means + ({ sign: -1, lost: 0 }[mistake] ?? 1) * within, tolerance: 1e-9 };
    },
  },
};
