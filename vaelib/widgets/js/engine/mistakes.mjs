// The mistakes that break a VAE's training, as settings of elbo.mjs. No words for readers, no drawing.

const SETTINGS = {
  none: () => ({}),
  "no trick": () => ({ gradient: "detached" }), // z was cut from the graph: only the KL teaches the encoder
  "wrong sign": ({ beta }) => ({ beta: -beta }),
  "mean over pixels": ({ pixels }) => ({ weight: 1 / pixels }), // beside a KL that is a sum
  "no KL": () => ({ beta: 0 }),
  "score function": () => ({ gradient: "score function" }),
};
export const MISTAKES = Object.keys(SETTINGS);

/** { beta, weight, gradient } of a step with this mistake. */
export const objective = (mistake, { beta, pixels }) => ({ beta, weight: 1, gradient: "trick", ...SETTINGS[mistake]({ beta, pixels }) });
