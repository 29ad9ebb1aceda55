// Four ways from a raw output to a standard deviation, and what the KL of N(0, std^2) to N(0, 1) makes of each. Draws nothing.

export const REACH = 4; // of the raw output, as in variance_heads.py

const sigmoid = (raw) => 1 / (1 + Math.exp(-raw));
const softplus = (raw) => Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw)));

/** name -> { label, std(raw), slope(raw) }: `slope` is the derivative of the std. */
export const HEADS = {
  log_var: { label: "log-variance", std: (raw) => Math.exp(raw / 2), slope: (raw) => Math.exp(raw / 2) / 2 },
  std: { label: "std itself", std: (raw) => raw, slope: () => 1 },
  relu: { label: "ReLU", std: (raw) => Math.max(raw, 0), slope: (raw) => (raw > 0 ? 1 : 0) },
  softplus: { label: "softplus", std: softplus, slope: sigmoid },
};

/**
 * { std, variance, kl, slope } of a head at a raw output: the KL of N(0, std^2) to N(0, 1) in nats, and its derivative by raw. A negative std has
 * no density, so its KL is NaN; at std 0 the KL is infinite. A ReLU passes nothing back where it is 0, so that its slope is 0 there, as in torch.
 */
export function headAt(name, raw) {
  const std = HEADS[name].std(raw);
  if (std < 0) return { std, variance: NaN, kl: NaN, slope: NaN };
  const passes = HEADS[name].slope(raw);
  return { std, variance: std * std, kl: (std * std - 1) / 2 - Math.log(std), slope: passes === 0 ? 0 : (std - 1 / std) * passes };
}
