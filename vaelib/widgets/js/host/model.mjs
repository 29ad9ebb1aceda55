// What passes between a widget and its host (Jupyter, Colab or the page): traits and files. No drawing.

import { fetchFile } from "./files.mjs";

/** Call `callback` whenever the trait `name` changes, whoever changed it, until `signal` aborts. */
export function watch(model, name, callback, signal) {
  const listener = () => callback(model.get(name));
  model.on(`change:${name}`, listener);
  signal.addEventListener("abort", () => model.off?.(`change:${name}`, listener), { once: true });
}

/** Set traits ({ name: value }) and tell the kernel, where there is one. */
export function save(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  try {
    model.save_changes?.();
  } catch {
    // some static hosts offer save_changes only to throw; the picture in the page is right without it
  }
}

/** Is there a file behind this trait? In a kernel it holds bytes, in the page an address; both may be empty. */
export function hasFile(model, name) {
  const value = model.get(name);
  return typeof value === "string" ? value !== "" : (value?.byteLength ?? 0) > 0;
}

/** The bytes behind the trait `name` as a Uint8Array. */
export async function readFile(model, name, signal) {
  const value = model.get(name);
  if (!hasFile(model, name)) throw new Error(`wanted a file in "${name}", got none`);
  if (typeof value !== "string") {
    return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
  }
  return fetchFile(value, `the file of "${name}"`, signal);
}
