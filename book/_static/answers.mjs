// The page of one's own answers: each exercise that was tried, with its question from its page, the answer, whether it is right, and why.
// All of it is read from this device (memory.mjs) and from the book's own pages.

import { element, recall } from "./memory.mjs";

const box = document.querySelector(".my-answers");
const pages = JSON.parse(box.dataset.pages);
const root = document.documentElement.dataset.content_root;
const kept = recall("answers", {});

/** [{ number, part, answer, right, reason, asked }] of a page, in its order; `fields` has the number of fields of each exercise. */
function tried([address, , fields]) {
  const page = address.split("/").pop();
  const found = fields.flatMap((count, i) => Array.from({ length: count }, (_, k) => {
    const part = count > 1 ? k + 1 : 0;
    return { number: i + 1, part, ...kept[`${page}#${i + 1}${part ? `.${part}` : ""}`] };
  }));
  return found.filter(({ answer }) => typeof answer === "string");
}

/** The exercises' questions as their page shows them, formulas and all; nothing where the page cannot be had. */
async function questions(address) {
  try {
    const text = await (await fetch(root + address)).text();
    const page = new DOMParser().parseFromString(text, "text/html");
    return (number) => {
      const exercise = page.getElementById(`exercise-${number}`);
      const inField = [...(exercise?.querySelectorAll("[data-vaelib-widget=answer_check]") ?? [])].map(({ dataset }) => JSON.parse(dataset.vaelibState).question);
      return { title: exercise?.querySelector(".exercise-title")?.textContent ?? "", words: [...(exercise?.querySelectorAll(":scope > p:not(.exercise-head)") ?? [])], inField };
    };
  } catch {
    return () => null;
  }
}

function entry(address, one, asked) {
  const link = element("a", "", `Exercise ${one.number}`);
  link.href = `${root}${address}#exercise-${one.number}`;
  const title = asked?.title ? ` \u00b7 ${asked.title}` : "";
  const part = one.part ? ` (field ${one.part})` : "";
  const words = (asked?.words ?? []).map((paragraph) => document.importNode(paragraph, true));
  const inField = asked?.inField[Math.max(0, one.part - 1)];
  if (inField) words.push(element("p", "", inField));
  if (!words.length) words.push(element("p", "", one.asked ?? ""));
  const verdict = one.right ? "right" : "not right yet";
  const answer = element("p", "my-answer", "My answer: ", element("strong", "", one.answer), " ", element("span", `verdict is-${one.right ? "right" : "open"}`, verdict));
  const because = one.right && one.reason ? [element("p", "my-reason", one.reason)] : [];
  return element("section", "my-exercise", element("h3", "", link, title, part), ...words, answer, ...because);
}

function printing() {
  const button = element("button", "my-print", "Print this page");
  button.type = "button";
  button.addEventListener("click", () => print());
  return button;
}

async function write() {
  const given = pages.map((page) => [page, tried(page)]).filter(([, answers]) => answers.length);
  const all = given.flatMap(([, answers]) => answers);
  if (!all.length) {
    const first = element("a", "", pages[0][1]);
    first.href = root + pages[0][0];
    box.replaceChildren(element("p", "", "There is no answer yet: answer an exercise in a chapter, and it will stand here, with its reason once it is right. "
      + "The first exercises are in ", first, "."));
    return;
  }
  const sum = `${all.length} answer${all.length === 1 ? "" : "s"}, ${all.filter((one) => one.right).length} right. `;
  const asked = await Promise.all(given.map(([[address]]) => questions(address)));
  box.replaceChildren(
    element("p", "my-sum", sum, printing()),
    ...given.flatMap(([[address, title], answers], i) => [element("h2", "", title), ...answers.map((one) => entry(address, one, asked[i](one.number)))]),
  );
}

write();
