// Reads a codes file that carries PCA and t-SNE views of one latent space, and checks it. No nearest points, no drawing.

import { parse } from "../../engine/safetensors.mjs";

/**
 * { count, latent, codes, labels, pca: { xs, ys, project(z), trustworthiness }, maps: [{ perplexity, xs, ys, trustworthiness }] },
 * the maps in increasing perplexity. `codes` is count * latent numbers; trustworthiness is a number in [0, 1], or null.
 */
export function linkedCodes(bytes) {
  const { metadata, tensors } = parse(bytes);
  const [count, latent] = tensors.mean?.shape ?? [];
  if (!(count > 0 && latent > 0)) throw new Error(`codes: wanted a tensor "mean" of shape (n, latent), got ${describe(tensors.mean)}`);
  const codes = tensor(tensors, "mean", [count, latent]);
  const labels = tensor(tensors, "label", [count]);
  const wrong = labels.find((label) => !(Number.isInteger(label) && label >= 0 && label <= 9));
  if (wrong !== undefined) throw new Error(`codes: wanted labels 0 to 9, got ${wrong}`);
  const components = tensor(tensors, "pca.components", [2, latent]);
  const centre = tensor(tensors, "pca.centre", [latent]);
  const score = (name) => (metadata[`trustworthiness.${name}`] === undefined ? null : Number(metadata[`trustworthiness.${name}`]));

  /** The exact place of any z in the PCA view: (z - centre) . components. */
  function project(z) {
    const place = [0, 0];
    for (let axis = 0; axis < 2; axis++) {
      for (let d = 0; d < latent; d++) place[axis] += (z[d] - centre[d]) * components[axis * latent + d];
    }
    return place;
  }

  const perplexities = (metadata.perplexities ?? "").split(",").filter(Boolean).map(Number).sort((a, b) => a - b);
  if (perplexities.length === 0 || !perplexities.every(Number.isFinite)) {
    throw new Error(`codes: wanted metadata "perplexities" such as "5,30", got ${JSON.stringify(metadata.perplexities)}`);
  }
  return {
    count, latent, codes, labels,
    pca: { ...places(tensor(tensors, "pca", [count, 2])), project, trustworthiness: score("pca") },
    maps: perplexities.map((perplexity) => ({
      perplexity, ...places(tensor(tensors, `tsne.${perplexity}`, [count, 2])), trustworthiness: score(`tsne.${perplexity}`),
    })),
  };
}

function tensor(tensors, name, shape) {
  const found = tensors[name];
  if (!found || found.shape.length !== shape.length || found.shape.some((size, i) => size !== shape[i])) {
    throw new Error(`codes: wanted a tensor "${name}" of shape [${shape}], got ${describe(found)}`);
  }
  const bad = found.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new Error(`codes: wanted finite numbers in "${name}", got ${found.data[bad]} at position ${bad}`);
  return found.data;
}

const describe = (found) => (found ? `shape [${found.shape}]` : "none");

function places(pairs) {
  const count = pairs.length / 2;
  return {
    xs: Float64Array.from({ length: count }, (_, i) => pairs[2 * i]),
    ys: Float64Array.from({ length: count }, (_, i) => pairs[2 * i + 1]),
  };
}
