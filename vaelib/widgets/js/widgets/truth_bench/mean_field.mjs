// Two latents, two pixels, and a q without tilt: what mean field costs when the latents are turned. Closed forms, in nats. No drawing.

/**
 * x = W z + std noise with W = diag(SCALES) R', R the rotation by `angle`: z is turned, then each pixel sees one turned latent, one of them
 * well and one badly. Turning pixels instead (W = R diag(SCALES)) would tilt nothing: W'W, and with it the posterior's axes, would stay.
 */
export const SCALES = [1.85, 0.25];
export const STD = 0.5;
export const X = [1.6, 0.4];

/** The exact posterior N(mean, precision^-1) and the best diagonal q at `angle` degrees, with the bound's terms for that q. */
export function meanField(angle) {
  const radians = (angle * Math.PI) / 180;
  const [c, s] = [Math.cos(radians), Math.sin(radians)];
  const weight = [[SCALES[0] * c, SCALES[0] * s], [-SCALES[1] * s, SCALES[1] * c]];
  const gram = (i, j) => (weight[0][i] * weight[0][j] + weight[1][i] * weight[1][j]) / STD ** 2;
  const precision = [[1 + gram(0, 0), gram(0, 1)], [gram(1, 0), 1 + gram(1, 1)]];
  const covariance = inverse(precision);
  const pull = [0, 1].map((i) => (weight[0][i] * X[0] + weight[1][i] * X[1]) / STD ** 2);
  const mean = covariance.map((row) => row[0] * pull[0] + row[1] * pull[1]);
  const std = [0, 1].map((i) => 1 / Math.sqrt(precision[i][i])); // narrower than the posterior's margins, sqrt(covariance[i][i])
  return { weight, precision, covariance, mean, std, terms: termsOf({ weight, precision, exact: mean, mean, std }) };
}

/** What the best diagonal q pays at `angle` degrees: (sum of log diag precision - log det precision) / 2. */
export function price(angle) {
  const { precision } = meanField(angle);
  return 0.5 * (Math.log(precision[0][0]) + Math.log(precision[1][1]) - Math.log(determinant(precision)));
}

const LOG_2PI = Math.log(2 * Math.PI);
const sum = (/** @type {number[]} */ [a, b]) => a + b;

/** The bound's terms for any q = N(mean, diag std^2), by the same names as in linear_gaussian.mjs and each by its own formula. */
export function termsOf({ weight, precision, exact, mean, std }) {
  const miss = X.map((x, i) => x - weight[i][0] * mean[0] - weight[i][1] * mean[1]);
  const spread = [0, 1].map((j) => (weight[0][j] ** 2 + weight[1][j] ** 2) * std[j] ** 2);
  const log_likelihood = -LOG_2PI - 2 * Math.log(STD) - (sum(miss.map((one) => one * one)) + sum(spread)) / (2 * STD ** 2);
  const log_joint = log_likelihood - LOG_2PI - 0.5 * sum(mean.map((one, j) => one * one + std[j] ** 2));
  const entropy = LOG_2PI + 1 + sum(std.map(Math.log));
  const kl = 0.5 * sum(mean.map((one, j) => one * one + std[j] ** 2 - 1 - 2 * Math.log(std[j])));
  const off = mean.map((one, j) => one - exact[j]);
  const distance = quadratic(precision, off);
  const gap = 0.5 * (sum(std.map((one, j) => precision[j][j] * one * one)) - 2 + distance - Math.log(determinant(precision)) - 2 * sum(std.map(Math.log)));
  const marginal = [0, 1].map((i) => [0, 1].map((j) => weight[i][0] * weight[j][0] + weight[i][1] * weight[j][1] + (i === j ? STD ** 2 : 0)));
  const log_evidence = -LOG_2PI - 0.5 * (Math.log(determinant(marginal)) + quadratic(inverse(marginal), X));
  const elbo = log_likelihood - kl;
  return { log_evidence, elbo, gap, log_likelihood, kl, log_joint, entropy, residual: log_evidence - elbo - gap };
}

const determinant = (/** @type {number[][]} */ [[a, b], [c, d]]) => a * d - b * c;
const quadratic = (/** @type {number[][]} */ [[a, b], [c, d]], /** @type {number[]} */ [u, v]) => a * u * u + (b + c) * u * v + d * v * v;

function inverse(matrix) {
  const [[a, b], [c, d]] = matrix;
  const scale = 1 / determinant(matrix);
  return [[d * scale, -b * scale], [-c * scale, a * scale]];
}
