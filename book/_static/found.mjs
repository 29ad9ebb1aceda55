// Marks what a search led to: the section's words, and the section itself by a line at its side. Only a page that a search opened loads this.

import { asked, answers, wordsOf } from "./words.mjs";

const NOT_HERE = "script, style, pre, .katex, .headerlink, mark, [data-vaelib-widget], .cover, .visually-hidden, details.fold-code, details.fold-solution";

function mark(root, stems) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) => (
    node.parentElement.closest(NOT_HERE) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    for (const { stem, at, end } of wordsOf(text.data).reverse()) {
      if (!stems.some((wanted) => answers(stem, wanted))) continue;
      const found = text.splitText(at);
      found.splitText(end - at);
      const one = document.createElement("mark");
      one.className = "found";
      found.replaceWith(one);
      one.append(found);
    }
  }
}

/** Marks what `question` asks for in the section of the address, or in the whole page; the address then forgets the question. */
export function showFound(question) {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const section = target?.closest("section, dl.py, dd") ?? target ?? document.querySelector(".bd-article");
  section.classList.add("was-found");
  const stems = asked(question);
  if (target?.matches("dt")) mark(target.parentElement, stems);
  else mark(section, stems);
  const address = new URL(location.href);
  address.searchParams.delete("find");
  history.replaceState(history.state, "", address);
  const clear = ({ key }) => {
    if (key !== "Escape") return;
    section.classList.remove("was-found");
    for (const one of document.querySelectorAll("mark.found")) one.replaceWith(...one.childNodes);
    removeEventListener("keydown", clear);
  };
  addEventListener("keydown", clear);
}
