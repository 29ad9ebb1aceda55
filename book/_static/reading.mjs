// Folded code, the switch that shows all of it, and answers that are covered until the reader has guessed. Without this script the
// code is folded by its details elements, and nothing is covered. What the device remembers is in memory.mjs.

import { element, pageName, recall, remember } from "./memory.mjs";

const folds = [...document.querySelectorAll("details.fold-code")];
const header = document.querySelector(".article-header-buttons");

/** The switch in the page's head. Only a page with folded code has one. */
function showCode() {
  if (!folds.length || !header) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm code-switch";
  const verb = element("span", "code-verb");
  button.append(verb, "code");
  let shown = recall("code", false) === true;
  const set = () => {
    for (const one of folds) one.open = shown;
    verb.textContent = shown ? "Fold " : "Show "; // what a press does
    button.setAttribute("aria-label", shown ? "Fold code" : "Show code"); // a phone shows the noun alone
    button.dataset.shown = shown;
  };
  set();
  button.addEventListener("click", () => {
    shown = !shown;
    set();
    remember("code", shown);
  });
  header.prepend(button);
}

/** A link to a check or to a place in a fold opens it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (target.matches("div.cell")) target.querySelectorAll(":scope > details.fold-code").forEach((one) => { one.open = true; });
}

/** Covers one output: a guess, of any kind, or "show it" takes the cover away. */
function cover(box) {
  const { question, choices, key } = JSON.parse(box.dataset.covered);
  const output = box.querySelector(".cell_output");
  const guesses = recall("guesses", {});
  const name = `${pageName()}#${key}`;
  const said = element("p", "guess");
  const reveal = (guess, byHand) => {
    box.classList.remove("is-covered");
    form.remove();
    if (guess) said.replaceChildren("Your guess: ", element("strong", "", guess));
    if (guess) box.before(said);
    if (!byHand) return;
    remember("guesses", { ...recall("guesses", {}), [name]: guess });
    output.tabIndex = -1;
    output.focus({ preventScroll: true }); // so that who listens hears the answer next
  };
  const ask = element("span", "cover-ask", question || "What do you expect?");
  const show = element("button", "cover-show", "Show it");
  show.type = "button";
  show.addEventListener("click", () => reveal("", true));
  const form = element("form", "cover");
  if (choices.length) {
    const row = element("span", "cover-choices");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", ask.textContent);
    for (const choice of choices) {
      const one = element("button", "", choice);
      one.type = "button";
      one.addEventListener("click", () => reveal(choice, true));
      row.append(one);
    }
    form.append(ask, row, show);
  } else {
    const field = element("input");
    Object.assign(field, { type: "text", autocomplete: "off", maxLength: 120 });
    const label = element("label", "", ask, field);
    const commit = element("button", "", "Compare");
    commit.type = "submit";
    form.addEventListener("submit", () => (field.value.trim() ? reveal(field.value.trim(), true) : field.focus()));
    form.append(label, commit, show);
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  box.append(form);
  if (Object.hasOwn(guesses, name)) reveal(guesses[name], false);
  else box.classList.add("is-covered");
}

showCode();
for (const box of document.querySelectorAll("[data-covered]")) cover(box);
openTarget();
addEventListener("hashchange", openTarget);
const question = new URLSearchParams(location.search).get("find");
if (question) import("./found.mjs").then(({ showFound }) => showFound(question.slice(0, 200)));
