// Fetches a file of the page: all of it, none that never comes or never ends, and the very one that its name tells of. No parsing.

const SILENCE = 20_000; // milliseconds without a byte
const LARGEST = 32 * 2 ** 20; // bytes; the largest file of the book has half a megabyte
const NAMED = /\.([0-9a-f]{12})\.[a-z]+$/; // the book serves each file under the first digits of its SHA-256

/** The bytes at `address` as a Uint8Array; an error that begins with `what` where they do not come whole. */
export async function fetchFile(address, what, signal) {
  const stop = new AbortController();
  const end = () => stop.abort(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Error(`wanted ${what}, got nothing for ${SILENCE / 1000} seconds`)), SILENCE);
  };
  try {
    wait();
    const response = await fetch(address, { signal: stop.signal });
    if (!response.ok) throw new Error(`wanted ${what}, got HTTP status ${response.status}`);
    const parts = [];
    let length = 0;
    for (const reader = response.body.getReader(); ;) {
      wait();
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
      if (length > LARGEST) throw new Error(`wanted ${what}, at most ${LARGEST / 2 ** 20} MB, got more`);
    }
    const bytes = new Uint8Array(length);
    let place = 0;
    for (const part of parts) {
      bytes.set(part, place);
      place += part.length;
    }
    await compare(bytes, address, what);
    return bytes;
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearTimeout(timer);
    stop.abort(); // what still flows, flows no more
    signal.removeEventListener("abort", end);
  }
}

// Where the page is not secure (plain http, another machine) browsers have no digest; the file's own checks remain.
async function compare(bytes, address, what) {
  const wanted = NAMED.exec(address.split(/[?#]/)[0])?.[1];
  if (!wanted || !globalThis.crypto?.subtle) return;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const got = Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (got !== wanted) throw new Error(`wanted ${what} with the hash ${wanted} of its name, got ${got}: it was damaged on the way`);
}
