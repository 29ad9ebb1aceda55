// Draws of z from a Gaussian and how they fit the codes of a model: who is near, who is left out. No networks, no drawing.
//
// A law is { mean: [2], factor: [a, b, c] }: z = mean + (a n1, b n1 + c n2) for standard normal n, so its covariance is
// factor times its transpose. Codes are { x, y, label }, as `readCodes` gives them.

export const PRIOR = { mean: [0, 0], factor: [1, 0, 1] };

/** The Gaussian with the mean and the covariance (divided by n - 1) of the codes. */
export function fitted({ x, y }) {
  const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mean = [average(x), average(y)];
  const moment = (a, i, b, j) => a.reduce((sum, value, k) => sum + (value - mean[i]) * (b[k] - mean[j]), 0) / (a.length - 1);
  const a = Math.sqrt(moment(x, 0, x, 0));
  const b = moment(x, 0, y, 1) / a;
  return { mean, factor: [a, b, Math.sqrt(moment(y, 1, y, 1) - b * b)] };
}

/** The same law with its standard deviations times `spread`. */
export const widened = ({ mean, factor }, spread) => ({ mean, factor: factor.map((value) => spread * value) });

/** One point for each two numbers of `noise`: [x, y, x, y, ...], as a decoder takes them. */
export function drawn({ mean, factor: [a, b, c] }, noise) {
  return Float64Array.from(noise, (value, i) => (i % 2 ? mean[1] + b * noise[i - 1] + c * value : mean[0] + a * value));
}

/** The share of the codes that lie outside the law's ellipse of `radius` standard deviations. */
export function shareOutside({ x, y }, { mean, factor: [a, b, c] }, radius) {
  let outside = 0;
  for (let i = 0; i < x.length; i++) {
    const first = (x[i] - mean[0]) / a;
    const second = (y[i] - mean[1] - b * first) / c;
    if (first * first + second * second > radius * radius) outside += 1;
  }
  return outside / x.length;
}

/** The standard deviation of the codes, both axes taken together: the root of the mean of the two variances. */
export function spreadOf(codes) {
  const { factor: [a, b, c] } = fitted(codes);
  return Math.sqrt((a * a + b * b + c * c) / 2);
}

/** The codes in the order of their x, as `shareFar` wants them: { x, y }. */
export function byX({ x, y }) {
  const order = [...x.keys()].sort((a, b) => x[a] - x[b]);
  return { x: Float64Array.from(order, (i) => x[i]), y: Float64Array.from(order, (i) => y[i]) };
}

/** The share of the points `z` ([x, y, x, y, ...]) that have no code within `distance`; the codes come from `byX`. */
export function shareFar(z, { x, y }, distance) {
  const squared = distance * distance;
  let far = 0;
  for (let i = 0; i < z.length; i += 2) {
    let near = firstFrom(x, z[i] - distance); // a slider waits for this: only codes that may be near are asked
    while (near < x.length && x[near] <= z[i] + distance && (x[near] - z[i]) ** 2 + (y[near] - z[i + 1]) ** 2 > squared) near += 1;
    if (near === x.length || x[near] > z[i] + distance) far += 1;
  }
  return far / (z.length / 2);
}

// the place of the first of the increasing `values` that is at least `low`
function firstFrom(values, low) {
  let [start, end] = [0, values.length];
  while (start < end) {
    const middle = (start + end) >> 1;
    if (values[middle] < low) start = middle + 1;
    else end = middle;
  }
  return start;
}
