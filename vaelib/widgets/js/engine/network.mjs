// Runs a dense encoder or decoder from a weight file on typed arrays. No likelihood, no randomness, no drawing.

import { parse } from "./safetensors.mjs";

const ACTIVATIONS = {
  relu: (value) => (value > 0 ? value : 0),
  silu: (value) => value / (1 + Math.exp(-value)),
  tanh: Math.tanh,
};
const OUTPUTS = { encoder: ["mean", "log_var"], decoder: ["output"] };

/**
 * Read a weight file. Returns { part, activation, layers, inputs, outputs, latent, pixels, forward }.
 * `forward(inputs, batch)` takes batch * inputs numbers, one example after another, and returns a fresh Float64Array for each
 * named output. Weights are stored as single precision, as in torch; sums are taken in double precision.
 */
export function network(bytes) {
  const { metadata, tensors } = parse(bytes);
  if (metadata.format !== "vaelib 2") throw new Error(`network: wanted metadata format "vaelib 2", got ${JSON.stringify(metadata.format)}`);
  const { part } = metadata;
  if (!Object.hasOwn(OUTPUTS, part ?? "")) throw new Error(`network: wanted part "encoder" or "decoder", got ${JSON.stringify(part)}`);
  const { kind, activation } = JSON.parse(metadata.network ?? "{}");
  if (kind !== `dense ${part}`) throw new Error(`network: wanted a network of kind "dense ${part}", got ${JSON.stringify(kind)}`);
  if (!Object.hasOwn(ACTIVATIONS, activation ?? "")) {
    throw new Error(`network: wanted activation ${Object.keys(ACTIVATIONS).join(", ")}, got ${JSON.stringify(activation)}`);
  }
  const hidden = [];
  while (`hidden.${hidden.length}.weight` in tensors) hidden.push(readLayer(tensors, `hidden.${hidden.length}`));
  const heads = OUTPUTS[part].map((name) => readLayer(tensors, name));
  checkChain(hidden, heads);
  checkNoStrays(tensors, [...hidden, ...heads]);

  const inputs = (hidden[0] ?? heads[0]).inputs;
  const outputs = heads[0].outputs;
  const activate = ACTIVATIONS[activation];
  const scratch = []; // hidden activations, kept between calls: a drag decodes sixty times a second

  function forward(values, batch = 1) {
    checkInput(values, batch, inputs, part);
    let current = values;
    hidden.forEach((layer, depth) => {
      const size = batch * layer.outputs;
      if (!scratch[depth] || scratch[depth].length < size) scratch[depth] = new Float64Array(size);
      dense(layer, current, batch, scratch[depth]);
      for (let i = 0; i < size; i++) scratch[depth][i] = activate(scratch[depth][i]);
      current = scratch[depth];
    });
    const results = {};
    for (const head of heads) results[head.name] = dense(head, current, batch, new Float64Array(batch * head.outputs));
    return results;
  }

  return {
    part, activation, layers: [...hidden, ...heads], inputs, outputs, forward,
    latent: part === "encoder" ? outputs : inputs,
    pixels: part === "encoder" ? inputs : outputs,
  };
}

/** Read a decoder file; `decode(z, batch)` returns logits, batch * pixels. */
export function decoder(bytes) {
  const net = wanted(network(bytes), "decoder");
  return { ...net, decode: (z, batch = 1) => net.forward(z, batch).output };
}

/** Read an encoder file; `encode(x, batch)` returns { mean, log_var }, each batch * latent. */
export function encoder(bytes) {
  const net = wanted(network(bytes), "encoder");
  return { ...net, encode: (x, batch = 1) => net.forward(x, batch) };
}

function wanted(net, part) {
  if (net.part !== part) throw new Error(`network: wanted the ${part} of a model, got its ${net.part}`);
  return net;
}

function readLayer(tensors, name) {
  const weight = tensors[`${name}.weight`];
  const bias = tensors[`${name}.bias`];
  const scale = tensors[`${name}.weight.scale`];
  if (!weight || !bias) throw new Error(`network: wanted tensors "${name}.weight" and "${name}.bias", got ${Object.keys(tensors).join(", ") || "none"}`);
  if (weight.shape.length !== 2 || weight.data.length === 0) throw new Error(`network: wanted "${name}.weight" of shape (outputs, inputs), got [${weight.shape}]`);
  const [outputs, inputs] = weight.shape;
  checkVector(`${name}.bias`, bias, outputs, ["F32", "F16"]);
  let values = weight.data;
  if (weight.dtype === "I8") {
    if (!scale) throw new Error(`network: wanted "${name}.weight.scale" beside 8-bit weights, got none`);
    checkVector(`${name}.weight.scale`, scale, outputs, ["F32"]);
    values = new Float32Array(outputs * inputs);
    for (let i = 0; i < values.length; i++) values[i] = weight.data[i] * scale.data[(i / inputs) | 0];
  } else if (weight.dtype !== "F16" && weight.dtype !== "F32") {
    throw new Error(`network: wanted "${name}.weight" as I8, F16 or F32, got ${weight.dtype}`);
  }
  checkFinite(`${name}.weight`, values);
  return { name, inputs, outputs, weight: values, bias: bias.data };
}

function checkVector(name, tensor, length, dtypes) {
  if (!dtypes.includes(tensor.dtype) || tensor.shape.length !== 1 || tensor.shape[0] !== length) {
    throw new Error(`network: wanted "${name}" as ${dtypes.join(" or ")} of shape [${length}], got ${tensor.dtype} of shape [${tensor.shape}]`);
  }
  checkFinite(name, tensor.data);
}

function checkFinite(name, values) {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`network: wanted finite numbers in "${name}", got ${values[bad]} at position ${bad}`);
}

function checkChain(hidden, heads) {
  const chain = [...hidden, heads[0]];
  for (let i = 1; i < chain.length; i++) {
    if (chain[i].inputs !== chain[i - 1].outputs) {
      throw new Error(`network: wanted "${chain[i].name}" to take the ${chain[i - 1].outputs} outputs of "${chain[i - 1].name}", got ${chain[i].inputs} inputs`);
    }
  }
  for (const head of heads) {
    if (head.inputs !== heads[0].inputs || head.outputs !== heads[0].outputs) {
      throw new Error(`network: wanted "${head.name}" of shape [${heads[0].outputs}, ${heads[0].inputs}], got [${head.outputs}, ${head.inputs}]`);
    }
  }
}

// A gap in the numbering of the hidden layers would otherwise drop the layers behind it without a word.
function checkNoStrays(tensors, layers) {
  const known = new Set(layers.flatMap(({ name }) => [`${name}.weight`, `${name}.weight.scale`, `${name}.bias`]));
  const stray = Object.keys(tensors).find((name) => !known.has(name));
  if (stray) throw new Error(`network: wanted tensors of ${layers.map(({ name }) => name).join(", ")}, got "${stray}" as well`);
}

function checkInput(values, batch, inputs, part) {
  if (!Number.isSafeInteger(batch) || batch < 1) throw new Error(`${part}: wanted a batch of at least 1, got ${batch}`);
  if (values?.length !== batch * inputs) throw new Error(`${part}: wanted ${batch} x ${inputs} numbers, got ${values?.length}`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new Error(`${part}: wanted finite numbers, got ${values[i]} at position ${i}`);
  }
}

// target[b, o] = bias[o] + sum over i of weight[o, i] * values[b, i]; a row of weights stays in cache for the whole batch.
function dense({ inputs, outputs, weight, bias }, values, batch, target) {
  for (let o = 0; o < outputs; o++) {
    const row = o * inputs;
    for (let b = 0; b < batch; b++) {
      const column = b * inputs;
      let sum = bias[o];
      for (let i = 0; i < inputs; i++) sum += weight[row + i] * values[column + i];
      target[b * outputs + o] = sum;
    }
  }
  return target;
}
