// The pen-stroke digits: in range, sized and centred like MNIST, and read by the shipped model.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { bernoulliLogProb, elbo } from "../../vaelib/widgets/js/engine/densities.mjs";
import { decoder, encoder } from "../../vaelib/widgets/js/engine/network.mjs";
import { normals } from "../../vaelib/widgets/js/engine/random.mjs";
import { centreOfMass, renderStroke } from "../../vaelib/widgets/js/engine/strokes.mjs";

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const BINARY = DIGITS.map((digit) => renderStroke(digit).map((value) => (value >= 0.5 ? 1 : 0)));
const shipped = (part) => readFileSync(new URL(`../../vaelib/pretrained/mnist-2d.${part}.safetensors`, import.meta.url));

test("each digit is 784 grey levels with soft edges, in a 20 x 20 box, its mass in the middle of the field", () => {
  for (const digit of DIGITS) {
    const image = renderStroke(digit);
    assert.equal(image.length, 784);
    assert.ok(image.every((value) => value >= 0 && value <= 1) && image.some((value) => value > 0.2 && value < 0.8));
    centreOfMass(image).forEach((place) => assert.ok(Math.abs(place - 13.5) < 0.1, `digit ${digit}: ${place}`));
    for (const axis of [(i) => i % 28, (i) => Math.floor(i / 28)]) {
      const places = [...image.keys()].filter((i) => image[i] >= 0.5).map(axis);
      assert.ok(Math.max(...places) - Math.min(...places) < 20);
    }
  }
});

test("no two digits look alike", () => {
  for (const a of DIGITS) {
    for (const b of DIGITS.slice(a + 1)) assert.ok(BINARY[a].filter((value, i) => value !== BINARY[b][i]).length > 40, `${a} and ${b}`);
  }
});

test("what is no digit is refused", () => {
  for (const digit of [-1, 10, 1.5, "length", undefined]) assert.throws(() => renderStroke(digit), /digit from 0 to 9, got/);
});

test("the shipped model takes them for digits: an ELBO within the range of MNIST, above that of noise", () => {
  const [code, picture] = [encoder(shipped("encoder")), decoder(shipped("decoder"))];
  const bound = (x) => {
    const { mean, log_var } = code.encode(x);
    return elbo(x, mean, log_var, normals(128, 7), { decode: picture.decode }).total;
  };
  for (const digit of DIGITS) assert.ok(bound(BINARY[digit]) > -170, `digit ${digit}: ${bound(BINARY[digit])}`);
  assert.ok(bound(normals(784, 1).map((value) => (value > 1.2 ? 1 : 0))) < -300);
});

test("the decoder prefers each digit's own code to every other digit's", () => {
  const [code, picture] = [encoder(shipped("encoder")), decoder(shipped("decoder"))];
  const logits = DIGITS.map((digit) => picture.decode(code.encode(BINARY[digit]).mean));
  for (const digit of DIGITS) {
    const scores = logits.map((one) => bernoulliLogProb(BINARY[digit], one));
    assert.equal(scores.indexOf(Math.max(...scores)), digit);
  }
});
