// What every page does for its reader: boxes that scroll can be reached by keyboard, buttons do their deeds, a dark page is printed
// light. Widgets are host.mjs's.
const BOXES = {
  ".equation-box": "Equation", ".pst-scrollable-table-container": "Table", ".cell_output .output": "Output", ".highlight pre": "Code",
};

function mark(box, name) {
  if (box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible") { // a wide figure hangs over on purpose
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `${name}, scrolls sideways`);
  } else if (box.getAttribute("tabindex") === "0") { // ours, or the theme's, which measured the box before it had its fonts
    for (const attribute of ["tabindex", "role", "aria-label"]) box.removeAttribute(attribute);
  }
}

const kinds = new Map();
for (const [selector, name] of Object.entries(BOXES)) {
  document.querySelectorAll(selector).forEach((box, i) => kinds.set(box, `${name} ${i + 1}`)); // a region's name is its own
}
const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => mark(target, kinds.get(target))));
for (const box of kinds.keys()) watch.observe(box);
const markAll = () => kinds.forEach((name, box) => mark(box, name));
document.fonts?.ready.then(markAll); // a formula grows when its fonts arrive
addEventListener("load", () => setTimeout(markAll)); // after the theme has marked what it measured too early

// The theme's buttons carry their deed as a word: the page's policy refuses scripts that stand in attributes.
const DEEDS = { print: () => print(), "full screen": () => globalThis.toggleFullScreen() };
addEventListener("click", (event) => DEEDS[event.target.closest("[data-book-does]")?.dataset.bookDoes]?.());

// A link to what stands on another page now goes there (book/moved.yml).
const moved = document.querySelector('meta[name="vaebook-moved"]');
function goOn() {
  const anchor = location.hash.slice(1);
  const moves = JSON.parse(moved.content);
  if (Object.hasOwn(moves, anchor) && !document.getElementById(anchor)) location.replace(new URL(moves[anchor], location.href));
}
if (moved) {
  goOn();
  addEventListener("hashchange", goOn);
}

// Ink is dark and paper is white, whatever the screen shows; what is folded cannot be opened on paper. A prediction's answer stays shut.
const page = document.documentElement;
let before = null;
addEventListener("beforeprint", () => {
  before ??= { theme: page.dataset.theme, folded: [...document.querySelectorAll("details:not([open], .vaelib-predict)")] };
  page.dataset.theme = "light";
  for (const one of before.folded) one.open = true;
  for (const picture of document.querySelectorAll("img[loading=lazy]")) picture.loading = "eager";
});
addEventListener("afterprint", () => {
  if (!before) return;
  page.dataset.theme = before.theme;
  for (const one of before.folded) one.open = false;
  before = null;
});
