// Reads the stored sweep of network sizes (vaelib/pretrained/capacity.py), strictly. No drawing.

import { parse, shown } from "../../engine/safetensors.mjs";

/**
 * { tosses, depths, widths, seeds, side, count, scores(state), weights(state), sheet(state) } for a state { toss, depth, width }: `scores` gives
 * { train, held_out, kl }, the ELBOs and the held-out KL of each seed; `sheet` the pixels of `count` decoded draws in [0, 1], one after another.
 */
export function parseSweep(bytes) {
  const { metadata, tensors } = parse(bytes);
  if (metadata.format !== "vaelib 2" || metadata.part !== "capacity") throw new Error(`sweep: wanted a file of a sweep, got ${shown([metadata.format, metadata.part])}`);
  const list = (name) => (metadata[name] ?? "").split(",");
  const [tosses, depths, widths] = [list("tosses"), list("depths").map(Number), list("widths").map(Number)];
  const levels = Number(metadata.levels);
  const shape = [tosses.length, depths.length, widths.length];
  const tensor = (name, wanted) => {
    const { shape: got, data } = tensors[name] ?? {};
    if (!data || got.length !== wanted.length || !wanted.every((size, axis) => size === null || size === got[axis])) {
      throw new Error(`sweep: wanted "${name}" of shape ${shown(wanted)}, got ${shown(got)}`);
    }
    return { data, last: got.at(-1), size: got.slice(3).reduce((product, one) => product * one, 1), got };
  };
  const [train, held_out, kl] = ["train", "held_out", "kl"].map((name) => tensor(name, [...shape, null]));
  const counts = tensor("weights", shape.slice(1));
  const sheets = tensor("sheets", [...shape, null, null]);
  if (!(levels > 0)) throw new Error(`sweep: wanted the number of grey levels, got ${shown(metadata.levels)}`);
  const at = ({ toss, depth, width }) => {
    const places = [tosses.indexOf(toss), depths.indexOf(depth), widths.indexOf(width)];
    if (places.includes(-1)) throw new Error(`sweep: wanted a size that was tried, got ${shown([toss, depth, width])}`);
    return places.reduce((place, index, axis) => place * shape[axis] + index, 0);
  };
  const row = ({ data, size }, place) => data.subarray(place * size, (place + 1) * size);
  return {
    tosses, depths, widths, seeds: train.size, count: sheets.got[3], side: Math.round(Math.sqrt(sheets.last)),
    scores: (state) => ({ train: row(train, at(state)), held_out: row(held_out, at(state)), kl: row(kl, at(state)) }),
    weights: (state) => counts.data[depths.indexOf(state.depth) * widths.length + widths.indexOf(state.width)],
    sheet: (state) => Float64Array.from(row(sheets, at(state)), (grey) => grey / levels),
  };
}

/** The average of a list of numbers. */
export const average = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;
