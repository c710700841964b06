// @ts-check
// How long a file takes from being asked for to being able to play, learned over all rooms of this browser: a page that comes while the
// room plays asks for where the room will be by then, and needs no second seek. Pure but for its memory.
import { clamp } from './estimating.js';

const FIRST_MS = 300;
const MOST_MS = 3000;
/** Waiting for the timeline is exact, running after it is not. */
const SPARE_MS = 50;

export class LoadTime {
  #ms; #since = NaN;
  #keep;

  /** @param {{known: unknown, keep: (ms: number) => void}} memory known: what was kept, whatever it is */
  constructor({ known, keep }) {
    this.#ms = typeof known === 'number' && known >= 0 && known <= MOST_MS ? known : FIRST_MS;
    this.#keep = keep;
  }

  /** So far ahead to begin. @param {number} now it is asked for now */
  begin(now) {
    this.#since = now;
    return this.#ms + SPARE_MS;
  }

  /** @param {import('./types.js').Reading|null} reading @param {number} now */
  look(reading, now) {
    if (Number.isNaN(this.#since) || !reading?.ready || reading.state === 'loading' || reading.state === 'seeking') return;
    this.#ms = Math.round(clamp((this.#ms + now - this.#since) / 2, 0, MOST_MS));
    this.#since = NaN;
    this.#keep(this.#ms);
  }

  /** What was asked for is not wanted any more. */
  forget() { this.#since = NaN; }
}
