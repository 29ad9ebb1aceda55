// Reads a dense encoder or decoder from a weight file ("vaelib 2", see vaelib/storage.py) and runs it. What it does not know is refused.

import { ACTIVATIONS, dense } from "./dense.mjs";
import { plainKernel } from "./kernel.mjs";
import { likelihoodOf } from "./likelihoods.mjs";
import { checkFinite, parse, shown } from "./safetensors.mjs";

const HEADS = { encoder: ["mean", "log_var"], decoder: ["output"] };
const ENTRIES = { encoder: ["pixels", "latent_dim", "hidden", "activation"], decoder: ["latent_dim", "outputs", "hidden", "activation"] };

/**
 * Read a weight file. Returns { part, model, spec, activation, layers, inputs, outputs, latent, pixels, engine, forward }: `spec` is what
 * the file says of its parts, `engine` the network on a kernel (dense.mjs), and `forward(inputs, batch)` takes batch * inputs numbers,
 * one example after another, and returns a fresh Float64Array for each named output. `options` are those of dense.mjs: makeKernel,
 * rows, learns. The plain kernel computes in double precision, so that what a page shows of one z is what torch gives; bestKernel is
 * for many z at a time.
 */
export function network(bytes, { makeKernel = plainKernel, ...options } = {}) {
  const { metadata, tensors } = parse(bytes);
  const { part, model } = head(metadata, ["encoder", "decoder"]);
  const spec = { network: networkWords(metadata.network, part) };
  const { hidden, activation } = spec.network;
  const inputs = part === "encoder" ? spec.network.pixels : spec.network.latent_dim;
  const outputs = part === "encoder" ? spec.network.latent_dim : spec.network.outputs;

  const rest = new Set(Object.keys(tensors));
  const widths = [inputs, ...hidden];
  const layers = [
    ...hidden.map((width, i) => readLayer(tensors, rest, `hidden.${i}`, width, widths[i])),
    ...HEADS[part].map((name) => readLayer(tensors, rest, name, outputs, widths.at(-1))),
  ];
  if (part === "encoder") {
    spec.posterior = words(metadata, "posterior");
    if (!sameEntries(spec.posterior, ["kind"]) || spec.posterior.kind !== "diagonal gaussian") refuse('a posterior {"kind": "diagonal gaussian"}', metadata.posterior);
  } else {
    spec.prior = words(metadata, "prior");
    if (!sameEntries(spec.prior, ["kind", "latent_dim"]) || spec.prior.kind !== "standard normal" || spec.prior.latent_dim !== inputs || !wholeOnly(metadata.prior)) {
      refuse(`a prior {"kind": "standard normal", "latent_dim": ${inputs}}`, metadata.prior);
    }
    spec.likelihood = words(metadata, "likelihood");
  }
  const likelihood = part === "decoder" ? likelihoodOf(spec.likelihood, { outputs, tensors, rest }) : null;
  const [stray] = rest;
  if (stray !== undefined) refuse(`tensors of ${layers.map(({ name }) => name).join(", ")}`, `${stray} as well`);

  const engine = dense({ layers, heads: HEADS[part].length, activation, makeKernel, ...options });
  function forward(values, batch = 1) {
    checkInput(values, batch, inputs, part);
    return Object.fromEntries(engine.forward(values, batch).map((result, k) => [HEADS[part][k], result]));
  }

  return {
    part, model, spec, activation, layers, inputs, outputs, likelihood, engine, forward,
    latent: spec.network.latent_dim,
    pixels: part === "encoder" ? inputs : outputs / likelihood.numbers,
  };
}

/** Read a decoder file; `decode(z, batch)` returns what the likelihood wants, batch * outputs numbers, and `likelihood` says what they mean. */
export function decoder(bytes, options) {
  const net = wanted(network(bytes, options), "decoder");
  return { ...net, decode: (z, batch = 1) => net.forward(z, batch).output };
}

/** Read an encoder file; `encode(x, batch)` returns { mean, log_var }, each batch * latent. */
export function encoder(bytes, options) {
  const net = wanted(network(bytes, options), "encoder");
  return { ...net, encode: (x, batch = 1) => net.forward(x, batch) };
}

/** { part, model } of a file's metadata: one of `parts`, and the 16 hexadecimal digits that all files of one trained model carry. */
export function head(metadata, parts) {
  const { format, part, model } = metadata;
  if (format !== "vaelib 2") refuse('metadata format "vaelib 2"', format);
  if (!parts.includes(part)) refuse(`part ${parts.map((one) => JSON.stringify(one)).join(" or ")}`, part);
  if (!/^[0-9a-f]{16}$/.test(model ?? "")) refuse("the model's 16 hexadecimal digits", model);
  return { part, model };
}

function wanted(net, part) {
  if (net.part !== part) throw new Error(`network: wanted the ${part} of a model, got its ${net.part}`);
  return net;
}

function networkWords(text, part) {
  const spec = words({ network: text }, "network");
  if (spec.kind !== `dense ${part}`) refuse(`a network of kind "dense ${part}"`, spec.kind);
  if (!sameEntries(spec, ["kind", ...ENTRIES[part]])) refuse(`a network with ${ENTRIES[part].join(", ")}`, Object.keys(spec).join(", "));
  const { hidden, activation, latent_dim: latent } = spec;
  const sizes = [latent, part === "encoder" ? spec.pixels : spec.outputs];
  if (!Array.isArray(hidden) || !wholeOnly(text) || ![...sizes, ...hidden].every((size) => Number.isSafeInteger(size) && size >= 1)) {
    refuse("whole sizes of at least 1", text);
  }
  if (!ACTIVATIONS.includes(activation)) refuse(`activation ${ACTIVATIONS.join(", ")}`, activation);
  return spec;
}

function words(metadata, name) {
  let spec = null;
  try {
    spec = JSON.parse(metadata[name]);
  } catch {
    // said below
  }
  if (typeof spec !== "object" || spec === null || typeof spec.kind !== "string") refuse(`the ${name} in words`, metadata[name]);
  return spec;
}

// 64.0 is read as 64 here, but not by torch's side: a size has no point and no exponent
const wholeOnly = (text) => !/[.eE-]/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, "").replace(/true|false|null/g, ""));
const sameEntries = (spec, names) => Object.keys(spec).sort().join() === [...names].sort().join();

function refuse(what, got) {
  throw new Error(`network: wanted ${what}, got ${shown(got)}`);
}

function readLayer(tensors, rest, name, outputs, inputs) {
  const take = (full, dtypes, shape) => {
    const tensor = tensors[full];
    if (!tensor || !dtypes.includes(tensor.dtype) || tensor.shape.join() !== shape.join()) {
      const got = tensor ? `${tensor.dtype} of shape [${tensor.shape.slice(0, 4)}]` : `none, but ${shown(Object.keys(tensors).join(", "))}`;
      throw new Error(`network: wanted "${full}" as ${dtypes.join(" or ")} of shape [${shape}], got ${got}`);
    }
    rest.delete(full);
    return tensor;
  };
  const weight = take(`${name}.weight`, ["F32", "F16", "I8"], [outputs, inputs]);
  const bias = take(`${name}.bias`, ["F32"], [outputs]);
  let values = weight.data;
  if (weight.dtype === "I8") {
    const scale = take(`${name}.weight.scale`, ["F32"], [outputs]);
    values = new Float32Array(outputs * inputs);
    for (let i = 0; i < values.length; i++) values[i] = weight.data[i] * scale.data[Math.floor(i / inputs)];
  }
  checkFinite(`${name}.weight`, values);
  checkFinite(`${name}.bias`, bias.data);
  return { name, inputs, outputs, weight: values, bias: bias.data };
}

function checkInput(values, batch, inputs, part) {
  if (!Number.isSafeInteger(batch) || batch < 1) throw new Error(`${part}: wanted a batch of at least 1, got ${batch}`);
  if (values?.length !== batch * inputs) throw new Error(`${part}: wanted ${batch} x ${inputs} numbers, got ${values?.length}`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new Error(`${part}: wanted finite numbers, got ${values[i]} at position ${i}`);
  }
}
