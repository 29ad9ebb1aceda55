// Assembles the WebAssembly kernel and bundles each widget into one self-contained module: `node build.mjs` writes them,
// `node build.mjs --check` names a stale one.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import wabt from "wabt";

const sources = dirname(fileURLToPath(import.meta.url));
const root = join(sources, "..", "..", "..");
const target = join(sources, "..", "static");
const widgets = [
  "answer_check", "draw_digit", "hidden_cause", "latent_explorer", "latent_views", "mixture_posterior", "reparameterization",
  "sample_sheet", "ticks", "truth_bench",
].filter((name) => existsSync(join(sources, `${name}.mjs`)));
const checking = process.argv.includes("--check");
let stale = 0;

function keep(path, content) {
  if (!checking) {
    writeFileSync(path, content);
    console.log(`${relative(root, path)}: ${content.length} bytes, ${gzipSync(content).length} gzipped`);
  } else if (!existsSync(path) || !readFileSync(path).equals(content)) {
    stale += 1;
    console.error(`${relative(root, path)} is stale: run "npm run build" and commit the result`);
  }
}

// the bytes as a module, so that the widgets import them in node, in the page and in a bundle alike
const assembled = (await wabt()).parseWat("kernel.wat", readFileSync(join(sources, "kernel.wat"), "utf8"), { simd: true }).toBinary({}).buffer;
keep(join(sources, "kernel_bytes.mjs"), Buffer.from(
  `// Written by build.mjs from kernel.wat: ${assembled.length} bytes of WebAssembly in base 64. Change kernel.wat, not this.\n\nexport const KERNEL = "${Buffer.from(assembled).toString("base64")}";\n`,
));

mkdirSync(target, { recursive: true });
for (const name of widgets) {
  const { outputFiles } = await build({
    entryPoints: [join(sources, `${name}.mjs`)],
    bundle: true, format: "esm", minify: true, target: "es2020", charset: "utf8", legalComments: "none", write: false,
  });
  keep(join(target, `${name}.mjs`), Buffer.from(outputFiles[0].contents));
}
process.exitCode = stale ? 1 : 0;
