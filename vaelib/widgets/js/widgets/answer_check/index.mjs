// An exercise in the page: a field for a number, or choices, and a sentence on what is wrong. judge.mjs does the judging. In the book's
// box of an exercise the answer is remembered on the reader's device.

import { button, element, liveText, segments } from "../../ui/controls.mjs";
import { chosen, judgeText, precision, RIGHT } from "./judge.mjs";
import { starter } from "../../host/start.mjs";

/** No trait: a link to the page carries no answers. */
export const shared = [];
const STORE = "vae-book:answers";

function build(model, el, signal) {
  const [question, expected, slips, unit, tolerance] = ["question", "expected", "slips", "unit", "tolerance"].map((name) => model.get(name));
  const [choices, reason] = [model.get("choices") ?? [], model.get("reason") ?? ""];
  const live = liveText({ signal, quiet: 0 });
  const box = el.closest("[data-exercise]"); // the page's own box has number and question
  const memory = box && remembering(box, el, question);

  const tell = (sentence, answer = "") => {
    const right = sentence === RIGHT;
    card.dataset.answer = right ? "right" : "open";
    live.say(right && reason ? `${RIGHT} ${reason}` : sentence);
    if (answer && memory) memory.keep(answer, right, reason);
  };
  const ask = choices.length
    ? options(choices, (index) => tell(chosen(index, expected, slips), choices[index]), signal)
    : typed(expected, unit, tolerance, (text) => tell(judgeText(text, expected, slips, unit, tolerance) ?? unread(text), text), () => tell(""), signal);
  const card = element("div", "vaelib-card vaelib-exercise", [
    ...(question ? [element("p", "", box ? question : [element("strong", "", "Exercise. "), question])] : []), ask.element, live.element,
  ]);
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", question ? `Exercise: ${question}` : "Your answer");
  el.replaceChildren(card);
  const before = memory?.recall();
  if (before) ask.restore(before);
}

/** A field for a number and a button: { element, restore(text) }. */
function typed(expected, unit, tolerance, onCheck, onChange, signal) {
  const field = element("input");
  Object.assign(field, { type: "text", autocomplete: "off", spellcheck: false }); // no number pad: that of some phones has no minus
  const check = button("Check", () => {}, { signal });
  check.element.type = "submit";
  const form = element("form", "vaelib-row", [
    element("label", "", [element("span", "", `Your answer (${precision(expected, tolerance)})`), " ", element("span", "", [field, unit && ` ${unit}`])]),
    check.element,
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onCheck(field.value);
  }, { signal });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault(); // JupyterLab keeps the browser's own submission from every field in a cell; elsewhere it would be the second
    check.element.click();
  }, { signal });
  field.addEventListener("input", onChange, { signal }); // what was said was of another number; said again, it is heard again
  const restore = (text) => {
    field.value = text;
    onCheck(text);
  };
  return { element: form, restore };
}

/** The answers to choose from, as buttons: { element, restore(words) }. */
function options(choices, onChoice, signal) {
  const picked = segments("Your answer", choices.map((label, index) => ({ value: index, label })), -1, onChoice, { signal });
  const restore = (words) => {
    const index = choices.indexOf(words);
    if (index < 0) return; // the question has changed since
    picked.set(index);
    onChoice(index);
  };
  return { element: picked.element, restore };
}

/** What this device remembers of a field in the page's box: { recall() -> text or undefined, keep(answer, right, reason) }. */
function remembering(box, el, question) {
  const fields = [...box.querySelectorAll("[data-vaelib-widget=answer_check]")];
  const place = fields.length > 1 ? `.${fields.indexOf(el.closest("[data-vaelib-widget]")) + 1}` : "";
  const key = `${location.pathname.split("/").pop()}#${box.dataset.exercise}${place}`;
  const all = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      return {};
    }
  };
  return {
    recall: () => all()[key]?.answer,
    keep(answer, right, reason) {
      const asked = [...box.querySelectorAll(":scope > p")].map((one) => (one.querySelector("annotation") ? plain(one) : one.textContent)).join(" ");
      try {
        localStorage.setItem(STORE, JSON.stringify({ ...all(), [key]: { answer, right, reason: right ? reason : "", asked: `${asked} ${question}`.trim(), page: document.title } }));
      } catch {
        // full or forbidden: the exercise works on, and is forgotten
      }
      box.dispatchEvent(new CustomEvent("vaelib-answered", { bubbles: true, detail: { key, right } }));
    },
  };
}

/** A paragraph's words, each formula as its source and not three times over. */
function plain(paragraph) {
  const copy = paragraph.cloneNode(true);
  for (const formula of copy.querySelectorAll(".katex")) formula.replaceWith(formula.querySelector("annotation")?.textContent ?? "");
  return copy.textContent;
}

function unread(text) {
  if (!text.trim()) return "Type a number first.";
  return "That could not be read as a number. Write digits and at most one decimal point or comma, such as \u22120.25, or a fraction such as 1/2.";
}

export default { render: starter("The exercise", build) };
