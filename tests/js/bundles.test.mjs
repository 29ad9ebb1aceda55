// The committed bundles: fresh, small, self-contained, and free of what the page's security policy refuses.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = new URL("../../", import.meta.url);
const folder = new URL("vaelib/widgets/static/", root);
const bundles = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
const widgets = bundles.filter((name) => !name.startsWith("equations.")); // which serve the equations of a page

test("every widget and every page of equations has its bundle, and there is no other", () => {
  const names = (path) => readdirSync(new URL(`vaelib/widgets/js/${path}/`, root)).map((name) => name.replace(".mjs", ""));
  assert.deepEqual(bundles.sort(), [...names("widgets").map((name) => `${name}.mjs`), ...names("equations/pages").map((name) => `equations.${name}.mjs`)].sort());
});

test("each bundle is at most 30 kB gzipped, and so is the style sheet", () => {
  for (const name of [...bundles, "widgets.css"]) assert.ok(gzipSync(readFileSync(new URL(name, folder))).length <= 30000, name);
});

test("each bundle renders, imports nothing, and needs no eval, markup or foreign host", async () => {
  for (const name of bundles) {
    const source = readFileSync(new URL(name, folder), "utf8");
    for (const forbidden of [/\bimport(?!\.meta\.url)\b/, /\beval\(/, /new Function/, /innerHTML|outerHTML|insertAdjacentHTML/, /https?:\/\//, /Math\.random/]) assert.doesNotMatch(source, forbidden, name);
  }
  for (const name of widgets) {
    const module = await import(new URL(name, folder));
    assert.equal(typeof module.default.render, "function", name);
    assert.equal(module.shared.length > 0, name !== "answer_check.mjs", name); // a link carries what is drawn, and no answers
  }
});

test("the bundles are what the sources give", { skip: !existsSync(new URL("node_modules/esbuild", root)) && "esbuild is not installed: run npm ci" }, () => {
  execFileSync(process.execPath, [fileURLToPath(new URL("vaelib/widgets/js/build.mjs", root)), "--check"], { stdio: "pipe" });
});

test("the lock file names no host but those where authors ask for money", () => {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", root), "utf8"), (key, value) => (key === "funding" ? undefined : value));
  assert.doesNotMatch(JSON.stringify(lock), /"resolved"|https?:/);
});
