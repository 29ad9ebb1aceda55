// Reads a safetensors file from memory into typed arrays, strictly. It knows nothing of networks, layers or hosts.

const HEADER_LIMIT = 1e6; // our headers are a few hundred bytes; a megabyte means that this is another kind of file
const DEEPEST = 127; // nested lists and objects, as in torch's reader: deeper ones only try the stack
const SHOWN = 80; // characters of a foreign value that a message repeats
const BYTES = { F64: 8, F32: 4, F16: 2, I32: 4, I8: 1, U8: 1 };

/** Read `source` (ArrayBuffer, DataView or typed array) into { metadata, tensors: { name: { dtype, shape, data } } }. */
export function parse(source) {
  const bytes = toBytes(source);
  const { header, start } = readHeader(bytes);
  const metadata = Object.create(null); // no prototype, so that a tensor called "__proto__" is only a name
  const tensors = Object.create(null);
  const spans = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      Object.assign(metadata, readMetadata(entry));
    } else {
      spans.push([...checkEntry(name, entry, bytes.length - start), name]);
      tensors[name] = { dtype: entry.dtype, shape: entry.shape.slice() };
    }
  }
  checkCoverage(spans, bytes.length - start);
  for (const [begin, end, name] of spans) {
    // slice() copies, so that a Float32Array may stand on it whatever the offset in the file was
    tensors[name].data = decode(tensors[name].dtype, bytes.slice(start + begin, start + end).buffer);
  }
  return { metadata, tensors };
}

function toBytes(source) {
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  throw new Error(`safetensors: wanted an ArrayBuffer, a DataView or a typed array, got ${source === null ? "null" : typeof source}`);
}

function readHeader(bytes) {
  if (bytes.length < 8) throw new Error(`safetensors: wanted at least 8 bytes, got ${bytes.length}; the file is cut short`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length < 2 || length > HEADER_LIMIT) {
    throw new Error(`safetensors: wanted a header of 2 to ${HEADER_LIMIT} bytes, got ${length}; this is not a file of ours`);
  }
  if (8 + length > bytes.length) {
    throw new Error(`safetensors: wanted a header of ${length} bytes, got ${bytes.length - 8}; the file is cut short`);
  }
  let header;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    checkText(text);
    header = JSON.parse(text);
  } catch (error) {
    throw new Error(`safetensors: wanted a JSON header, got text that does not parse (${String(error.message).slice(0, SHOWN)})`, { cause: error });
  }
  if (!isRecord(header)) throw new Error("safetensors: wanted a JSON object as header, got another JSON value");
  if (Object.hasOwn(header, "")) throw new Error("safetensors: wanted a name for each tensor, got one without");
  return { header, start: 8 + length };
}

// What JSON.parse would pass over, and torch's reader does not: a name that stands twice, sizes such as 3.0 and -0, half a pair of
// surrogates, and nesting that overflows a stack.
function checkText(text) {
  const open = []; // for each open object the names in it, for each open list null
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "{" || sign === "[") {
      open.push(sign === "{" ? new Set() : null);
      if (open.length > DEEPEST) throw new Error(`nested deeper than ${DEEPEST}`);
    } else if (sign === "}" || sign === "]") {
      open.pop();
    } else if (sign === '"') {
      const start = at;
      for (at += 1; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at += 1;
      const value = JSON.parse(text.slice(start, at + 1));
      if (/\p{Surrogate}/u.test(value)) throw new Error("half a pair of surrogates");
      const names = open.at(-1);
      if (!names || !/^\s*:/.test(text.slice(at + 1, at + 20))) continue;
      if (names.has(value)) throw new Error(`"${value.slice(0, 40)}" stands twice`);
      names.add(value);
    } else if (open.at(-1) === null && (/[.eE]/.test(sign) ? !/[a-z]/.test(text[at - 1]) : sign === "-" && text[at + 1] === "0")) {
      throw new Error("a list holds a number that is not whole");
    }
  }
}

function readMetadata(entry) {
  if (!isRecord(entry) || !Object.values(entry).every((value) => typeof value === "string")) {
    throw new Error("safetensors: wanted __metadata__ to map strings to strings, got something else");
  }
  return entry;
}

function checkEntry(name, entry, available) {
  const fail = (wanted, got) => {
    throw new Error(`safetensors: tensor ${shown(name)}: wanted ${wanted}, got ${shown(got)}`);
  };
  if (!isRecord(entry)) fail("a description with dtype, shape and data_offsets", entry);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(BYTES, dtype)) fail(`a dtype among ${Object.keys(BYTES).join(", ")}`, dtype);
  if (!Array.isArray(shape) || !shape.every(isCount)) fail("a shape of non-negative integers", shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    fail("two increasing data_offsets", offsets);
  }
  if (offsets[1] > available) fail(`data_offsets within the ${available} bytes that follow the header (is the file cut short?)`, offsets);
  const expected = shape.reduce((product, size) => product * size, BYTES[dtype]);
  if (offsets[1] - offsets[0] !== expected) fail(`${expected} bytes for ${dtype} of shape [${shape.slice(0, 8)}]`, offsets[1] - offsets[0]);
  return offsets;
}

function checkCoverage(spans, available) {
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let reached = 0;
  for (const [begin, end, name] of spans) {
    if (begin !== reached) throw new Error(`safetensors: tensor ${shown(name)}: wanted its data to begin at ${reached}, got ${begin} (a hole or an overlap)`);
    reached = end;
  }
  if (reached !== available) throw new Error(`safetensors: wanted ${reached} bytes of data, got ${available}`);
}

function decode(dtype, buffer) {
  switch (dtype) {
    case "F64": return new Float64Array(buffer);
    case "F32": return new Float32Array(buffer);
    case "F16": return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case "I32": return new Int32Array(buffer);
    case "I8": return new Int8Array(buffer);
    default: return new Uint8Array(buffer);
  }
}

/** The number that the 16 bits of an IEEE half stand for. */
export function halfToNumber(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A foreign value as a message repeats it. */
export function shown(value) {
  const text = typeof value === "string" && value.length > SHOWN ? JSON.stringify(value.slice(0, SHOWN)) : String(JSON.stringify(value));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

/** Refuses NaN and infinity among a tensor's values. */
export function checkFinite(name, values) {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`wanted finite numbers in "${name}", got ${values[bad]} at position ${bad}`);
}

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
