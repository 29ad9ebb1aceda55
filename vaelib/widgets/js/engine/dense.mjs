// Dense networks on a kernel, many examples at a time: forward, and backward to the input and to the weights. No files, no likelihood.
//
// A network is hidden layers and one or more heads that share them. Rows and columns are filled up to multiples of eight with
// weights of 0, so that what is filled up stays 0, forward and backward. Buffers hold `rows` examples; `pass` and `back` work on one
// such batch, `forward` on any number.

import { bestKernel } from "./kernel.mjs";

const NOTHING = -1e4; // the filled-up numbers of a decoder's output, as logits: their softplus and its slope are 0
export const ACTIVATIONS = ["relu", "silu", "tanh"];

const eights = (count) => Math.ceil(count / 8) * 8;
const fours = (count) => Math.ceil(count / 4) * 4;

/**
 * `layers` as { name, inputs, outputs, weight, bias }, the heads last, `heads` of them; `learns` sets aside room for the gradients of
 * the weights and for an optimizer (adam.mjs).
 */
export function dense({ layers, heads = 1, activation, makeKernel = bestKernel, rows = 64, learns = false }) {
  const batch = fours(rows);
  const room = layers.reduce((sum, { inputs, outputs }) => {
    const parameters = eights(inputs) * eights(outputs) + eights(outputs);
    return sum + (learns ? 4 : 1) * parameters + batch * (2 * eights(inputs) + 3 * eights(outputs));
  }, 0);
  const kernel = makeKernel(4 * room + 256 * layers.length + 1e4);
  const made = layers.map((layer) => prepare(kernel, layer, batch, learns));
  const hidden = made.slice(0, made.length - heads);
  const tops = made.slice(made.length - heads);
  const inputs = layers[0].inputs;
  const source = kernel.floats(batch * made[0].inputs);
  const sourceGradient = kernel.floats(batch * made[0].inputs);
  for (const top of tops) if (top.name === "output") top.bias.fill(NOTHING, top.wanted.outputs);

  /** Examples first ... first + count of `values` through the network, into the heads' `output`; `keep` what `back` needs. */
  function pass(values, first, count, keep = false) {
    const wide = made[0].inputs;
    for (let i = 0; i < count; i++) {
      const [from, to] = [(first + i) * inputs, i * wide];
      for (let j = 0; j < inputs; j++) source[to + j] = values[from + j];
    }
    const used = keep ? fours(count) : Math.ceil(count / kernel.group) * kernel.group;
    source.fill(0, count * wide, used * wide); // the examples that fill up the last group
    let current = source;
    for (const layer of hidden) {
      kernel.dense(layer.weight, layer.bias, current, layer.output, layer.inputs, layer.outputs, used);
      activate(kernel, activation, layer, used * layer.outputs, keep);
      current = layer.output;
    }
    for (const top of tops) kernel.dense(top.weight, top.bias, current, top.output, top.inputs, top.outputs, used);
  }

  /** From each head's `delta`, the gradient in its output: to `sourceGradient`, and onto the gradients of the weights if it learns. */
  function back(count, { toSource = true } = {}) {
    const used = fours(count);
    for (const top of tops) top.delta.fill(0, count * top.outputs, used * top.outputs);
    for (let depth = hidden.length; depth >= 0; depth--) {
      const uppers = depth === hidden.length ? tops : [hidden[depth]];
      const below = hidden[depth - 1];
      const [values, target] = below ? [below.output, below.delta] : [source, sourceGradient];
      if (learns) for (const layer of uppers) learn(kernel, layer, values, used);
      if (!below && !toSource) return;
      uppers.forEach((layer, i) => kernel.product(layer.delta, layer.weight, target, {
        rows: used, columns: layer.inputs, depth: layer.outputs, row: layer.outputs, deep: 1, more: i > 0,
      }));
      if (below) for (let i = 0; i < used * below.outputs; i++) target[i] *= below.slope[i];
    }
  }

  /** The heads' outputs for `count` examples, each as a fresh array of count * outputs numbers, in the order of the heads. */
  function forward(values, count) {
    const results = tops.map(({ wanted }) => new Float64Array(count * wanted.outputs));
    for (let first = 0; first < count; first += batch) {
      const some = Math.min(batch, count - first);
      pass(values, first, some);
      tops.forEach((top, k) => unpad(top.output, top.outputs, results[k], top.wanted.outputs, first, some));
    }
    return results;
  }

  return { kernel, rows: batch, inputs, layers: made, hidden, heads: tops, source, sourceGradient, pass, back, forward };
}

/** Copies `count` rows of a filled-up buffer to rows first ... of `target`. */
export function unpad(buffer, stride, target, width, first, count) {
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < width; j++) target[(first + i) * width + j] = buffer[i * stride + j];
  }
}

// A layer in the kernel's memory. `wanted` keeps what it was made of: its true sizes, and the weights as they were read.
function prepare(kernel, wanted, batch, learns) {
  const [inputs, outputs] = [eights(wanted.inputs), eights(wanted.outputs)];
  const room = (count) => kernel.floats(count);
  const layer = {
    name: wanted.name, wanted, inputs, outputs, weight: room(inputs * outputs), bias: room(outputs),
    output: room(batch * outputs), delta: room(batch * outputs), slope: room(batch * outputs), learning: null,
  };
  if (learns) {
    const triple = (count) => ({ gradient: room(count), first: room(count), second: room(count) });
    layer.learning = { weight: triple(inputs * outputs), bias: triple(outputs) };
  }
  for (let o = 0; o < wanted.outputs; o++) {
    for (let i = 0; i < wanted.inputs; i++) layer.weight[o * inputs + i] = wanted.weight[o * wanted.inputs + i];
  }
  layer.bias.set(wanted.bias);
  return layer;
}

function activate(kernel, activation, { output, slope }, count, keep) {
  if (activation === "silu") {
    kernel.silu(output, keep ? slope : null, count);
  } else if (activation === "relu") {
    for (let i = 0; i < count; i++) {
      const open = output[i] > 0;
      if (!open) output[i] = 0;
      if (keep) slope[i] = open ? 1 : 0;
    }
  } else {
    for (let i = 0; i < count; i++) {
      const value = (output[i] = Math.tanh(output[i]));
      if (keep) slope[i] = 1 - value * value;
    }
  }
}

// The gradients of a layer's weights and biases, added to what they hold: sums over the batch of delta times input, and of delta.
function learn(kernel, { delta, inputs, outputs, learning }, values, used) {
  kernel.product(delta, values, learning.weight.gradient, { rows: outputs, columns: inputs, depth: used, row: 1, deep: outputs, more: true });
  const { gradient } = learning.bias;
  for (let b = 0; b < used; b++) {
    for (let o = 0; o < outputs; o++) gradient[o] += delta[b * outputs + o];
  }
}
