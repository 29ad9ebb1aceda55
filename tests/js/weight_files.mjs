// Builds safetensors files in memory for the tests. It holds no test and shares no code with the reader.

const WRITERS = {
  F32: (values) => new Float32Array(values),
  F64: (values) => new Float64Array(values),
  I8: (values) => new Int8Array(values),
  U8: (values) => new Uint8Array(values),
  F16: (bits) => new Uint16Array(bits),
};

/** Bytes of a file with `tensors` { name: [dtype, shape, values] }; `edit(header)` may spoil the header before it is written. */
export function weightFile(tensors, metadata, edit = (header) => header) {
  const header = metadata ? { __metadata__: metadata } : {};
  const parts = [];
  let offset = 0;
  for (const [name, [dtype, shape, values]] of Object.entries(tensors)) {
    const data = new Uint8Array(WRITERS[dtype](values).buffer);
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    parts.push(data);
    offset += data.length;
  }
  return assemble(new TextEncoder().encode(JSON.stringify(edit(header))), parts);
}

/** Length, header bytes and data, one after the other. */
export function assemble(header, parts = [], length = header.length) {
  const bytes = new Uint8Array(8 + header.length + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(header, 8);
  let offset = 8 + header.length;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A decoder from 2 latents over 3 hidden units to 4 pixels, 8-bit weights; `change` may replace tensors. */
export function smallDecoder(change = {}, metadata = {}) {
  return weightFile({
    "hidden.0.weight": ["I8", [3, 2], [127, -64, 10, 20, -127, 5]],
    "hidden.0.weight.scale": ["F32", [3], [0.01, 0.02, 0.005]],
    "hidden.0.bias": ["F32", [3], [0.1, -0.2, 0.3]],
    "output.weight": ["F32", [4, 3], [1, 2, 3, -1, 0.5, 0, 0, 0, 2, 1, 1, 1]],
    "output.bias": ["F32", [4], [0, 0.25, -1, 2]],
    ...change,
  }, about("decoder", [2, 3, 4], "tanh", metadata));
}

/** The metadata of a network's file, of the widths from input to output; `change` may replace entries. */
export function about(part, widths, activation, change = {}) {
  const [first, last, hidden] = [widths[0], widths.at(-1), widths.slice(1, -1)];
  const sizes = part === "encoder" ? { pixels: first, latent_dim: last } : { latent_dim: first, outputs: last };
  const rest = part === "encoder" ? { posterior: { kind: "diagonal gaussian" } } : { likelihood: { kind: "bernoulli" }, prior: { kind: "standard normal", latent_dim: first } };
  const words = { network: { kind: `dense ${part}`, ...sizes, hidden, activation }, ...rest };
  return {
    format: "vaelib 2", part, model: "0123456789abcdef", ...Object.fromEntries(Object.entries(words).map(([name, spec]) => [name, JSON.stringify(spec)])), ...change,
  };
}

/** The bits of a number in half precision, of one that half precision holds, or NaN. */
export function half(value) {
  if (Number.isNaN(value)) return 0x7e00;
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return (value < 0 ? 0x8000 : 0) + ((exponent + 15) << 10) + Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
}

/** The file of some codes: { mean: rows, label, slant, thickness }, what is left out being 0; `change` may replace tensors, null takes one away. */
export function codesFile({ mean, label, slant, thickness }, change = {}, metadata = {}) {
  const [count, latent] = [mean.length, mean[0].length];
  const flat = mean.flat().map(half);
  const zeros = new Array(count).fill(0);
  const tensors = {
    mean: ["F16", [count, latent], flat], log_var: ["F16", [count, latent], flat.map(() => 0)], label: ["U8", [count], label],
    slant: ["F16", [count], slant?.map(half) ?? zeros], thickness: ["F16", [count], thickness?.map(half) ?? zeros], ...change,
  };
  const kept = Object.fromEntries(Object.entries(tensors).filter(([, one]) => one));
  return weightFile(kept, { format: "vaelib 2", part: "codes", model: "0123456789abcdef", ...metadata });
}
