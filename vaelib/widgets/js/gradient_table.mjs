// The table of gradients: this draw, the mean of many draws, the closed form. It keeps no state and computes no gradient.

import { element } from "./controls.mjs";

const PARAMETERS = ["mean", "log_var"];

/** { element, fill({ one, average, exact }) }; shown only while there is an average. */
export function gradientTable(draws) {
  const columns = ["", "this draw", `mean of ${draws} draws \u25c6`, "exact gradient of E[f] \u275a"];
  const head = element("tr", "", columns.map((text, i) => header(text, i ? "col" : null)));
  const cells = new Map(PARAMETERS.map((name) => [name, columns.slice(1).map(() => element("td"))]));
  const rows = PARAMETERS.map((name) => element("tr", "", [header(`df/d${name}`, "row"), ...cells.get(name)]));
  const table = element("table", "vaelib-table", [element("thead", "", head), element("tbody", "", rows)]);
  const note = element("p", "vaelib-caption", "E[f] = mean\u00b2 + std\u00b2 + exp(\u2212std\u00b2 / 2) sin(mean) for z ~ N(mean, std\u00b2). \u00b1 is one standard error of the mean of the draws.");
  const whole = element("div", "vaelib-stack", [table, note]);

  function fill({ one, average, exact }) {
    whole.hidden = !average;
    if (!average) return;
    for (const name of PARAMETERS) {
      const texts = [number(one[`df_d${name}`]), `${number(average[name].average)} \u00b1 ${number(average[name].error)}`, number(exact[name])];
      cells.get(name).forEach((cell, i) => { cell.textContent = texts[i]; });
    }
  }

  return { element: whole, fill };
}

function header(text, scope) {
  const cell = element(scope ? "th" : "td", "", text);
  if (scope) cell.scope = scope;
  return cell;
}

const number = (value) => value.toFixed(2).replace(/^-(?=0\.00$)/, "").replace("-", "\u2212");
