// Adam (Kingma and Ba 2015) uphill, on networks that learn (dense.mjs). It keeps the count of its steps and no weights of its own.

/**
 * { step(), steps() }: one step takes the gradients that have gathered in `networks`, moves the weights along them, and clears them.
 * `rate` may be changed between steps.
 */
export function adam(networks, { rate = 1e-3, decays = [0.9, 0.999], tiny = 1e-8 } = {}) {
  if (!(rate > 0 && Number.isFinite(rate))) throw new Error(`adam: wanted a rate above 0, got ${rate}`);
  const all = networks.flatMap(({ kernel, layers }) => layers.flatMap((layer) => {
    if (!layer.learning) throw new Error(`adam: wanted networks made with { learns: true }, got "${layer.name}" without gradients`);
    return ["weight", "bias"].map((name) => ({ kernel, values: layer[name], ...layer.learning[name] }));
  }));
  let steps = 0;
  const self = {
    rate,
    steps: () => steps,
    step: () => {
      steps += 1;
      const by = {
        rate: self.rate / (1 - decays[0] ** steps), root: 1 / Math.sqrt(1 - decays[1] ** steps), slow: 1 - decays[0], slower: 1 - decays[1], tiny,
      };
      for (const { kernel, values, gradient, first, second } of all) {
        kernel.adam(values, gradient, first, second, values.length, by);
        gradient.fill(0);
      }
    },
  };
  return self;
}
