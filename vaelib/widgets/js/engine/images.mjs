// Reads a file of labelled grey images (vaelib/pretrained/images.py), strictly, and tosses their pixels. No drawing, no networks.

import { parse, shown } from "./safetensors.mjs";

/** { count, pixels, train, probability, label }: `probability` holds count * pixels numbers, the grey of each pixel in [0, 1]; the first `train` are to train on. */
export function parseImages(bytes) {
  const { metadata, tensors } = parse(bytes);
  if (metadata.format !== "vaelib 2" || metadata.part !== "images") throw new Error(`images: wanted a file of images, got ${shown([metadata.format, metadata.part])}`);
  const { grey, label, ...rest } = tensors;
  const [count, pixels] = grey?.shape ?? [];
  if (grey?.dtype !== "U8" || label?.dtype !== "U8" || !(count > 0 && pixels > 0) || label.shape.join() !== String(count) || Object.keys(rest).length) {
    throw new Error(`images: wanted "grey" of shape [n, pixels] and "label" of shape [n] as U8, got ${shown(Object.keys(tensors))}`);
  }
  const [levels, train] = [metadata.levels, metadata.train].map(Number);
  if (!(Number.isSafeInteger(train) && train > 0 && train < count)) throw new Error(`images: wanted 1 to ${count - 1} images to train on, got ${shown(metadata.train)}`);
  if (!(levels > 0) || grey.data.some((one) => one > levels)) throw new Error(`images: wanted greys up to ${shown(metadata.levels)}, got ${grey.data.reduce((a, b) => Math.max(a, b), 0)}`);
  return { count, pixels, train, probability: Float32Array.from(grey.data, (one) => one / levels), label: label.data };
}

/** Into `target`, from its start: the tosses, 0 or 1, of the images `order[first]` ... `order[first + count - 1]`. */
export function toss({ probability, pixels }, order, first, count, target, uniform) {
  for (let i = 0; i < count; i++) {
    const from = order[first + i] * pixels;
    for (let j = 0; j < pixels; j++) target[i * pixels + j] = uniform() < probability[from + j] ? 1 : 0;
  }
}
