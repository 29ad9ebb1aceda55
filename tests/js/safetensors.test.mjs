// The safetensors reader: what it reads, and that every kind of damage is a named error. Nothing here runs a network.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { halfToNumber, parse } from "../../vaelib/widgets/js/engine/safetensors.mjs";
import { assemble, smallDecoder, weightFile } from "./weight_files.mjs";

const text = (value) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

test("values, shapes and metadata come back, whatever the alignment of the data or of the view", () => {
  const bytes = weightFile({ a: ["U8", [3], [1, 2, 3]], b: ["F32", [2, 2], [1.5, -2, 0, 7]], c: ["F64", [1], [Math.PI]], d: ["I8", [2], [-128, 127]] }, { format: "x" });
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  for (const source of [bytes, bytes.buffer, new DataView(shifted.buffer, 1)]) {
    const { metadata, tensors } = parse(source);
    assert.equal(metadata.format, "x");
    assert.deepEqual([...tensors.b.data], [1.5, -2, 0, 7]);
    assert.deepEqual(tensors.b.shape, [2, 2]);
    assert.deepEqual([...tensors.c.data], [Math.PI]);
    assert.deepEqual([...tensors.d.data], [-128, 127]);
  }
});

test("half precision: normal, subnormal, signed zero, infinity and NaN", () => {
  const cases = [[0x3c00, 1], [0xc000, -2], [0x3555, 0.333251953125], [0x0001, 2 ** -24], [0x03ff, 1023 * 2 ** -24], [0x7bff, 65504], [0x7c00, Infinity], [0xfc00, -Infinity]];
  for (const [bits, value] of cases) assert.equal(halfToNumber(bits), value);
  assert.ok(Object.is(halfToNumber(0x8000), -0));
  assert.ok(Number.isNaN(halfToNumber(0x7e00)));
  assert.deepEqual([...parse(weightFile({ a: ["F16", [2], [0x3c00, 0xc000]] })).tensors.a.data], [1, -2]);
});

test("a file cut anywhere is refused, and the error says what came", () => {
  const bytes = smallDecoder();
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => parse(bytes.slice(0, length)), /^Error: safetensors: .*wanted .*got/, `cut at ${length}`);
  }
  assert.throws(() => parse(new Uint8Array([...bytes, 0])), /wanted \d+ bytes of data, got \d+/);
});

test("damaged headers are refused by name", () => {
  const refuse = (source, pattern) => assert.throws(() => parse(source), pattern);
  refuse(assemble(text("{}"), [], 2 ** 40), /header of 2 to 1000000 bytes, got 1099511627776/);
  refuse(assemble(text("{}"), [], 3), /header of 3 bytes, got 2/);
  refuse(assemble(text("{not json")), /JSON header/);
  refuse(assemble(new Uint8Array([0x22, 0xff, 0x22])), /JSON header/);
  for (const header of ["[]", "null", "33"]) refuse(assemble(text(header)), /JSON object/);
  refuse(text("<!doctype html><title>404</title>"), /not a file of ours/);
  refuse(assemble(text({ __metadata__: { layers: 3 } })), /strings to strings/);
  for (const other of [null, undefined, "bytes", 5, [1, 2]]) refuse(other, /wanted an ArrayBuffer/);
});

test("what JSON.parse would pass over is refused too: doubles, a name of nothing, sizes that are not whole, nesting without end", () => {
  const one = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
  const refuse = (header, pattern) => assert.throws(() => parse(assemble(text(header), [new Uint8Array([9])])), (error) => {
    assert.match(error.message, pattern);
    assert.ok(error.message.length < 300, error.message);
    return true;
  });
  assert.deepEqual([...parse(assemble(text(`{"a":${one}}`), [new Uint8Array([9])])).tensors.a.data], [9]);
  refuse(`{"a":${one},"a":${one}}`, /"a" stands twice/);
  refuse(`{"a":${one},"\\u0061" :${one}}`, /"a" stands twice/);
  refuse(`{"__metadata__":{"k":"1"},"a":${one},"__metadata__":{"k":"2"}}`, /"__metadata__" stands twice/);
  refuse(`{"__metadata__":{"k":"1","k":"2"},"a":${one}}`, /"k" stands twice/);
  refuse(`{"":${one}}`, /a name for each tensor/);
  for (const shape of ["[1.0]", "[1e0]", "[-0]"]) refuse(`{"a":${one.replace("[1]", shape)}}`, /not whole/);
  refuse(`{"\\ud800":${one}}`, /surrogates/);
  refuse(`\ufeff{"a":${one}}`, /JSON header/);
  for (const deep of ["[".repeat(400000), '{"a":'.repeat(150000), `{"a":${"[".repeat(400000)}${"]".repeat(400000)}}`]) refuse(deep, /nested deeper than 127/);
  refuse(`{"${"n".repeat(100000)}":{"dtype":"${"D".repeat(100000)}"}}`, /tensor "n+/);
});

test("damaged tensor entries are refused, and the tensor is named", () => {
  const spoil = (entry) => weightFile({ w: ["F32", [2], [1, 2]] }, null, (header) => ({ w: { ...header.w, ...entry } }));
  const cases = [
    [{ dtype: "BF16" }, /"w": wanted a dtype among .*got "BF16"/], [{ dtype: "toString" }, /dtype among/], [{ dtype: undefined }, /dtype among/],
    [{ shape: [-2] }, /non-negative integers/], [{ shape: [1.5] }, /not whole/], [{ shape: "2" }, /non-negative integers/],
    [{ shape: [3] }, /wanted 12 bytes for F32 of shape \[3\], got 8/], [{ shape: [1000000000000000] }, /wanted 4000000000000000 bytes/],
    [{ data_offsets: [0, 9] }, /within the 8 bytes/], [{ data_offsets: [8, 0] }, /increasing data_offsets/], [{ data_offsets: [0] }, /two increasing/],
    [{ data_offsets: [-8, 0] }, /two increasing/], [{ data_offsets: [4, 8], shape: [1] }, /begin at 0, got 4/], [{ data_offsets: [0, 4], shape: [1] }, /wanted 4 bytes of data, got 8/],
  ];
  for (const [entry, pattern] of cases) assert.throws(() => parse(spoil(entry)), pattern, JSON.stringify(entry));
  assert.throws(() => parse(assemble(text({ w: null }))), /"w": wanted a description/);
});

test("overlapping tensors are refused", () => {
  const bytes = weightFile({ a: ["F32", [1], [1]], b: ["F32", [1], [2]] }, null, (header) => ({ ...header, b: { ...header.b, data_offsets: [0, 4] } }));
  assert.throws(() => parse(bytes), /a hole or an overlap/);
});

test("a tensor called __proto__ is only a tensor", () => {
  const entry = '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}';
  const { tensors } = parse(assemble(text(entry), [new Uint8Array([9])]));
  assert.deepEqual(Object.keys(tensors), ["__proto__"]);
  assert.equal({}.dtype, undefined);
});

test("the shipped codes are read: as many labels as means", () => {
  const { tensors } = parse(readFileSync(new URL("../../vaelib/pretrained/mnist-2d.codes.safetensors", import.meta.url)));
  assert.equal(tensors.mean.shape[0], tensors.label.shape[0]);
  assert.ok(tensors.mean.data.every(Number.isFinite));
});
