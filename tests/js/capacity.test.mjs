// The stored sweep: what a chosen size reads out of it, what a damaged file is told, and what the figure says of a size.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parse } from "../../vaelib/widgets/js/engine/safetensors.mjs";
import { sentence } from "../../vaelib/widgets/js/widgets/capacity/index.mjs";
import { average, parseSweep } from "../../vaelib/widgets/js/widgets/capacity/sweep.mjs";
import { shown } from "../../vaelib/widgets/js/draw/format.mjs";

const BYTES = readFileSync(new URL("../../vaelib/pretrained/digits8.capacity.safetensors", import.meta.url));
const SWEEP = parseSweep(BYTES);

// in dense VAEs of `depth` hidden layers of `width` units: encoder, two heads, decoder
function counted(depth, width, pixels = 64, latents = 8) {
  const layer = (inputs, outputs) => (inputs + 1) * outputs;
  const inner = (depth - 1) * layer(width, width);
  return layer(pixels, width) + inner + 2 * layer(width, latents) + layer(latents, width) + inner + layer(width, pixels);
}

test("each size has as many weights as its layers say, three scores, and twelve pictures", () => {
  for (const toss of SWEEP.tosses) {
    for (const depth of SWEEP.depths) {
      for (const width of SWEEP.widths) {
        const state = { toss, depth, width };
        assert.equal(SWEEP.weights(state), counted(depth, width));
        const { train, held_out, kl } = SWEEP.scores(state);
        assert.ok([train, held_out, kl].every((one) => one.length === 3 && one.every(Number.isFinite)));
        assert.ok(average(train) > average(held_out) && average(kl) > -1e-9);
        const sheet = SWEEP.sheet(state);
        assert.equal(sheet.length, 12 * 64);
        assert.ok(sheet.every((one) => one >= 0 && one <= 1) && new Set(sheet).size > 4);
      }
    }
  }
});

test("a place in the file is that of its toss, depth and width", () => {
  const { tensors } = parse(BYTES);
  const state = { toss: "anew", depth: 2, width: 32 };
  const place = (1 * 3 + 1) * 7 + 3;
  assert.deepEqual([...SWEEP.scores(state).train], [...tensors.train.data.slice(3 * place, 3 * place + 3)]);
  assert.deepEqual(SWEEP.sheet(state)[17], tensors.sheets.data[place * 12 * 64 + 17] / 16);
});

test("what is no sweep is refused in words", () => {
  const other = readFileSync(new URL("../../vaelib/pretrained/digits8.images.safetensors", import.meta.url));
  assert.throws(() => parseSweep(other), /wanted a file of a sweep, got \["vaelib 2","images"\]/);
  const damaged = Buffer.from(BYTES);
  damaged.write('"sheetz"', damaged.indexOf('"sheets"'));
  assert.throws(() => parseSweep(damaged), /wanted "sheets"/);
  assert.throws(() => SWEEP.scores({ toss: "once", depth: 1, width: 5 }), /wanted a size that was tried/);
});

test("the sentence names the best width, and says so where it is chosen", () => {
  const held_out = (width) => average(SWEEP.scores({ toss: "once", depth: 1, width }).held_out);
  const best = SWEEP.widths.reduce((one, other) => (held_out(other) > held_out(one) ? other : one));
  for (const width of SWEEP.widths) {
    const words = sentence(SWEEP, { toss: "once", depth: 1, width });
    assert.match(words, new RegExp(`held out ${shown(held_out(width), 1)} nats`));
    assert.match(words, width === best ? /No other width of this row scores more/ : new RegExp(`${best} units score more, ${shown(held_out(best), 1)}`));
  }
});
