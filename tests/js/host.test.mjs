// The pure parts of the page's host: fragments, hostile ones among them, and the model object. Drawing is tested in a browser.

import assert from "node:assert/strict";
import test from "node:test";
import { createModel, foreignParts, formatFragment, parseFragment, pickShared } from "../../book/_static/host.mjs";

test("what is written to the address is read back", () => {
  const states = new Map([["latent_explorer-1", { z: [0.5, -1.25], show: "mean" }], ["latent_views-12", { perplexity: 30, text: "&=#%<>\u00fc" }]]);
  assert.deepEqual(parseFragment(formatFragment(states)), states);
  assert.equal(formatFragment(new Map()), "");
});

test("a hostile or damaged fragment yields nothing, and throws nothing", () => {
  for (const fragment of [
    "", "#", "#section-title", "#latent_explorer-1", "#latent_explorer-1=", "#latent_explorer-1=%", "#latent_explorer-1=%7B", "#latent_explorer-1=%E0%A4%A",
    "#latent_explorer-1=[]", "#latent_explorer-1=null", "#latent_explorer-1=3", "#latent_explorer-0={}", "#LATENT-1={}", "#__proto__={}", "#=%7B%7D",
    "#<script>alert(1)</script>", `#latent_explorer-1=${encodeURIComponent(JSON.stringify({ z: "9".repeat(5000) }))}`, null, undefined, 7,
  ]) assert.equal(parseFragment(fragment).size, 0, String(fragment).slice(0, 40));
});

test("what others wrote in the address stays, and what a widget wrote damaged goes", () => {
  const states = new Map([["a-1", { z: 1 }]]);
  const both = formatFragment(states, foreignParts("#the-section&a-1=%7B&x=y"));
  assert.equal(both, `#the-section&x=y&a-1=${encodeURIComponent('{"z":1}')}`);
  assert.deepEqual(parseFragment(both), states);
  assert.equal(formatFragment(new Map(), foreignParts(both)), "#the-section&x=y");
  assert.deepEqual(foreignParts("#"), []);
});

test("one damaged part does not spoil the others, and the prototype stays clean", () => {
  const states = parseFragment(`#a-1=%&b-2=${encodeURIComponent('{"z":[1,2],"__proto__":{"polluted":1}}')}&c-3`);
  assert.deepEqual([...states.keys()], ["b-2"]);
  const picked = pickShared(states.get("b-2"), ["z"]);
  assert.deepEqual(picked, { z: [1, 2] });
  assert.equal({}.polluted, undefined);
});

test("only shared traits pass, own ones, in the widget's order", () => {
  assert.deepEqual(Object.keys(pickShared({ z: 1, decoder_file: "http://elsewhere/", input: "x" }, ["input", "z", "toString"])), ["input", "z"]);
});

test("a model tells of each change once, not of a repeated value, and stops when told", () => {
  const model = createModel({ z: [0, 0], show: "mean" });
  const heard = [];
  const listener = (source, value) => heard.push([source === model, value]);
  model.on("change:z", listener);
  model.set("z", [0, 0]);
  model.set("show", "sample");
  model.set("z", [1, 0]);
  model.off("change:z", listener);
  model.set("z", [2, 0]);
  assert.deepEqual(heard, [[true, [1, 0]]]);
  assert.deepEqual([model.get("z"), model.get("show"), model.get("absent")], [[2, 0], "sample", undefined]);
  model.save_changes();
  model.send({});
});

test("a listener may take itself off while it is called", () => {
  const model = createModel({ z: 0 });
  let calls = 0;
  const once = () => {
    calls += 1;
    model.off("change:z", once);
  };
  model.on("change:z", once);
  model.on("change:z", () => { calls += 10; });
  model.set("z", 1);
  model.set("z", 2);
  assert.equal(calls, 21);
});
