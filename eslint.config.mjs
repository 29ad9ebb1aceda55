// What the linter asks of the figures, of the site's own scripts and of Node's tests: `npm run lint`.

import js from "@eslint/js";
import globals from "globals";

const rules = {
  eqeqeq: "error",
  "no-var": "error",
  "prefer-const": ["error", { destructuring: "all" }],
};

export default [
  { ignores: ["**/static/", "_build/", "book/_ext/", ".venv/", "node_modules/"] },
  js.configs.recommended,
  { files: ["**/*.mjs"], languageOptions: { globals: { ...globals.browser, ...globals.worker, ...globals.node } }, rules },
  { files: ["vaelib/**/*.mjs", "book/**/*.mjs"], rules: { "no-shadow": ["error", { allow: ["_"] }] } },
];
