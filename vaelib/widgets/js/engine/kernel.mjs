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

// Four examples and two rows at a time: six numbers read for eight products. The innermost loop is written out, which halves its time.
function dense(weight, bias, source, target, inputs, outputs, batch) {
  for (let first = 0; first < batch; first += 4) {
    const s0 = first * inputs;
    const [s1, s2, s3] = [s0 + inputs, s0 + 2 * inputs, s0 + 3 * inputs];
    for (let o = 0; o < outputs; o += 2) {
      const row = o * inputs;
      const next = row + inputs;
      let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < inputs; i++) {
        const v = weight[row + i];
        const w = weight[next + i];
        const x0 = source[s0 + i];
        const x1 = source[s1 + i];
        const x2 = source[s2 + i];
        const x3 = source[s3 + i];
        a0 += v * x0;
        a1 += v * x1;
        a2 += v * x2;
        a3 += v * x3;
        b0 += w * x0;
        b1 += w * x1;
        b2 += w * x2;
        b3 += w * x3;
      }
      const at = first * outputs + o;
      const keep = (k, a, b) => {
        target[at + k * outputs] = bias[o] + a;
        target[at + k * outputs + 1] = bias[o + 1] + b;
      };
      keep(0, a0, b0);
      keep(1, a1, b1);
      keep(2, a2, b2);
      keep(3, a3, b3);
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
