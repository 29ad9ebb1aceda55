// The files that a host (Jupyter, Colab or the page) hands a widget. No drawing.

import { fetchFile } from "./files.mjs";

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
