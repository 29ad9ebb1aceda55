// The cost z^2 + sin z of chapter 6, averaged over a Gaussian z, and the slopes of that average: for the equations of two pages.

import { between, integrate, logNormal, slope } from "./tools.mjs";

export const drawQ = (random) => ({ mean: random.normal(), log_var: between(random, -2, 0.8) });
export const cost = (z) => z ** 2 + Math.sin(z);
export const stdOf = (log_var) => Math.exp(0.5 * log_var);
/** The average cost by quadrature over z, for the slopes that follow. */
export const averageCost = (mean, log_var) => integrate((z) => Math.exp(logNormal(z, mean, stdOf(log_var))) * cost(z), -20, 20, 800);
export const slopesOfCost = ({ mean, log_var }) => [slope((m) => averageCost(m, log_var), mean), slope((v) => averageCost(mean, v), log_var)];
