// Bundles each widget into one self-contained module: `node build.mjs` writes them, `node build.mjs --check` names a stale one.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const sources = dirname(fileURLToPath(import.meta.url));
const target = join(sources, "..", "static");
const widgets = ["answer_check", "draw_digit", "latent_explorer", "latent_views", "mixture_posterior", "reparameterization", "sample_sheet", "truth_bench"].filter((name) => existsSync(join(sources, `${name}.mjs`)));
const checking = process.argv.includes("--check");

mkdirSync(target, { recursive: true });
let stale = 0;
for (const name of widgets) {
  const { outputFiles } = await build({
    entryPoints: [join(sources, `${name}.mjs`)],
    bundle: true, format: "esm", minify: true, target: "es2020", charset: "utf8", legalComments: "none", write: false,
  });
  const bundle = Buffer.from(outputFiles[0].contents);
  const path = join(target, `${name}.mjs`);
  if (!checking) {
    writeFileSync(path, bundle);
    console.log(`${name}.mjs: ${bundle.length} bytes, ${gzipSync(bundle).length} gzipped`);
  } else if (!existsSync(path) || !readFileSync(path).equals(bundle)) {
    stale += 1;
    console.error(`vaelib/widgets/static/${name}.mjs is stale: run "npm run build" and commit the result`);
  }
}
process.exitCode = stale ? 1 : 0;
