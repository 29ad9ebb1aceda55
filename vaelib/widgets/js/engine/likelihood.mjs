// log p(x|z) of a dense Bernoulli decoder at many z, and its gradient in z. What does not depend on x is computed apart, to be kept.
//
// log p(x|z) = h(z).(W^T x) + b.x - sum of softplus(W h(z) + b), with h the last hidden layer, W and b the output layer. For points
// that stay, a new x costs one W^T x and a dot product for each point.

import { bestKernel } from "./kernel.mjs";

const CHUNK = 64; // points that go through the network together; what they need fits in a processor's second cache
const NOTHING = -1e4; // logit of the pixels that fill up the last four: their softplus and its slope are 0
const padded = (count) => Math.ceil(count / 4) * 4;

const ACTIVATIONS = {
  relu: { value: (v) => (v > 0 ? v : 0), slope: (v) => (v > 0 ? 1 : 0) },
  silu: {
    value: (v) => v / (1 + Math.exp(-v)),
    slope: (v) => {
      const s = 1 / (1 + Math.exp(-v));
      return s * (1 + v * (1 - s));
    },
  },
  tanh: { value: Math.tanh, slope: (v) => 1 - Math.tanh(v) ** 2 },
};

/** For the decoder `net` of network.mjs: { kernel, points, project, logProb, gradient }; `makeKernel(bytes)` chooses the arithmetic. */
export function likelihood(net, makeKernel = bestKernel) {
  const weights = net.layers.reduce((sum, { inputs, outputs }) => sum + 2 * padded(inputs) * padded(outputs) + 2 * padded(outputs), 0);
  const buffers = net.layers.reduce((sum, { inputs, outputs }) => sum + CHUNK * 3 * (padded(inputs) + padded(outputs)), 0);
  const kernel = makeKernel(4 * (weights + buffers) + 1e4);
  const activation = ACTIVATIONS[net.activation];
  const layers = net.layers.map((layer, depth) => prepare(kernel, layer, depth === net.layers.length - 1));
  const last = layers.at(-1);
  const width = net.layers.at(-1).inputs;
  const source = kernel.floats(CHUNK * layers[0].inputs);
  const activate = (values, count) => {
    if (net.activation === "silu") kernel.silu(values, count);
    else for (let i = 0; i < count; i++) values[i] = activation.value(values[i]);
  };

  function checked(z) {
    const bad = z.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0 || z.length % net.latent) throw new Error(`likelihood: wanted points of ${net.latent} finite numbers, got ${bad < 0 ? `${z.length} numbers` : `${z[bad]} at position ${bad}`}`);
    return z.length / net.latent;
  }

  // Fills each layer's output for z[first ... first + count); rows beyond count up to a multiple of four hold what they held.
  function forward(z, first, count, keepSlopes) {
    for (let i = 0; i < count; i++) {
      for (let axis = 0; axis < net.latent; axis++) source[i * layers[0].inputs + axis] = z[(first + i) * net.latent + axis];
    }
    const batch = padded(count);
    layers.reduce((values, layer) => {
      kernel.dense(layer.weight, layer.bias, values, layer.output, layer.inputs, layer.outputs, batch);
      if (layer === last) return null;
      if (keepSlopes) {
        for (let i = 0; i < count * layer.outputs; i++) layer.slope[i] = activation.slope(layer.output[i]);
      }
      activate(layer.output, batch * layer.outputs);
      return layer.output;
    }, source);
    return batch;
  }

  /** What log p(x|z) needs of the points z (latent numbers each): { hidden, softplus }, fresh arrays. */
  function points(z) {
    const total = checked(z);
    const hidden = new Float32Array(total * width);
    const softplus = new Float64Array(total);
    const top = layers.at(-2) ?? { output: source, outputs: layers[0].inputs };
    for (let first = 0; first < total; first += CHUNK) {
      const count = Math.min(CHUNK, total - first);
      forward(z, first, count, false);
      for (let i = 0; i < count; i++) hidden.set(top.output.subarray(i * top.outputs, i * top.outputs + width), (first + i) * width);
      softplus.set(kernel.softplus(last.output, last.outputs, count), first);
    }
    return { hidden, softplus };
  }

  /** What log p(x|z) needs of x: W^T x and b.x. */
  function project(x) {
    const { weight, bias } = net.layers.at(-1);
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
  function logProb({ projected, offset }, { hidden, softplus }) {
    return softplus.map((one, point) => {
      let sum = offset - one;
      for (let i = 0; i < width; i++) sum += hidden[point * width + i] * projected[i];
      return sum;
    });
  }

  /** The gradient of log p(x|z) in z at each of the points: as many numbers as z has. */
  function gradient(x, z) {
    const total = checked(z);
    const result = new Float64Array(z.length);
    for (let first = 0; first < total; first += CHUNK) {
      const count = Math.min(CHUNK, total - first);
      const batch = forward(z, first, count, true);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < x.length; j++) {
          const at = i * last.outputs + j;
          last.output[at] = x[j] - 1 / (1 + Math.exp(-last.output[at]));
        }
        for (let j = x.length; j < last.outputs; j++) last.output[i * last.outputs + j] = 0;
      }
      for (let depth = layers.length - 1; depth >= 0; depth--) {
        const layer = layers[depth];
        kernel.dense(layer.transposed, layer.none, layer.output, layer.back, layer.outputs, layer.inputs, batch);
        if (depth === 0) break;
        const below = layers[depth - 1];
        for (let i = 0; i < count * below.outputs; i++) below.output[i] = layer.back[i] * below.slope[i];
      }
      for (let i = 0; i < count; i++) {
        for (let axis = 0; axis < net.latent; axis++) result[(first + i) * net.latent + axis] = layers[0].back[i * layers[0].inputs + axis];
      }
    }
    return result;
  }

  return { kernel: kernel.name, latent: net.latent, points, project, logProb, gradient };
}

// A layer in the kernel's memory, its rows and columns filled up to multiples of four, with its transpose for the way back.
function prepare(kernel, { inputs, outputs, weight, bias }, isLast) {
  const layer = { inputs: padded(inputs), outputs: padded(outputs) };
  const size = layer.inputs * layer.outputs;
  Object.assign(layer, {
    weight: kernel.floats(size), transposed: kernel.floats(size), bias: kernel.floats(layer.outputs), none: kernel.floats(layer.inputs),
    output: kernel.floats(CHUNK * layer.outputs), back: kernel.floats(CHUNK * layer.inputs), slope: isLast ? null : kernel.floats(CHUNK * layer.outputs),
  });
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      layer.weight[o * layer.inputs + i] = layer.transposed[i * layer.outputs + o] = weight[o * inputs + i];
    }
  }
  layer.bias.set(bias);
  if (isLast) layer.bias.fill(NOTHING, outputs);
  return layer;
}
