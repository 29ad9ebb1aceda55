// A file of the page comes whole, in time, and is the one that its name tells of; or the widget hears why not.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { fetchFile } from "../../vaelib/widgets/js/host/files.mjs";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const digits = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
const address = (hash) => `http://book.example/_static/vaelib/small.decoder.${hash}.safetensors`;
const never = () => new AbortController().signal;

/** `fetch` answers with these parts; what stands for a part may also be a promise. */
function serve(t, parts, status = 200) {
  t.mock.method(globalThis, "fetch", async (_, { signal }) => {
    let next = 0;
    const stream = new ReadableStream({
      start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
      pull: async (controller) => {
        if (next === parts.length) return controller.close();
        controller.enqueue(await parts[next++]);
      },
    });
    return new Response(stream, { status });
  });
}

test("parts make the whole", async (t) => {
  serve(t, [bytes.slice(0, 300), bytes.slice(300)]);
  assert.deepEqual(await fetchFile(address(digits), "the file", never()), bytes);
  serve(t, [bytes]);
  assert.deepEqual(await fetchFile("http://book.example/small.decoder.safetensors?a=1", "the file", never()), bytes, "a name without a hash");
});

test("a flipped bit is noticed where the name holds a hash", async (t) => {
  const flipped = bytes.slice();
  flipped[500] ^= 1;
  serve(t, [flipped]);
  await assert.rejects(fetchFile(address(digits), "the file", never()), new RegExp(`wanted the file with the hash ${digits} of its name, got [0-9a-f]{12}: it was damaged`));
});

test("a file that is not there is told by its status", async (t) => {
  serve(t, [], 404);
  await assert.rejects(fetchFile(address(digits), "the file", never()), /wanted the file, got HTTP status 404/);
});

test("a file that never ends is given up", async (t) => {
  const large = new Uint8Array(2 ** 20);
  let asked = 0;
  serve(t, new Proxy({ length: Infinity }, { get: (target, name) => (name === "length" ? Infinity : (asked += 1, large)) }));
  await assert.rejects(fetchFile(address(digits), "the file", never()), /wanted the file, at most 32 MB, got more/);
  assert.ok(asked < 40, `asked for ${asked} MB`);
});

test("a file that stops coming is given up, one that comes slowly is not", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let give;
  serve(t, [bytes.slice(0, 300), new Promise((done) => { give = done; })]);
  const slow = fetchFile(address(digits), "the file", never());
  for (const rest of [1, 2, 3]) await new Promise((done) => setImmediate(done, rest));
  t.mock.timers.tick(19_000);
  give(bytes.slice(300));
  assert.deepEqual(await slow, bytes);
  serve(t, [bytes.slice(0, 300), new Promise(() => {})]);
  const hanging = assert.rejects(fetchFile(address(digits), "the file", never()), /wanted the file, got nothing for 20 seconds/);
  for (const rest of [1, 2, 3]) await new Promise((done) => setImmediate(done, rest));
  t.mock.timers.tick(20_001);
  await hanging;
});

test("a widget that is taken away waits for nothing", async (t) => {
  serve(t, [new Promise(() => {})]);
  const stop = new AbortController();
  const hanging = assert.rejects(fetchFile(address(digits), "the file", stop.signal), { name: "AbortError" });
  stop.abort();
  await hanging;
});
