// log p(x|z) of a Bernoulli decoder at many z, and its gradient in z. What does not depend on x is computed apart, to be kept.
//
// log p(x|z) = h(z).(W^T x) + b.x - sum of softplus(W h(z) + b), with h the last hidden layer, W and b the output layer. For points
// that stay, a new x costs one W^T x and a dot product for each point.

import { unpad } from "../engine/dense.mjs";

/** For a decoder of network.mjs: { kernel, latent, points, project, logProb, gradient }. */
export function logLikelihood(decoder) {
  if (decoder.spec.likelihood.kind !== "bernoulli") throw new Error(`logLikelihood: wanted a Bernoulli decoder, got ${decoder.spec.likelihood.kind}`);
  const { engine, latent } = decoder;
  const { kernel, rows, hidden, source, sourceGradient } = engine;
  const [last] = engine.heads;
  const { weight, bias, inputs: width } = last.wanted;

  function checked(z) {
    const bad = z.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0 || z.length % latent) throw new Error(`logLikelihood: wanted points of ${latent} finite numbers, got ${bad < 0 ? `${z.length} numbers` : `${z[bad]} at position ${bad}`}`);
    return z.length / latent;
  }

  /** What log p(x|z) needs of the points z (latent numbers each): { hidden, softplus }, fresh arrays. */
  function points(z) {
    const total = checked(z);
    const kept = new Float32Array(total * width);
    const softplus = new Float64Array(total);
    for (let first = 0; first < total; first += rows) {
      const count = Math.min(rows, total - first);
      engine.pass(z, first, count);
      unpad(hidden.at(-1)?.output ?? source, last.inputs, kept, width, first, count);
      softplus.set(kernel.softplus(last.output, last.outputs, count), first);
    }
    return { hidden: kept, softplus };
  }

  /** What log p(x|z) needs of x: W^T x and b.x. */
  function project(x) {
    const projected = new Float64Array(width);
    let offset = 0;
    for (let j = 0; j < x.length; j++) {
      if (x[j] === 0) continue;
      offset += x[j] * bias[j];
      for (let i = 0; i < width; i++) projected[i] += x[j] * weight[j * width + i];
    }
    return { projected, offset };
  }

  /** log p(x|z) at each of the points. */
  function logProb({ projected, offset }, { hidden: kept, softplus }) {
    return softplus.map((one, point) => {
      let sum = offset - one;
      for (let i = 0; i < width; i++) sum += kept[point * width + i] * projected[i];
      return sum;
    });
  }

  /** The gradient of log p(x|z) in z at each of the points: as many numbers as z has. */
  function gradient(x, z) {
    const total = checked(z);
    const result = new Float64Array(z.length);
    for (let first = 0; first < total; first += rows) {
      const count = Math.min(rows, total - first);
      engine.pass(z, first, count, true);
      kernel.sigmoid(last.output, count * last.outputs);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < x.length; j++) last.delta[i * last.outputs + j] = x[j] - last.output[i * last.outputs + j];
      }
      engine.back(count);
      unpad(sourceGradient, engine.layers[0].inputs, result, latent, first, count);
    }
    return result;
  }

  return { kernel: kernel.name, latent, points, project, logProb, gradient };
}
