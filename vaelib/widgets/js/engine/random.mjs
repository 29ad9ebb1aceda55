// Seeded random numbers, equal in every browser. Nothing here reads a clock or Math.random.

/**
 * The sfc32 generator (Chris Doty-Humphrey's Small Fast Counter, 128 bits of state), its state filled from `seed`
 * and mixed for twelve rounds as its author advises. `uniform()` is in (0, 1); `normal()` is Box and Muller's transform.
 */
export function generator(seed) {
  if (!Number.isFinite(seed)) throw new Error(`generator: wanted a finite seed, got ${seed}`);
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9; // any constant: it only keeps the state of seed 0 from being empty
  let counter = 1;
  function next() {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  }
  for (let round = 0; round < 12; round++) next();

  let spare = null;
  const uniform = () => (next() + 0.5) / 2 ** 32; // never 0, so that its logarithm is finite
  function normal() {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
  return { uniform, normal };
}

/** `count` standard normal draws of one seed. */
export function normals(count, seed) {
  const { normal } = generator(seed);
  return Float64Array.from({ length: count }, normal);
}

/** One draw (0 or 1) for each probability. */
export function bernoulli(probabilities, seed) {
  const { uniform } = generator(seed);
  return Float64Array.from(probabilities, (probability) => (uniform() < probability ? 1 : 0));
}
