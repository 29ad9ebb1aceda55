// What the device remembers of the book, on the front page: on each card how far it was read, and above the cards where to go on,
// the answers to print, and a way to forget it all.

import { element, forget, recall, right } from "./memory.mjs";

const list = document.querySelector("ul.page-cards");
const cards = [...(list?.querySelectorAll("a.page-card") ?? [])].map((card) => ({
  card, page: card.dataset.page, fields: JSON.parse(card.dataset.fields), line: card.querySelector(".card-minutes"),
}));
const box = element("div", "progress-box");
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "3 of 7 sections read, 1 of 4 exercises right", or that all is done, or nothing. */
function far({ page, fields }, read) {
  const [solved, all] = [right(page, fields).length, fields.filter(Boolean).length];
  if (!read && !solved) return "";
  const { seen = 0, of = 0 } = read ?? {};
  if (seen >= of && solved === all) return "\u2713 read" + (all ? ", all exercises right" : "");
  return [`${seen} of ${plural(of, "section")} read`, all ? `${solved} of ${plural(all, "exercise")} right` : ""].filter(Boolean).join(", ");
}

function show() {
  const read = recall("read", {});
  for (const one of cards) {
    one.card.querySelector(".card-far")?.remove();
    const words = far(one, read[one.page]);
    if (words) (one.line ?? one.card).append(element("span", "card-far", words));
  }
  const opened = cards.filter(({ page }) => read[page]).length;
  const solved = cards.reduce((sum, { page, fields }) => sum + right(page, fields).length, 0);
  const all = cards.reduce((sum, { fields }) => sum + fields.filter(Boolean).length, 0);
  box.hidden = !opened && !solved;
  if (box.hidden) return;
  const said = `${opened} of ${plural(cards.length, "page")} opened, ${solved} of ${plural(all, "exercise")} right.`;
  const print = element("a", "", "My answers, to read or print");
  print.href = `${document.documentElement.dataset.content_root}answers.html`;
  box.replaceChildren(element("p", "", said, " ", ...goOn()), element("p", "", print), forgetting());
}

/** A link to the section where the reader was last. */
function goOn() {
  const last = recall("last");
  const card = cards.find(({ page }) => page === last?.page)?.card;
  if (!card) return [];
  const title = card.querySelector(".card-title").lastChild.textContent.trim(); // behind the number
  const link = element("a", "", last.section ? `${title}, \u201c${last.section}\u201d` : title);
  link.href = card.href + (last.at ? `#${encodeURIComponent(last.at)}` : "");
  return ["Go on with ", link, "."];
}

function forgetting() {
  const button = element("button", "", "Forget all of it");
  button.type = "button";
  button.addEventListener("click", () => {
    forget();
    show();
    said.textContent = "Forgotten: answers, guesses and places.";
  });
  const words = "Answers, guesses and the places you read are kept on this device only; nobody else sees them. ";
  return element("details", "", element("summary", "", "What is remembered, and where"), element("p", "", words, button));
}

const said = element("p", "progress-said");
said.setAttribute("role", "status");
list?.before(box, said);
if (list) show();
addEventListener("storage", show);
addEventListener("pageshow", ({ persisted }) => persisted && show());
