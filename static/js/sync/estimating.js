// @ts-check
// The little arithmetic both controllers share. Pure.

/** @param {number[]} values not empty */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/**
 * Mean distance from the median, scaled to a standard deviation. (The median distance would call readings that jump between
 * two values noiseless, and frame times do just that.)
 * @param {number[]} values
 */
export function deviation(values) {
  const m = median(values);
  return (1.2533 * values.reduce((sum, v) => sum + Math.abs(v - m), 0)) / values.length;
}

/** Readings this far apart are no noise: the player or the clock jumped. */
const JUMP_MS = 250;

/** Noise learned slowly from a few readings. @param {number} noiseMs @param {number[]} values */
export function learnNoise(noiseMs, values) {
  if (Math.max(...values) - Math.min(...values) > JUMP_MS) return noiseMs;
  return noiseMs + 0.1 * (deviation(values) - noiseMs);
}

/** Failures within 10 s; two of them mean that this player cannot be held that tightly. @param {number[]} times @param {number} now */
export const recent = (times, now) => times.filter((t) => now - t <= 10_000);
