// Assembles the WebAssembly kernel and bundles each widget, and the equations of each page, into one self-contained module:
// `node build.mjs` writes them, `node build.mjs --check` names a stale one. A new folder or page is found by itself.

import { existsSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import wabt from "wabt";

const sources = dirname(fileURLToPath(import.meta.url));
const root = join(sources, "..", "..", "..");
const target = join(sources, "..", "static");
const checking = process.argv.includes("--check");
let stale = 0;

function complain(path, what) {
  stale += 1;
  console.error(`${relative(root, path)} ${what}: run "npm run build" and commit the result`);
}

function keep(path, content) {
  if (!checking) {
    writeFileSync(path, content);
    console.log(`${relative(root, path)}: ${content.length} bytes, ${gzipSync(content).length} gzipped`);
  } else if (!existsSync(path) || !readFileSync(path).equals(content)) {
    complain(path, "is stale");
  }
}

// the bytes as a module, so that the widgets import them in node, in the page and in a bundle alike
const assembled = (await wabt()).parseWat("kernel.wat", readFileSync(join(sources, "engine", "kernel.wat"), "utf8"), { simd: true }).toBinary({}).buffer;
keep(join(sources, "engine", "kernel_bytes.mjs"), Buffer.from(
  `// Written by build.mjs from kernel.wat: ${assembled.length} bytes of WebAssembly in base 64. Change kernel.wat, not this.\n\nexport const KERNEL = "${Buffer.from(assembled).toString("base64")}";\n`,
));

// bundle -> the module it starts from: a widget's index, or a page's equations with the panel that shows them
const bundles = new Map();
for (const { name } of readdirSync(join(sources, "widgets"), { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
  const index = `./widgets/${name}/index.mjs`;
  bundles.set(`${name}.mjs`, `export * from "${index}"; export { default } from "${index}";`);
}
for (const file of readdirSync(join(sources, "equations", "pages")).filter((name) => name.endsWith(".mjs"))) {
  bundles.set(`equations.${file}`, `
    import entries from "./equations/pages/${file}";
    import { open as openIn } from "./equations/panel.mjs";
    export const open = (asked) => openIn(entries, asked);
  `);
}

mkdirSync(target, { recursive: true });
for (const [name, contents] of bundles) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: sources, sourcefile: name },
    bundle: true, format: "esm", minify: true, target: "es2022", charset: "utf8", legalComments: "none", write: false,
  });
  keep(join(target, name), Buffer.from(outputFiles[0].contents));
}
for (const name of readdirSync(target).filter((file) => file.endsWith(".mjs") && !bundles.has(file))) {
  if (checking) complain(join(target, name), "has no source");
  else unlinkSync(join(target, name));
}
process.exitCode = stale ? 1 : 0;
