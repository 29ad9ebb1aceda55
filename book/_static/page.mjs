// What every page does for its reader: a box that scrolls sideways can be reached by keyboard. Widgets are host.mjs's.
const BOXES = ".equation-box, .pst-scrollable-table-container, .cell_output .output";

function mark(box) {
  if (box.scrollWidth > box.clientWidth + 1) {
    box.tabIndex = 0;
    if (!box.hasAttribute("role")) box.setAttribute("role", "group");
    if (!box.hasAttribute("aria-label")) box.setAttribute("aria-label", "scrolls sideways");
  } else if (box.getAttribute("aria-label") === "scrolls sideways") {
    for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}

const watch = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
for (const box of document.querySelectorAll(BOXES)) watch.observe(box);
document.fonts?.ready.then(() => document.querySelectorAll(BOXES).forEach(mark)); // a formula grows when its fonts arrive

// The theme's buttons carry their deed as a word: the page's policy refuses scripts that stand in attributes.
const DEEDS = { print: () => print(), "full screen": () => globalThis.toggleFullScreen() };
addEventListener("click", (event) => DEEDS[event.target.closest("[data-book-does]")?.dataset.bookDoes]?.());
