// The foot of a page follows the reading path that was chosen on the front page (book/paths.yml): Previous and Next lead along it, a line
// says so, and a button leaves it. Without a choice, and without this script, they lead through the contents.

import { element, PATH } from "./memory.mjs";

const ways = JSON.parse(document.querySelector('meta[name="vaebook-ways"]')?.content ?? "[]");
const area = document.querySelector(".prev-next-area");
const own = [...(area?.children ?? [])];
const note = element("p", "way-note");
note.setAttribute("role", "status");

/** A link of the foot in the theme's form: `side` is "left-prev" or "right-next". */
function turn(side, [address, title], subtitle) {
  const words = element("div", "prev-next-info", element("p", "prev-next-subtitle", subtitle), element("p", "prev-next-title", title));
  const icon = element("i", `fa-solid fa-angle-${side === "left-prev" ? "left" : "right"}`);
  icon.setAttribute("aria-hidden", "true");
  const link = element("a", side, ...(side === "left-prev" ? [icon, words] : [words, icon]));
  link.href = address;
  return link;
}

function follow(chosen) {
  const way = ways.find(({ id }) => id === chosen);
  note.hidden = !way;
  area.replaceChildren(...own);
  if (!way) return;
  const { label, at, of, before, after } = way;
  const leave = element("button", "", "Leave the path");
  leave.type = "button";
  leave.addEventListener("click", () => {
    localStorage.removeItem(PATH);
    follow(null);
    note.hidden = false;
    note.replaceChildren("You left the path. Next follows the contents again.");
    note.tabIndex = -1;
    note.focus({ preventScroll: true }); // the button that had it is gone
    dispatchEvent(new CustomEvent(PATH, { detail: null }));
  });
  const whose = element("q", "", label);
  const where = at ? `: page ${at} of ${of}. ` : before ? ": this page is not on it. " : `: ${of} pages. `; // the front page has none before it
  note.replaceChildren("Your reading path, ", whose, where, leave);
  const links = [];
  if (before) links.push(turn("left-prev", before, at ? "previous on your path" : "back on your path"));
  if (after) links.push(turn("right-next", after, at === of ? "the path ends here" : at ? "next on your path" : "on your path, next"));
  area.replaceChildren(...links);
}

if (area) {
  area.before(note);
  follow(localStorage.getItem(PATH));
  addEventListener(PATH, ({ detail }) => detail && follow(detail));
  addEventListener("storage", ({ key }) => key === PATH && follow(localStorage.getItem(PATH)));
  addEventListener("pageshow", ({ persisted }) => persisted && follow(localStorage.getItem(PATH)));
}
