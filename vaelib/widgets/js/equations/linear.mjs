// Linear decoders with two latents and two pixels, x = W z + std noise, whose posterior is Gaussian, and the algebra of 2 x 2 matrices.

import { between, sum } from "./tools.mjs";

export const drawField = (random) => ({
  slope: [[between(random, 0.8, 1.6), between(random, 0.4, 1)], [-between(random, 0.2, 0.7), between(random, 0.5, 1.2)]], std: between(random, 0.4, 0.8),
});
export const determinant = ([[a, b], [c, d]]) => a * d - b * c;
export const inverse = (m) => [[m[1][1], -m[0][1]], [-m[1][0], m[0][0]]].map((row) => row.map((one) => one / determinant(m)));
export const product = (a, b) => a.map((row) => b[0].map((_, j) => sum(row.map((one, k) => one * b[k][j]))));
export const transposed = (m) => m[0].map((_, j) => m.map((row) => row[j]));
export const apply = (m, v) => m.map((row) => sum(row.map((one, k) => one * v[k])));
export const withDiagonal = (m, value) => m.map((row, i) => row.map((one, j) => one + (i === j ? value : 0)));

export const precisionOf = ({ slope, std }) => withDiagonal(product(transposed(slope), slope).map((row) => row.map((one) => one / std ** 2)), 1);
export const diagonalOf = (m) => m.map((row, i) => row[i]);
