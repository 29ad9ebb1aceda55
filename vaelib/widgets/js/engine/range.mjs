// A number kept within limits.

/**
 * The value, or the limit that it passes; never -0.
 *
 * @param {number} value
 * @param {number[]} limits
 */
export const clamp = (value, [low, high]) => Math.min(high, Math.max(low, value)) + 0;
