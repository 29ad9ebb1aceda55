// The table of gradients: this draw, the mean of many draws, the closed form for the std drawn and, under the slip, for the one intended.
// It keeps no state and computes no gradient.

import { element } from "../../ui/controls.mjs";
import { shown } from "../../draw/format.mjs";

const PARAMETERS = ["mean", "log_var"];

/** { element, fill({ one, average, exact, intended }) }; shown only while there is an average, its last row only with `intended`. */
export function gradientTable(draws) {
  // quantities down, parameters across: three columns fit a phone, whatever the numbers
  const row = (title) => {
    const head = header(title, "row");
    const cells = PARAMETERS.map(() => element("td"));
    return { node: element("tr", "", [head, ...cells]), head, cells };
  };
  const rows = { one: row("this draw"), average: row(`mean of ${draws} draws \u25c6`), exact: row("exact \u275a"), intended: row("exact, for the intended std") };
  const head = element("tr", "", [element("td"), ...PARAMETERS.map((name) => header(`df/d${name}`, "col"))]);
  const table = element("table", "vaelib-table", [element("thead", "", head), element("tbody", "", Object.values(rows).map(({ node }) => node))]);
  const note = element("p", "vaelib-caption", "Exact: the gradient of E[f] = mean\u00b2 + std\u00b2 + exp(\u2212std\u00b2 / 2) sin(mean) for z ~ N(mean, std\u00b2). \u00b1 is one standard error of the mean of the draws.");
  const whole = element("div", "vaelib-stack", [table, note]);

  function fill({ one, average, exact, intended }) {
    whole.hidden = !average;
    if (!average) return;
    rows.exact.head.textContent = intended ? "exact, for the std drawn \u275a" : "exact \u275a";
    rows.intended.node.hidden = !intended;
    PARAMETERS.forEach((name, i) => {
      rows.one.cells[i].textContent = shown(one[`df_d${name}`]);
      rows.average.cells[i].textContent = `${shown(average[name].average)} \u00b1 ${shown(average[name].error)}`;
      rows.exact.cells[i].textContent = shown(exact[name]);
      rows.intended.cells[i].textContent = intended ? shown(intended[name]) : "";
    });
  }

  return { element: whole, fill };
}

function header(text, scope) {
  const cell = element("th", "", text);
  cell.scope = scope;
  return cell;
}
