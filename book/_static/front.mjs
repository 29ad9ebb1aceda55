// The front page's choice of a way through the book: kept on this device under one key, and told to whoever listens on this page.

const KEY = "vaelib-path";
const box = document.querySelector("fieldset.ways");
const buttons = [...(box?.querySelectorAll("input[name=vaelib-path]") ?? [])];

const chosen = localStorage.getItem(KEY);
for (const button of buttons) if (button.value === chosen) button.checked = true;

box?.addEventListener("change", ({ target }) => {
  localStorage.setItem(KEY, target.value);
  const first = target.closest(".way").querySelector("ol a");
  const said = box.querySelector(".way-said");
  const link = document.createElement("a");
  link.href = first.href;
  link.textContent = first.textContent;
  said.replaceChildren("Next now follows this way. It begins with ", link, ".");
  dispatchEvent(new CustomEvent("vaelib-path", { detail: target.value }));
});
