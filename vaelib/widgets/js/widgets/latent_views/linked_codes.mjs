// The codes of one latent space with their two views, PCA and t-SNE, and the exact place of any z in the PCA. No nearest points, no drawing.

import { parseCodes } from "../../engine/codes.mjs";

/**
 * { count, latent, codes, labels, pca: { xs, ys, project(z), trustworthiness }, maps: [{ perplexity, xs, ys, trustworthiness }] },
 * the maps in increasing perplexity. `codes` is count * latent numbers; trustworthiness is a number in [0, 1], or null.
 */
export function linkedCodes(bytes) {
  const { count, latent, mean, label, views } = parseCodes(bytes);
  if (!views) throw new Error("codes: wanted a PCA and a t-SNE view, got none");
  const { pca, components, centre, maps, score } = views;

  /** The exact place of any z in the PCA view: (z - centre) . components. */
  function project(z) {
    const place = [0, 0];
    for (let axis = 0; axis < 2; axis++) {
      for (let d = 0; d < latent; d++) place[axis] += (z[d] - centre[d]) * components[axis * latent + d];
    }
    return place;
  }

  return {
    count, latent, codes: mean, labels: label,
    pca: { ...split(pca), project, trustworthiness: score("pca") },
    maps: maps.map(({ perplexity, places }) => ({ perplexity, ...split(places), trustworthiness: score(`tsne.${perplexity}`) })),
  };
}

function split(pairs) {
  const every = (axis) => Float64Array.from({ length: pairs.length / 2 }, (_, i) => pairs[2 * i + axis]);
  return { xs: every(0), ys: every(1) };
}
