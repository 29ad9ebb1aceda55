// The page of what was found: sections with a line of their prose, each a link to the section, which found.mjs then marks.

import { finder, pieces, quote } from "./finder.mjs";
import { element } from "./memory.mjs";

const SHOWN = 12;
const root = document.documentElement.dataset.content_root;
const results = document.querySelector("#search-results");
const question = (new URLSearchParams(location.search).get("q") ?? "").trim().slice(0, 200);
const marked = (text) => pieces(text, question).map(([words, found]) => (found ? element("mark", "", words) : words));

function entry({ address, anchor, page, title, text }) {
  const link = element("a", "", ...marked(title));
  link.href = `${root}${address}?find=${encodeURIComponent(question)}${anchor ? `#${encodeURIComponent(anchor)}` : ""}`;
  const where = title === page ? "" : element("span", "found-on", ` on the page \u201c${page}\u201d`);
  return element("li", "", link, where, text && element("p", "context", ...marked(quote(text, question))));
}

function show(found) {
  const status = element("p", "search-summary");
  status.setAttribute("role", "status");
  const list = element("ul", "search");
  results.replaceChildren(element("h2", "visually-hidden", "What was found"), status, list);
  const write = (count) => {
    list.replaceChildren(...found.slice(0, count).map(entry));
    const all = `${found.length} section${found.length === 1 ? "" : "s"}`;
    status.textContent = found.length ? (count < found.length ? `The best ${count} of ${all}:` : `${all}:`) : `Nothing in the book answers to \u201c${question}\u201d. Fewer or other words may.`;
  };
  write(SHOWN);
  if (found.length <= SHOWN) return;
  const more = element("button", "search-more", "Show all");
  more.type = "button";
  more.addEventListener("click", () => {
    write(found.length);
    more.remove();
    list.children[SHOWN].querySelector("a").focus();
  });
  results.append(more);
}

async function search() {
  try {
    show(finder(await (await fetch(`${root}search.json`)).json())(question));
  } catch (error) {
    results.replaceChildren(element("p", "", `The search could not read its list of the book: ${error.message}. Load the page again.`));
  }
}

const fields = document.querySelectorAll("form.bd-search input");
for (const field of fields) field.value = question;
if (question) search();
else document.querySelector(".bd-search-container input")?.focus();
