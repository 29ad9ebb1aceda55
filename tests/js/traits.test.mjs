// The declared traits: what each kind reads, how a hostile value is mended, what a link carries, Reset, and a fresh seed for each visit.

import assert from "node:assert/strict";
import test from "node:test";
import { createModel, pickShared } from "../../book/_static/host.mjs";
import { author, choice, flag, followTraits, list, nextSeed, number, own, point, seed, sharedNames, table, whole } from "../../vaelib/widgets/js/host/traits.mjs";

const HOSTILE = [undefined, null, NaN, Infinity, "", "<b>", "constructor", {}, [], [1], [NaN, 0], [null, 1], [[1, 2], [3]], -1, 1.5, 2 ** 53, () => 1];
const KINDS = {
  number: [number(-3, 3), 2, (value) => value >= -3 && value <= 3],
  whole: [whole(1, 5), 4, (value) => Number.isInteger(value) && value >= 1 && value <= 5],
  seed: [seed(), 7, (value) => Number.isSafeInteger(value) && value >= 0 && value < 2 ** 31],
  flag: [flag(), true, (value) => typeof value === "boolean"],
  choice: [choice(["mean", "sample"]), "sample", (value) => ["mean", "sample"].includes(value)],
  point: [point(2, 4), [0.5, -4], (value) => value.length === 2 && value.every((one) => Math.abs(one) <= 4)],
  list: [list(3, 0.1, 2), [1, 2, 0.5], (value) => value.length === 3 && value.every((one) => one >= 0.1 && one <= 2)],
  table: [table(2, 2, -5, 5), [[1, 2], [3, 4]], (value) => value.length === 2 && value.flat().length === 4 && value.flat().every((one) => Math.abs(one) <= 5)],
  own: [own("word", (value) => (/^[a-z]+$/.test(value) && typeof value === "string" ? value : null), "none"), "word", (value) => /^[a-z]+$/.test(value)],
};

function follow(declared, values, options = {}) {
  const stop = new AbortController();
  const model = createModel(values);
  const heard = [];
  const traits = followTraits(declared, { model, signal: stop.signal, changed: (name, before) => heard.push([name, before[name]]), ...options });
  return { model, traits, heard, stop };
}

for (const [name, [kind, value, fits]] of Object.entries(KINDS)) {
  test(`${name}: a good value is read as it is, and a hostile one never leaves the kind`, () => {
    const { model, traits } = follow({ it: kind }, { it: value });
    assert.deepEqual(traits.state, { it: value });
    for (const hostile of HOSTILE) {
      model.set("it", hostile);
      assert.ok(fits(traits.state.it), JSON.stringify(hostile));
      assert.ok(fits(follow({ it: kind }, { it: hostile }).traits.state.it), `the author's own ${JSON.stringify(hostile)}`);
    }
    model.set("it", null);
    assert.deepEqual(traits.state.it, value, "what cannot be read leaves what the author set");
  });
}

test("a value beyond its limits is drawn at their edge, is known as it was asked for, and is no minus zero", () => {
  const { model, traits } = follow({ z: point(2, 4), slope: number(-3, ({ top }) => top) }, { z: [7, -0], slope: 9 }, { facts: { top: 2 } });
  assert.deepEqual([traits.state.z, traits.asked("z"), traits.state.slope], [[4, 0], [7, -0], 2]);
  assert.ok(Object.is(traits.state.z[1], 0));
  model.set("z", "far");
  assert.deepEqual([traits.state.z, traits.asked("z")], [[4, 0], [4, 0]]);
});

test("reset leads back to what the author set, whatever was changed, and to it exactly", () => {
  const declared = { view: choice(["a", "b"]), mean: number(-3, 3), z: point(2, 4), opened: flag(), steps: author(flag(true)) };
  const authored = { view: "b", mean: -0.5, z: [6, 1], opened: true, steps: false };
  const { model, traits } = follow(declared, authored);
  traits.save({ view: "a", mean: 2, z: [0, 0], opened: false });
  assert.deepEqual(pickShared({ ...traits.state }, ["view", "mean", "opened"]), { view: "a", mean: 2, opened: false });
  traits.reset();
  assert.deepEqual(Object.fromEntries(Object.keys(authored).map((name) => [name, model.get(name)])), authored);
});

test("each change is told with what was before, nothing is told once the widget has ended, and each state stays as it was", () => {
  const { model, traits, heard, stop } = follow({ mean: number(-3, 3), log_var: number(-4, 2) }, { mean: 1, log_var: 0 });
  const first = traits.state;
  traits.save({ mean: 8 });
  model.set("log_var", -1);
  assert.deepEqual(heard, [["mean", 1], ["log_var", 0]]);
  assert.deepEqual([first, traits.state], [{ mean: 1, log_var: 0 }, { mean: 3, log_var: -1 }]);
  stop.abort();
  model.set("mean", 0);
  assert.equal(heard.length, 2);
});

test("what a widget saves by mistake is refused, in words", () => {
  const { traits } = follow({ mean: number(-3, 3) }, { mean: 1 });
  assert.throws(() => traits.save({ men: 2 }), /wanted a value for the trait men, got 2/);
  assert.throws(() => traits.save({ mean: "2" }), /wanted a value for the trait mean, got "2"/);
});

test("a link carries all but what only the author sets, and z last", () => {
  assert.deepEqual(sharedNames({ z: point(2, 4), input: choice(["none"]), steps: author(flag()), seed: seed() }), ["input", "seed", "z"]);
});

test("traits that belong together are mended together", () => {
  const { model, traits } = follow({ data: choice(["one", "eight"]), x: number(-3, 3) }, { data: "one", x: 1.4 }, {
    agree: (state) => (state.data === "eight" ? { ...state, x: Math.round(state.x) } : state),
  });
  assert.equal(traits.state.x, 1.4);
  model.set("data", "eight");
  assert.equal(traits.state.x, 1);
});

test("without a seed each visit draws anew and says which, so that a link repeats it; a seed that is named stays", () => {
  const visits = Array.from({ length: 20 }, () => follow({ sample_seed: seed() }, { sample_seed: null }));
  for (const { model, traits } of visits) assert.equal(model.get("sample_seed"), traits.state.sample_seed);
  assert.ok(new Set(visits.map(({ traits }) => traits.state.sample_seed)).size > 15);
  const { model, traits } = visits[0];
  const first = traits.state.sample_seed;
  traits.save({ sample_seed: nextSeed(first) });
  assert.equal(traits.state.sample_seed, first + 1);
  traits.reset();
  assert.equal(model.get("sample_seed"), first);
  assert.equal(follow({ sample_seed: seed() }, { sample_seed: 0 }).traits.state.sample_seed, 0);
  assert.equal(nextSeed(2 ** 31 - 1), 0);
});

test("a host that cannot save changes still shows them", () => {
  const { model, traits } = follow({ mean: number(-3, 3) }, { mean: 1 });
  model.save_changes = () => { throw new Error("not here"); };
  traits.save({ mean: 2 });
  assert.equal(traits.state.mean, 2);
});
