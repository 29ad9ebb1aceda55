// Beside each tick a button that opens a panel in which the equation can be broken. The panel's module is fetched when one is first opened.

async function open(row, panel) {
  const { breaks: label, number, module } = row.dataset;
  try {
    (await import(new URL(module, document.baseURI).href)).open({ label, number, panel });
  } catch (error) {
    panel.textContent = `This panel could not be opened: ${error?.message ?? error}`;
    console.error(`${label}:`, error);
  }
}

for (const row of document.querySelectorAll(".tick[data-breaks]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "break it";
  button.setAttribute("aria-label", `Break it: what goes wrong in equation ${row.dataset.number} when it is miswritten`);
  button.setAttribute("aria-expanded", "false");
  const panel = document.createElement("div");
  panel.className = "tick-panel";
  panel.hidden = true;
  row.append(button, panel);
  button.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden && !panel.hasChildNodes()) open(row, panel);
  });
}
