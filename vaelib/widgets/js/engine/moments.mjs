// Slant and stroke thickness of one picture, from its pixels: the twin of vaelib/moments.py. No files, no drawing.

const GAUSS = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)]; // the two nodes of Gauss and Legendre on [0, 1]

/** The shear of x for each unit of y upwards, cov(x, y) / var(y) over the ink. NaN where all ink stands in one row. */
export function slant(pixels) {
  const side = sideOf(pixels);
  let [total, sumX, sumY] = [0, 0, 0];
  pixels.forEach((ink, i) => {
    total += ink;
    sumX += ink * (i % side);
    sumY -= ink * Math.floor(i / side); // rows run downwards, y upwards
  });
  let [together, height] = [0, 0];
  pixels.forEach((ink, i) => {
    const [x, y] = [(i % side) - sumX / total, -Math.floor(i / side) - sumY / total];
    together += ink * x * y;
    height += ink * y * y;
  });
  return together / height;
}

/** The width of the strokes in pixels: 2 * ink / length of the edges, which is the isotropic total variation. NaN without ink. */
export function thickness(pixels) {
  const side = sideOf(pixels);
  const at = (row, column) => (row < 0 || column < 0 || row >= side || column >= side ? 0 : pixels[row * side + column]);
  let edges = 0;
  for (let row = -1; row < side; row++) {
    for (let column = -1; column < side; column++) {
      const [a, b, c, d] = [at(row, column), at(row, column + 1), at(row + 1, column), at(row + 1, column + 1)];
      for (const u of GAUSS) {
        for (const v of GAUSS) edges += Math.hypot((1 - v) * (b - a) + v * (d - c), (1 - u) * (c - a) + u * (d - b)) / 4;
      }
    }
  }
  return (2 * pixels.reduce((sum, ink) => sum + ink, 0)) / edges;
}

function sideOf(pixels) {
  const side = Math.sqrt(pixels.length);
  if (side < 1 || !Number.isInteger(side)) throw new Error(`moments: wanted a square number of pixels, got ${pixels.length}`);
  return side;
}
