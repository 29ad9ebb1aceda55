// The arithmetic of dense networks on flat arrays: in WebAssembly, and in plain JavaScript where that is refused. No networks.
//
// Both give the same functions of the same meaning: { name, group, floats, dense, product, silu, sigmoid, softplus, adam }. Inputs, outputs
// and columns are multiples of eight, counts and depths of four, and batches of `group`. `floats(count)` sets aside zeroed numbers;
// what the others are given must come from it.

import { KERNEL } from "./kernel_bytes.mjs";

const PAGE = 65536;
const PART = 512; // columns whose 1 + exp(-|v|), each at most 2, are multiplied before a logarithm is taken: the product stays finite
const ROWS = 64; // of softplus at a time

/**
 * The WebAssembly kernel with room for `bytes`; throws where the engine or the page's policy refuses it. Single precision.
 * @param {number} bytes
 * @returns {Kernel}
 */
export function wasmKernel(bytes) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) + 1 });
  const code = Uint8Array.from(atob(KERNEL), (letter) => letter.charCodeAt(0));
  const exports = /** @type {Record<string, (...numbers: number[]) => void>} */ (
    new WebAssembly.Instance(new WebAssembly.Module(code), { host: { memory } }).exports);
  let used = 16; // address 0 stands for nothing

  /** @param {number} length */
  function take(length) {
    const at = used;
    used += Math.ceil(length / 16) * 16;
    if (used > memory.buffer.byteLength) throw new Error(`wasmKernel: wanted at most ${memory.buffer.byteLength} bytes, got ${used}`);
    return at;
  }

  const sums = new Float64Array(memory.buffer, take(16 * ROWS), 2 * ROWS);
  return {
    name: "WebAssembly",
    group: 4,
    floats: (count) => new Float32Array(memory.buffer, take(4 * count), count),
    dense: (weight, bias, source, target, inputs, outputs, batch) => {
      exports.dense(weight.byteOffset, bias.byteOffset, source.byteOffset, target.byteOffset, inputs, outputs, batch);
    },
    product: (a, b, target, { rows, columns, depth, row, deep, more = false }) => {
      exports.product(a.byteOffset, b.byteOffset, target.byteOffset, rows, columns, depth, 4 * row, 4 * deep, Number(more));
    },
    silu: (values, slopes, count) => exports.silu(values.byteOffset, slopes?.byteOffset ?? 0, count),
    sigmoid: (values, count) => exports.sigmoid(values.byteOffset, count),
    softplus: (values, columns, rows) => {
      const totals = new Float64Array(rows);
      for (let first = 0; first < rows; first += ROWS) {
        const some = Math.min(ROWS, rows - first);
        for (let start = 0; start < columns; start += PART) {
          exports.softplus(values.byteOffset + 4 * (first * columns + start), Math.min(PART, columns - start), 4 * columns, some, sums.byteOffset);
          for (let i = 0; i < some; i++) totals[first + i] += sums[2 * i] + Math.log(sums[2 * i + 1]);
        }
      }
      return totals;
    },
    adam: (values, gradient, first, second, count, { rate, root, slow, slower, tiny }) => {
      exports.adam(values.byteOffset, gradient.byteOffset, first.byteOffset, second.byteOffset, count, rate, root, slow, slower, tiny);
    },
  };
}

/**
 * The same in plain JavaScript, in double precision.
 * @returns {Kernel}
 */
export function plainKernel() {
  return { name: "JavaScript", group: 1, floats: (count) => new Float64Array(count), dense, product, silu, sigmoid, softplus, adam };
}

/**
 * WebAssembly if it may be had, plain JavaScript otherwise.
 * @param {number} bytes
 */
export function bestKernel(bytes) {
  try {
    return wasmKernel(bytes);
  } catch {
    return plainKernel(); // an old engine, or a policy without 'wasm-unsafe-eval'
  }
}

// target[b, o] = bias[o] + sum over i of weight[o, i] * source[b, i].
// Four examples and two rows at a time: six numbers read for eight products. The innermost loop is written out, which halves its time.
/** @type {Kernel["dense"]} */
function dense(weight, bias, source, target, inputs, outputs, batch) {
  let first = 0;
  for (; first + 4 <= batch; first += 4) {
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
      const keep = (/** @type {number} */ k, /** @type {number} */ a, /** @type {number} */ b) => {
        target[at + k * outputs] = bias[o] + a;
        target[at + k * outputs + 1] = bias[o + 1] + b;
      };
      keep(0, a0, b0);
      keep(1, a1, b1);
      keep(2, a2, b2);
      keep(3, a3, b3);
    }
  }
  for (; first < batch; first += 1) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias[o];
      for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * source[first * inputs + i];
      target[first * outputs + o] = sum;
    }
  }
}

// target[r, c] (+)= sum over d of a[r, d] * b[d, c], where a[r, d] lies at r * row + d * deep. Four rows of b at a time, each read in order.
/** @type {Kernel["product"]} */
function product(a, b, target, { rows, columns, depth, row, deep, more = false }) {
  if (!more) target.fill(0, 0, rows * columns);
  for (let d = 0; d < depth; d += 4) {
    const b0 = d * columns;
    const [b1, b2, b3] = [b0 + columns, b0 + 2 * columns, b0 + 3 * columns];
    for (let r = 0; r < rows; r++) {
      const from = r * row + d * deep;
      const [v0, v1, v2, v3] = [a[from], a[from + deep], a[from + 2 * deep], a[from + 3 * deep]];
      if (v0 === 0 && v1 === 0 && v2 === 0 && v3 === 0) continue; // where a relu is shut
      const to = r * columns;
      for (let c = 0; c < columns; c++) target[to + c] += v0 * b[b0 + c] + v1 * b[b1 + c] + v2 * b[b2 + c] + v3 * b[b3 + c];
    }
  }
}

/** @type {Kernel["silu"]} */
function silu(values, slopes, count) {
  for (let i = 0; i < count; i++) {
    const v = values[i];
    const s = 1 / (1 + Math.exp(-v));
    values[i] = v * s;
    if (slopes) slopes[i] = s * (1 + v * (1 - s));
  }
}

/** @type {Kernel["sigmoid"]} */
function sigmoid(values, count) {
  for (let i = 0; i < count; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
}

/** @type {Kernel["softplus"]} */
function softplus(values, columns, rows) {
  return Float64Array.from({ length: rows }, (_, row) => {
    let [sum, factors] = [0, 1];
    for (let i = 0; i < columns; i++) {
      const value = values[row * columns + i];
      if (value > 0) sum += value;
      factors *= 1 + Math.exp(-Math.abs(value));
      if (i % PART === PART - 1) {
        sum += Math.log(factors);
        factors = 1;
      }
    }
    return sum + Math.log(factors);
  });
}

/** @type {Kernel["adam"]} */
function adam(values, gradient, first, second, count, { rate, root, slow, slower, tiny }) {
  for (let i = 0; i < count; i++) {
    const g = gradient[i];
    const m = (first[i] += (g - first[i]) * slow);
    const v = (second[i] += (g * g - second[i]) * slower);
    values[i] += (rate * m) / (root * Math.sqrt(v) + tiny);
  }
}

/**
 * @typedef {Float32Array | Float64Array} Floats
 * @typedef {object} Kernel
 * @property {string} name
 * @property {number} group examples that `dense` takes together
 * @property {(count: number) => Floats} floats zeroed numbers in the kernel's memory
 * @property {(weight: Floats, bias: Floats, source: Floats, target: Floats, inputs: number, outputs: number, batch: number) => void} dense
 *   target[b, o] = bias[o] + sum over i of weight[o, i] * source[b, i]
 * @property {(a: Floats, b: Floats, target: Floats, sizes: { rows: number, columns: number, depth: number, row: number, deep: number, more?: boolean }) => void} product
 *   target[r, c] = sum over d of a[r * row + d * deep] * b[d, c], added to what is there if `more`
 * @property {(values: Floats, slopes: Floats | null, count: number) => void} silu in place; the slopes are kept where they are wanted
 * @property {(values: Floats, count: number) => void} sigmoid in place
 * @property {(values: Floats, columns: number, rows: number) => Float64Array} softplus the sum over each row
 * @property {(values: Floats, gradient: Floats, first: Floats, second: Floats, count: number, by: { rate: number, root: number, slow: number, slower: number, tiny: number }) => void} adam
 *   one step uphill; both moments move towards the gradient and its square, and values by rate * first / (root * sqrt(second) + tiny)
 */
