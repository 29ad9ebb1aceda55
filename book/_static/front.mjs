// The front page's choice of a way through the book: kept on this device under one key, and told to whoever listens on this page.

import { PATH as KEY } from "./memory.mjs";

const box = document.querySelector("fieldset.ways");
const buttons = [...(box?.querySelectorAll("input[name=vaelib-path]") ?? [])];

const check = (chosen) => {
  const found = buttons.find((button) => button.value === chosen) ?? buttons[0];
  if (found) found.checked = true;
};
const checkKept = () => check(localStorage.getItem(KEY));
checkKept();
addEventListener("pageshow", checkKept); // on the way back browsers fill in what was checked when the page was left

box?.addEventListener("change", ({ target }) => {
  localStorage.setItem(KEY, target.value);
  const first = target.closest(".way").querySelector("ol a");
  const said = box.querySelector(".way-said");
  const link = document.createElement("a");
  link.href = first.href;
  link.textContent = first.textContent;
  said.replaceChildren("Next, at the foot of each page, now follows this path. It begins with ", link, ".");
  dispatchEvent(new CustomEvent(KEY, { detail: target.value }));
});
addEventListener(KEY, ({ detail }) => detail || check(null)); // left at the foot of the page
