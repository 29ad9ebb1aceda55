// What the reader's device remembers of the book: names to values, as JSON, in its own storage. Nothing leaves the device.

const PREFIX = "vae-book:";

/** The value kept under a name, or `otherwise` where there is none or what is there cannot be read. */
export function recall(name, otherwise = null) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keeps a value, where the device lets it. */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // full or forbidden: the page works on, and forgets
  }
}
