// The cost of the reparameterization bench and its gradients, for one draw, for many, and in closed form. No drawing.

/** How the standard deviation is had from log_var: the definition, and the slip of taking a variance for a standard deviation. */
export const STD_RULES = ["exp(log_var / 2)", "exp(log_var)"];

/** f(z) = z^2 + sin z: curved, so that its slope depends on z, and with an expectation that can be written down. */
export const cost = (z) => z * z + Math.sin(z);
export const slope = (z) => 2 * z + Math.cos(z);

const RATE = { "exp(log_var / 2)": 0.5, "exp(log_var)": 1 };
export const standardDeviation = (log_var, rule = STD_RULES[0]) => Math.exp(RATE[rule] * log_var);

/**
 * One draw z = mean + std * noise and what flows back from f(z): { std, z, f, df_dz, dz_dmean, dz_dlog_var, df_dmean, df_dlog_var }.
 * Without the trick z is a number with no path to mean and log_var, so what would flow through z is 0.
 */
export function draw({ mean, log_var, noise, trick = true, rule = STD_RULES[0] }) {
  const std = standardDeviation(log_var, rule);
  const z = mean + std * noise;
  const df_dz = slope(z);
  const dz_dmean = trick ? 1 : 0;
  const dz_dlog_var = trick ? RATE[rule] * std * noise : 0;
  return { std, z, f: cost(z), df_dz, dz_dmean, dz_dlog_var, df_dmean: df_dz * dz_dmean, df_dlog_var: df_dz * dz_dlog_var };
}

/**
 * Gradient of E[f(z)] for z ~ N(mean, std^2) with the std of `rule`: { mean, log_var }. It comes from
 * E[f] = mean^2 + std^2 + exp(-std^2 / 2) sin(mean).
 */
export function exactGradient(mean, log_var, rule = STD_RULES[0]) {
  const variance = standardDeviation(log_var, rule) ** 2;
  const damping = Math.exp(-variance / 2);
  const per_log_var = 2 * RATE[rule] * variance; // d variance / d log_var
  return { mean: 2 * mean + damping * Math.cos(mean), log_var: per_log_var * (1 - 0.5 * damping * Math.sin(mean)) };
}

/** The same draw for each of many noises: { zs, mean: { average, error }, log_var: { average, error } }, error of one sigma. */
export function averageGradient({ noises, mean, log_var, trick, rule }) {
  const draws = Array.from(noises, (noise) => draw({ mean, log_var, noise, trick, rule }));
  const summary = (name) => {
    const average = draws.reduce((sum, one) => sum + one[name], 0) / draws.length;
    const variance = draws.reduce((sum, one) => sum + (one[name] - average) ** 2, 0) / (draws.length - 1);
    return { average, error: Math.sqrt(variance / draws.length) };
  };
  return { zs: draws.map((one) => one.z), mean: summary("df_dmean"), log_var: summary("df_dlog_var") };
}

/** Density histogram of `values` in bins of `width` with an edge at `origin`: [{ from, to, density }], empty bins left out. */
export function histogram(values, origin, width) {
  const counts = new Map();
  for (const value of values) {
    const bin = Math.floor((value - origin) / width);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([bin, count]) => ({
    from: origin + bin * width, to: origin + (bin + 1) * width, density: count / (values.length * width),
  }));
}
