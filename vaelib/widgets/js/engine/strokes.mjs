// Ten digits as pen strokes, drawn by hand for this book, and a pen that renders them in the manner of MNIST. No models.

import { clamp } from "./range.mjs";

// Points of each stroke in a 28 x 28 box; the pen passes through them on a smooth curve. A new stroke makes a corner.
const STROKES = [
  [[[15.5, 5], [11, 7.5], [9, 14], [10.5, 20.5], [14, 23], [17.5, 20.5], [19, 14], [18, 7.5], [15.2, 5]]],
  [[[16, 4.5], [14.6, 14], [13, 23.5]]],
  [[[8.5, 9], [10.5, 5.8], [14.5, 5], [18, 7.8], [17, 12], [12.5, 17.5], [8.2, 22.5]], [[8.2, 22.5], [13.5, 21.8], [20, 22.3]]],
  [[[8.8, 6.8], [13, 5], [17.4, 7.2], [16.4, 11], [12.5, 13.2]], [[12.5, 13.2], [17.4, 14.8], [18.6, 18.8], [14.8, 22.8], [8.3, 21.6]]],
  [[[9.5, 5.5], [8.6, 10.5], [9.6, 14.6], [13.5, 15], [19, 14]], [[18.8, 5], [17.8, 14], [16.8, 23.8]]],
  [[[21.5, 5], [17.5, 5.2], [14, 6]], [[14, 6], [11.6, 12.4]], [[11.6, 12.4], [15.2, 12.6], [17.2, 15.4], [16, 19.6], [12.4, 22.4], [7, 21.6]]],
  [[[16.6, 4.6], [12.2, 9], [9.6, 15.2], [10.2, 20.8], [13.8, 23.4], [17.6, 21], [17.4, 16.8], [13.8, 15.2], [10.2, 18.2]]],
  [[[8.4, 7], [13.5, 6.4], [19.4, 6]], [[19.4, 6], [16, 13.5], [13.2, 23.6]]],
  [[[18.6, 7.6], [15.2, 5.2], [12, 8], [13.6, 12.6], [16, 16.8], [15.4, 21.2], [12.4, 23.2], [10, 20.6], [11.6, 16.4], [16.2, 12], [18.6, 7.6]]],
  [[[18, 8.6], [14.4, 5.2], [10, 8], [10.4, 12.4], [14.2, 13.6], [17.6, 10.6], [18, 8.6]], [[18, 8.6], [17.4, 15.6], [15.8, 23.6]]],
];
const SIDE = 28;
const BOX = 20; // MNIST fits the digit into 20 x 20, then centres its mass in 28 x 28
const PEN = 2.2; // pixels

/** The digit as 784 grey levels in [0, 1], row by row, with soft edges. Round at 0.5 for a Bernoulli likelihood. */
export function renderStroke(digit) {
  if (!Number.isInteger(digit) || !STROKES[digit]) throw new Error(`renderStroke: wanted a digit from 0 to 9, got ${digit}`);
  return render(STROKES[digit]);
}

/** Strokes (each a list of points [column, row] in a 28 x 28 box) fitted into 20 x 20, centred by their mass, and rendered alike. */
export function render(strokes) {
  const curves = fit(strokes.map(smooth));
  const [massX, massY] = centreOfMass(draw(curves));
  return draw(move(curves, (SIDE - 1) / 2 - massX, (SIDE - 1) / 2 - massY));
}

// A Catmull-Rom curve through the points, eight short lines for each span.
function smooth(points) {
  const at = (i) => points[Math.min(Math.max(i, 0), points.length - 1)];
  const curve = [points[0]];
  for (let i = 0; i + 1 < points.length; i++) {
    for (let step = 1; step <= 8; step++) {
      const t = step / 8;
      curve.push([0, 1].map((axis) => {
        const [a, b, c, d] = [at(i - 1)[axis], at(i)[axis], at(i + 1)[axis], at(i + 2)[axis]];
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
      }));
    }
  }
  return curve;
}

function fit(curves) {
  const points = curves.flat();
  const low = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const high = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
  const scale = (BOX - PEN) / Math.max(high[0] - low[0], high[1] - low[1]);
  return curves.map((curve) => curve.map((point) => point.map((value, axis) => (SIDE - 1) / 2 + (value - (low[axis] + high[axis]) / 2) * scale)));
}

const move = (curves, dx, dy) => curves.map((curve) => curve.map(([x, y]) => [x + dx, y + dy]));

// A pixel is as dark as the pen covers it: full within the pen's radius, fading over the last pixel. Each short line is measured
// against the pixels around it only: this runs while the page starts.
function draw(curves) {
  const image = new Float64Array(SIDE * SIDE);
  const reach = PEN / 2 + 0.5;
  for (const curve of curves) {
    for (let j = 1; j < curve.length; j++) {
      const [a, b] = [curve[j - 1], curve[j]];
      const [left, top] = [0, 1].map((axis) => Math.max(0, Math.ceil(Math.min(a[axis], b[axis]) - reach)));
      const [right, bottom] = [0, 1].map((axis) => Math.min(SIDE - 1, Math.floor(Math.max(a[axis], b[axis]) + reach)));
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const cover = Math.min(1, reach - distance(x, y, a, b));
          if (cover > image[y * SIDE + x]) image[y * SIDE + x] = cover;
        }
      }
    }
  }
  return image;
}

function distance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const t = squared === 0 ? 0 : clamp(((x - ax) * dx + (y - ay) * dy) / squared, [0, 1]);
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

/** The centre of mass of a 28 x 28 picture, in pixels: [column, row]. */
export function centreOfMass(image) {
  let [total, x, y] = [0, 0, 0];
  image.forEach((value, i) => {
    total += value;
    x += value * (i % SIDE);
    y += value * Math.floor(i / SIDE);
  });
  return [x / total, y / total];
}
