// Where one is on a page, in its head: the section that one reads, and how many exercises are right. The device remembers both (memory.mjs).
// The front page shows them on its cards (cards.mjs); answers.mjs lists the answers.

import { element, pageName, recall, remember, right } from "./memory.mjs";

const head = document.querySelector(".header-article-items");
const headings = [...document.querySelectorAll(".bd-article h2")];
const boxes = [...document.querySelectorAll("[data-exercise]")];
const FIELD = "[data-vaelib-widget=answer_check]";
const fields = boxes.map((box) => box.querySelectorAll(FIELD).length);
const judged = fields.filter(Boolean).length;

const place = element("span", "where-section");
const done = element("a", "where-done");
done.title = "Right so far; to my answers";
done.href = `${document.documentElement.dataset.content_root}answers.html`;
const where = element("div", "where", place, judged ? done : "");
const words = (heading) => [...heading.childNodes].filter((one) => one.className !== "headerlink").map((one) => one.textContent).join("").trim();

/** The index of the section that stands at a third of the window, -1 above the first. */
function current() {
  const line = innerHeight / 3;
  const below = headings.findIndex((heading) => heading.getBoundingClientRect().top > line);
  const end = innerHeight + scrollY >= document.documentElement.scrollHeight - 4; // a short last section never comes so high
  return end || below < 0 ? headings.length - 1 : below - 1;
}

let shown;
function showPlace() {
  const at = current();
  if (at === shown) return;
  shown = at;
  const heading = headings[at];
  place.replaceChildren(...(heading ? [element("b", "", `${at + 1} of ${headings.length}`), ` ${words(heading)}`] : []));
  where.classList.toggle("is-inside", at >= 0);
  const before = recall("read", {})[pageName()];
  remember("read", { ...recall("read", {}), [pageName()]: { seen: Math.max(at + 1, before?.seen ?? 0), of: headings.length } });
  remember("last", { page: pageName(), at: heading?.closest("section")?.id ?? "", section: heading ? words(heading) : "" });
}

function showDone() {
  const numbers = right(pageName(), fields);
  done.textContent = `${numbers.length} of ${judged} exercise${judged === 1 ? "" : "s"}`;
  boxes.forEach((box, i) => box.classList.toggle("is-right", numbers.includes(i + 1)));
  for (const [i, box] of boxes.entries()) {
    const mark = box.querySelector(".exercise-right");
    if (!numbers.includes(i + 1)) mark?.remove();
    else if (!mark) box.querySelector(".exercise-head").append(element("span", "exercise-right", "right"));
  }
}

head?.querySelector(".header-article-items__start")?.after(where);
showPlace();
showDone();
let waiting = 0;
addEventListener("scroll", () => {
  waiting ||= requestAnimationFrame(() => {
    waiting = 0;
    showPlace();
  });
}, { passive: true });
addEventListener("resize", showPlace);
addEventListener("vaelib-answered", showDone);
addEventListener("storage", showDone); // another window of the book
addEventListener("pageshow", ({ persisted }) => persisted && showDone());
