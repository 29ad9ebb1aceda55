// An exercise in the page: a question, a field for a number, and a sentence on what is wrong with it. judge.mjs does the judging.

import { button, element, liveText } from "../../ui/controls.mjs";
import { judge, precision, readNumber, RIGHT } from "./judge.mjs";
import { starter } from "../../host/start.mjs";

/** No trait: a link to the page carries no answers. */
export const shared = [];

function build(model, el, signal) {
  const [question, expected, slips, unit, tolerance] = ["question", "expected", "slips", "unit", "tolerance"].map((name) => model.get(name));
  const field = element("input");
  Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false }); // no number pad: that of some phones has no minus
  const live = liveText({ signal, quiet: 0 });
  const check = button("Check", () => {}, { signal });
  check.element.type = "submit";
  const form = element("form", "vaelib-row", [
    element("label", "", [element("span", "", `Your answer (${precision(expected, tolerance)})`), " ", element("span", "", [field, unit && ` ${unit}`])]),
    check.element,
  ]);
  const card = element("div", "vaelib-card vaelib-exercise", [
    element("p", "", [element("strong", "", "Exercise. "), question]), form, live.element,
  ]);
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", `Exercise: ${question}`);

  const tell = (sentence) => {
    card.dataset.answer = sentence === RIGHT ? "right" : "open";
    live.say(sentence);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = readNumber(field.value, expected);
    tell(number === null ? unread(field.value) : judge(number, expected, slips, tolerance));
  }, { signal });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // JupyterLab keeps the browser's own submission from every field in a cell; elsewhere it would be the second
    check.element.click();
  }, { signal });
  field.addEventListener("input", () => tell(""), { signal }); // what was said was of another number; said again, it is heard again
  el.replaceChildren(card);
}

function unread(text) {
  if (!text.trim()) return "Type a number first.";
  return "That could not be read as a number. Write digits and at most one decimal point or comma, such as \u22120.25, or a fraction such as 1/2.";
}

export default { render: starter("The exercise", build) };
