// One clock for all that is measured: this process's. A page's own `timeOrigin + now()` is none. Chromium reads the wall clock and the
// monotonic one when a renderer starts, one after the other; where a busy machine takes the processor away in between, everything that page
// says is wrong by as much for as long as it lives (seen: 30 ms, and 190). So each frame is asked what it reads, and that is put right.
import { performance } from 'node:perf_hooks';

export const machine = () => performance.timeOrigin + performance.now();

const TRIES = 25;
/** What was found for a frame holds until it goes to another page. @type {WeakMap<object, {origin: number, shiftMs: number}>} */
const known = new WeakMap();

/** Add this to what the frame calls machine time. Exact to half the quickest of some round trips, under a millisecond. @param {import('playwright-core').Frame} frame */
export async function shift_of(frame) {
  const read = () => frame.evaluate(() => {
    const now = /** @type {any} */ (window).trueClock?.now ?? (() => performance.now());
    return { origin: performance.timeOrigin, at: performance.timeOrigin + now() };
  });
  const { origin } = await read();
  const found = known.get(frame);
  if (found?.origin === origin) return found.shiftMs;
  let [least, shiftMs] = [Infinity, 0];
  for (let i = 0; i < TRIES; i++) {
    const before = machine();
    const { at } = await read();
    const after = machine();
    if (after - before < least) [least, shiftMs] = [after - before, (before + after) / 2 - at];
  }
  known.set(frame, { origin, shiftMs });
  return shiftMs;
}
