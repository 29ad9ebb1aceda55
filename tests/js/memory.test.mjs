// What the device remembers: which exercises of a page are right, against a count by hand; and that it forgets no more than it should.

import assert from "node:assert/strict";
import test from "node:test";
import { forget, PATH, recall, remember, right } from "../../book/_static/memory.mjs";

function device(entries = {}) {
  const kept = new Map(Object.entries(entries));
  globalThis.localStorage = {
    getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, String(value)), removeItem: (key) => kept.delete(key),
  };
  return kept;
}

test("an exercise is right when each of its fields is, on its own page, and none without a field is", () => {
  for (let i = 0; i < 200; i += 1) {
    const fields = Array.from({ length: 1 + Math.floor(Math.random() * 6) }, () => Math.floor(Math.random() * 4));
    const [answers, wanted] = [{}, []];
    fields.forEach((count, at) => {
      let all = count > 0;
      for (let part = 1; part <= count; part += 1) {
        const state = Math.floor(Math.random() * 4); // none, wrong, right, right
        if (state) answers[`a.html#${at + 1}${count > 1 ? `.${part}` : ""}`] = { answer: "1", right: state > 1 };
        all &&= state > 1;
      }
      answers[`b.html#${at + 1}`] = { answer: "1", right: true };
      if (all) wanted.push(at + 1);
    });
    device({ "vae-book:answers": JSON.stringify(answers) });
    assert.deepEqual(right("a.html", fields), wanted);
  }
});

test("what cannot be read counts as nothing", () => {
  for (const text of ["", "{", "7", "null", '"x"', "[1]", '{"a.html#1": null}', '{"a.html#1": {"right": "yes"}}']) {
    device({ "vae-book:answers": text });
    assert.deepEqual(right("a.html", [1]), []);
  }
});

test("forgetting takes answers, guesses and places, and leaves colours, code and the reading path", () => {
  const kept = device({ mode: "dark", [PATH]: "coder" });
  for (const name of ["answers", "guesses", "read", "last", "code"]) remember(name, { some: 1 });
  forget();
  assert.deepEqual([...kept.keys()].sort(), ["mode", "vae-book:code", PATH].sort());
  assert.equal(recall("answers"), null);
});

test("a device that is full, or refuses, is no error", () => {
  globalThis.localStorage = { getItem() { throw new Error("refused"); }, setItem() { throw new Error("full"); }, removeItem() {} };
  remember("answers", {});
  assert.deepEqual(recall("answers", {}), {});
});
