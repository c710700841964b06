// Waiting for what a page does by itself, and the order statistics of what was measured.

/** Tries until it is true. @param {() => Promise<any>|any} check answers something true, or throws, or is asked again */
export async function until(check, { timeoutMs = 10_000, everyMs = 25, what = 'it' } = {}) {
  const end = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const answer = await check();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what} did not happen within ${timeoutMs} ms; last: ${last instanceof Error ? last.stack : JSON.stringify(last)}`);
    await new Promise((later) => setTimeout(later, everyMs));
  }
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
