// What the reader's device remembers of the book: names to values, as JSON, in its own storage. Nothing leaves the device.

const PREFIX = "vae-book:";
export const PATH = "vaelib-path"; // the reading path that was chosen, a bare word

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

/** Forgets what was answered, guessed and read; how the page looks stays as it was set. */
export function forget() {
  for (const name of ["answers", "guesses", "read", "last"]) localStorage.removeItem(PREFIX + name);
}

/** How this page is called in what is remembered. */
export const pageName = () => location.pathname.split("/").pop();

/** The numbers of the exercises of a page that are right; `fields` has the number of fields of each, 0 where nothing can be judged. */
export function right(page, fields) {
  const kept = recall("answers", {});
  const keys = (count, number) => (count === 1 ? [`${page}#${number}`] : Array.from({ length: count }, (_, i) => `${page}#${number}.${i + 1}`));
  return fields.map((count, i) => (count && keys(count, i + 1).every((key) => kept[key]?.right === true) ? i + 1 : 0)).filter(Boolean);
}

/** An element with a class and what is in it. */
export function element(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}
