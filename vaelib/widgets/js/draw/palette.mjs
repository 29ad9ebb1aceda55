// The colours that a canvas draws with, read from the CSS variables of the page. Their values live in widgets.css.

const FALLBACK = {
  ink: "#1c2430", paper: "#ffffff", muted: "#5a6675", grid: "#e3e7ec", axis: "#8b96a5", accent: "#0b63c5", mark: "#111111", "digit-ink": "#101418",
  "digit-paper": "#ffffff", exact: "#b4510b", refined: "#0a7448",
};
// Ten classes, chosen by search: for normal sight the two most alike are 45 CIELAB units apart, for simulated protanopia,
// deuteranopia and tritanopia (Machado 2009) 25. Digits that lie side by side in latent planes (3 5 8, 4 7 9) got distant hues.
const CLASSES = ["#e920fc", "#ffaf07", "#b00a69", "#05dcce", "#4c8bb7", "#d82815", "#501b89", "#a0c86f", "#1004fe", "#58301d"];
// Seven even steps in CIELAB each: leaning left, upright, leaning right; thin to thick. Neither rests on red against green.
const SLANTS = ["#003f96", "#4a5999", "#6f769b", "#8e949d", "#9c7569", "#9e5438", "#983000"];
const THICKNESSES = ["#d97e22", "#be6935", "#a35441", "#88404a", "#6b2c51", "#4d1a57", "#240a5c"];

/** { ink, paper, muted, grid, axis, accent, mark, digitInk, digitPaper, exact, refined, classes: [10 colours], slants: [7], thicknesses: [7] } as they are now around `element`. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue(`--vaelib-${name}`).trim() || fallback;
  const all = (name, colours) => colours.map((colour, i) => read(`${name}-${i}`, colour));
  const theme = { classes: all("class", CLASSES), slants: all("slant", SLANTS), thicknesses: all("thickness", THICKNESSES) };
  for (const [name, fallback] of Object.entries(FALLBACK)) {
    theme[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = read(name, fallback);
  }
  return theme;
}

/** Call `callback(theme)` after the page has changed between light and dark, until `signal` aborts. */
export function onThemeChange(element, callback, signal) {
  let last = JSON.stringify(readTheme(element));
  const check = () => {
    const theme = readTheme(element);
    const now = JSON.stringify(theme);
    if (now === last) return;
    last = now;
    callback(theme);
  };
  const observer = new MutationObserver(check);
  const attributeFilter = ["data-theme", "data-jp-theme-light", "theme", "class"];
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true, attributeFilter });
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", check, { signal });
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}

/** [red, green, blue] of a colour in hexadecimal, 0 to 255. */
export function rgb(colour) {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour)?.[1];
  if (!digits) throw new Error(`wanted a colour such as #1c2430, got ${JSON.stringify(colour)}`);
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join("") : digits;
  return [0, 2, 4].map((start) => parseInt(full.slice(start, start + 2), 16));
}
