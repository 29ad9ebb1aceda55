// Reads a codes file, strictly: the encoded digits of a model, what was measured of their images, and the views of them. No drawing.

import { head } from "./network.mjs";
import { checkFinite, parse, shown } from "./safetensors.mjs";

/**
 * { count, latent, mean, log_var, label, slant, thickness, classes, views }: `mean` and `log_var` hold count * latent numbers, the others
 * one for each code, and `classes` the labels that occur. `views` is null, or { pca, components, centre, maps: [{ perplexity, places }],
 * score(name) }, the maps in increasing perplexity, places two numbers for each code.
 */
export function parseCodes(bytes) {
  const { metadata, tensors } = parse(bytes);
  head(metadata, ["codes"]);
  const rest = new Set(Object.keys(tensors));
  const take = (name, dtype, shape) => {
    const found = tensors[name];
    if (!found || found.dtype !== dtype || found.shape.join() !== shape.join()) {
      throw new Error(`codes: wanted "${name}" as ${dtype} of shape [${shape}], got ${found ? `${found.dtype} of shape [${found.shape.slice(0, 4)}]` : "none"}`);
    }
    checkFinite(name, found.data);
    rest.delete(name);
    return found.data;
  };
  const [count, latent] = tensors.mean?.shape ?? [];
  if (!(count > 0 && latent > 0) || tensors.mean.shape.length !== 2) throw new Error(`codes: wanted "mean" of shape [n, latent], got ${shown(tensors.mean?.shape)}`);
  const [mean, log_var] = ["mean", "log_var"].map((name) => take(name, "F16", [count, latent]));
  const label = take("label", "U8", [count]);
  const wrong = label.find((one) => one > 9);
  if (wrong !== undefined) throw new Error(`codes: wanted labels 0 to 9, got ${wrong}`);
  const [slant, thickness] = ["slant", "thickness"].map((name) => take(name, "F16", [count]));

  const perplexities = (metadata.perplexities ?? "").split(",").filter(Boolean);
  let views = null;
  if (perplexities.length || [...rest].some((name) => name.startsWith("pca"))) {
    if (!perplexities.length || !perplexities.every((one) => /^[1-9][0-9]{0,3}$/.test(one))) {
      throw new Error(`codes: wanted metadata "perplexities" such as "5,30", got ${shown(metadata.perplexities)}`);
    }
    views = {
      pca: take("pca", "F16", [count, 2]), components: take("pca.components", "F32", [2, latent]), centre: take("pca.centre", "F32", [latent]),
      maps: perplexities.map((one) => ({ perplexity: Number(one), places: take(`tsne.${one}`, "F16", [count, 2]) })).sort((a, b) => a.perplexity - b.perplexity),
      score: (name) => {
        const value = Number(metadata[`trustworthiness.${name}`]);
        return value >= 0 && value <= 1 ? value : null;
      },
    };
  }
  const [stray] = rest;
  if (stray !== undefined) throw new Error(`codes: wanted no other tensor, got ${shown(stray)}`);
  return { count, latent, mean, log_var, label, slant, thickness, classes: [...new Set(label)].sort((a, b) => a - b), views };
}
