// Seeded randomness (mulberry32): a failing seed is the whole story of a failure.
export function randomOf(seed) {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    sign: () => (next() < 0.5 ? -1 : 1),
    pick: (values) => values[Math.floor(next() * values.length)],
  };
}
