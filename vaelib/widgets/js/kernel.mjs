// Dense layers, SiLU and sums of softplus on flat arrays: in WebAssembly, and in plain JavaScript where that is refused. No networks.
//
// Both give { name, floats, dense, silu, softplus } of the same meaning. Counts, inputs, outputs and batches are multiples of four.
// `floats(count)` sets aside zeroed numbers; what the others are given must come from it.

import { KERNEL } from "./kernel_bytes.mjs";

const PAGE = 65536;

/** The WebAssembly kernel with room for `bytes`; throws where the engine or the page's policy refuses it. Single precision. */
export function wasmKernel(bytes) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) + 1 });
  const code = Uint8Array.from(atob(KERNEL), (letter) => letter.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { host: { memory } });
  let used = 16; // address 0 stands for nothing

  function take(length) {
    const at = used;
    used += Math.ceil(length / 16) * 16;
    if (used > memory.buffer.byteLength) throw new Error(`wasmKernel: wanted at most ${memory.buffer.byteLength} bytes, got ${used}`);
    return at;
  }

  let sums = null;
  return {
    name: "WebAssembly",
    floats: (count) => new Float32Array(memory.buffer, take(4 * count), count),
    dense: (weight, bias, source, target, inputs, outputs, batch) => {
      exports.dense(weight.byteOffset, bias.byteOffset, source.byteOffset, target.byteOffset, inputs, outputs, batch);
    },
    silu: (values, count) => exports.silu(values.byteOffset, count),
    softplus: (values, columns, rows) => {
      if (!sums || sums.length < 2 * rows) sums = new Float64Array(memory.buffer, take(16 * rows), 2 * rows);
      exports.softplus(values.byteOffset, columns, rows, sums.byteOffset);
      return Float64Array.from({ length: rows }, (_, i) => sums[2 * i] + Math.log(sums[2 * i + 1]));
    },
  };
}

/** The same in plain JavaScript, in double precision. */
export function plainKernel() {
  return { name: "JavaScript", floats: (count) => new Float64Array(count), dense, silu, softplus };
}

/** WebAssembly if it may be had, plain JavaScript otherwise. */
export function bestKernel(bytes) {
  try {
    return wasmKernel(bytes);
  } catch {
    return plainKernel(); // an old engine, or a policy without 'wasm-unsafe-eval'
  }
}

// Four examples at a time, so that a weight is read once for four products.
function dense(weight, bias, source, target, inputs, outputs, batch) {
  for (let first = 0; first < batch; first += 4) {
    const [s0, s1, s2, s3] = [0, 1, 2, 3].map((k) => (first + k) * inputs);
    for (let o = 0; o < outputs; o++) {
      const row = o * inputs;
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let i = 0; i < inputs; i++) {
        const w = weight[row + i];
        a += w * source[s0 + i];
        b += w * source[s1 + i];
        c += w * source[s2 + i];
        d += w * source[s3 + i];
      }
      const at = first * outputs + o;
      target[at] = bias[o] + a;
      target[at + outputs] = bias[o] + b;
      target[at + 2 * outputs] = bias[o] + c;
      target[at + 3 * outputs] = bias[o] + d;
    }
  }
}

function silu(values, count) {
  for (let i = 0; i < count; i++) values[i] /= 1 + Math.exp(-values[i]);
}

// One logarithm for many numbers: each factor is at most 2, so that 512 of them cannot overflow.
function softplus(values, columns, rows) {
  return Float64Array.from({ length: rows }, (_, row) => {
    let [sum, product] = [0, 1];
    for (let i = 0; i < columns; i++) {
      const value = values[row * columns + i];
      if (value > 0) sum += value;
      product *= 1 + Math.exp(-Math.abs(value));
      if (i % 512 === 511) {
        sum += Math.log(product);
        product = 1;
      }
    }
    return sum + Math.log(product);
  });
}
