// @ts-check
// Did this machine sleep? Then the clock must be measured anew. Pure but for its memory.
//
// Some systems stop performance.now() while they sleep (Linux, Android), others let it run on (Windows, macOS): so a timer is far
// too late by one clock or by the other.

/** A timer this late means sleep; hidden pages get theirs up to a minute late when nothing plays, and measuring again costs little. */
const LATE_MS = 10_000;
/** The two clocks disagree by this much: one of them stood, or somebody set the time. */
const APART_MS = 2000;

export class SleepWatch {
  #dueAt = Infinity;
  #apart = /** @type {number|null} */ (null);

  /** When the next look is meant to be. @param {number} at local ms */
  expect(at) { this.#dueAt = at; }

  /** @param {number} now local ms @param {number} wallMs Date.now() @returns {boolean} true once after each sleep */
  slept(now, wallMs) {
    const apart = wallMs - now;
    const jumped = this.#apart !== null && Math.abs(apart - this.#apart) > APART_MS;
    const late = now - this.#dueAt > LATE_MS;
    this.#apart = apart;
    this.#dueAt = Infinity;
    return jumped || late;
  }
}
