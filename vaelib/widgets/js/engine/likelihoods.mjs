// What a decoder's outputs say of pixels, by the kind that its file names: log p(x|z), its gradient in the outputs, and the mean image.

import { bernoulliLogProb, means } from "./densities.mjs";
import { checkFinite, shown } from "./safetensors.mjs";

const LOG_2_PI = Math.log(2 * Math.PI);

/** Independent pixels of 0 and 1; the outputs are logits. */
const bernoulli = {
  numbers: 1, // outputs a pixel
  logProb: bernoulliLogProb,
  mean: means,
  /** log p(x|z) of the `count` examples from `first` in a head's output, and `share` times its gradient into the head's delta. */
  score(kernel, x, first, count, { output, delta, outputs, wanted }, share) {
    const pixels = wanted.outputs;
    const totals = kernel.softplus(output, outputs, count);
    for (let i = 0; i < count; i++) {
      const [from, at] = [(first + i) * pixels, i * outputs];
      let sum = 0;
      for (let j = 0; j < pixels; j++) sum += x[from + j] * output[at + j];
      totals[i] = sum - totals[i];
    }
    kernel.sigmoid(output, count * outputs);
    for (let i = 0; i < count; i++) {
      const [from, at] = [(first + i) * pixels, i * outputs];
      for (let j = 0; j < pixels; j++) delta[at + j] = share * (x[from + j] - output[at + j]);
    }
    return totals;
  },
};

/** Independent pixels around the outputs; `stds` holds one standard deviation for each. */
const gaussian = (stds) => ({
  numbers: 1,
  logProb: (x, outputs) => gaussianLogProb(x, outputs, stds),
  mean: (outputs) => Float64Array.from(outputs),
  score(kernel, x, first, count, { output, delta, outputs, wanted }, share) {
    const pixels = wanted.outputs;
    return Float64Array.from({ length: count }, (_, i) => {
      const [from, at] = [(first + i) * pixels, i * outputs];
      let sum = 0;
      for (let j = 0; j < pixels; j++) {
        const std = stds[j];
        const miss = (x[from + j] - output[at + j]) / std;
        sum += miss * miss + LOG_2_PI + 2 * Math.log(std);
        delta[at + j] = (share * miss) / std;
      }
      return -0.5 * sum;
    });
  },
});

/** log N(x; mean, diag stds^2), summed over pixels. */
export function gaussianLogProb(x, mean, stds) {
  if (x.length !== mean.length) throw new Error(`gaussianLogProb: wanted x and mean of equal length, got ${x.length} and ${mean.length}`);
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += ((x[j] - mean[j]) / stds[j]) ** 2 + LOG_2_PI + 2 * Math.log(stds[j]);
  return -0.5 * sum;
}

/**
 * The likelihood that a specification names: { kind: "bernoulli" }, or { kind: "gaussian", std, learn_std, min_std }, whose learned factor
 * is the tensor "likelihood.log_factor". What is used of `tensors` is taken from the names in `rest`.
 */
export function likelihoodOf(spec, { outputs, tensors = {}, rest = new Set() }) {
  const fail = (what, got) => {
    throw new Error(`likelihood: wanted ${what}, got ${shown(got)}`);
  };
  const entries = Object.keys(spec ?? {}).sort().join();
  if (spec?.kind === "bernoulli" && entries === "kind") return bernoulli;
  if (spec?.kind !== "gaussian" || entries !== "kind,learn_std,min_std,std") fail('{"kind": "bernoulli"}, or "gaussian" with std, learn_std and min_std', spec);
  const { std, min_std: least, learn_std: learned } = spec;
  const starts = Array.isArray(std) ? std : [std];
  const shape = Array.isArray(std) ? [outputs] : [];
  if (starts.length !== (shape[0] ?? 1) || !starts.every((one) => typeof one === "number" && one > 0 && Number.isFinite(one))) fail("a std above 0, one for all pixels or one for each", std);
  if (typeof learned !== "boolean" || !(typeof least === "number" && least >= 0 && least < Math.min(...starts))) fail("learn_std true or false, and a min_std below the std", { learned, least });
  const factor = tensors["likelihood.log_factor"];
  if (factor?.dtype !== "F32" || factor.shape.join() !== shape.join()) fail(`"likelihood.log_factor" as F32 of shape [${shape}]`, factor && [factor.dtype, factor.shape.slice(0, 4)]);
  checkFinite("likelihood.log_factor", factor.data);
  rest.delete("likelihood.log_factor");
  return gaussian(Float64Array.from({ length: outputs }, (_, j) => {
    const own = starts[shape.length ? j : 0] * Math.exp(factor.data[shape.length ? j : 0]);
    return learned ? Math.hypot(own, least) : own;
  }));
}
