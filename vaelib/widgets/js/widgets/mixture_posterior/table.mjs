// The bound of a discrete z as the sum that it is, one row for each component, and the identity below it. It computes nothing.

import { element } from "../../ui/controls.mjs";
import { scientific, shown } from "../../draw/format.mjs";

const HEADS = ["z", "p(z)", "log p(x|z)", "p(z|x)", "q", "q log (p(x, z) / q)"];
const TERMS = [
  ["log_likelihood", "log p(x|z), averaged under q"], ["kl", "\u2212 KL(q \u2016 prior)"], ["elbo", "= ELBO"], ["gap", "+ gap, KL(q \u2016 posterior)"], ["log_evidence", "= log p(x)"],
  ["residual", "log p(x) \u2212 ELBO \u2212 gap"],
];

/** { element (the sum), list (the identity), fill({ weight, likelihoods, posterior, q, terms, log_likelihood, kl, elbo, gap, log_evidence, residual }) } */
export function sumTable(count) {
  const cell = (tag, scope, text) => {
    const node = element(tag, "", text);
    if (scope) node.setAttribute("scope", scope);
    return node;
  };
  const rows = Array.from({ length: count + 1 }, (_, k) => [
    cell("th", "row", k < count ? String(k + 1) : "sum"), ...HEADS.slice(1).map(() => cell("td", "", "")),
  ]);
  const table = element("table", "vaelib-table", [
    element("thead", "", element("tr", "", HEADS.map((head) => cell("th", "col", head)))),
    element("tbody", "", rows.map((row) => element("tr", "", row))),
  ]);
  const values = TERMS.map(() => element("dd"));
  const list = element("dl", "vaelib-terms", TERMS.flatMap(([, words], i) => [element("dt", "", words), values[i]]));

  function fill({ weight, likelihoods, posterior, q, terms, ...numbers }) {
    const total = (column) => column.reduce((sum, one) => sum + one, 0);
    [weight, likelihoods, posterior, q, terms].forEach((column, i) => {
      column.forEach((value, k) => { rows[k][i + 1].textContent = shown(value, 3); });
      rows[count][i + 1].textContent = column === likelihoods ? "" : shown(total(column), 3);
    });
    TERMS.forEach(([name], i) => { values[i].textContent = name === "residual" ? scientific(numbers[name], 0) : `${shown(numbers[name], 4)} nats`; });
  }

  return { element: table, list, fill };
}

