// @ts-check
// Where a <video> is, from what its browser tells: the media clock (`currentTime`), which moves smoothly in some browsers and in
// steps in others, and the frames that reached the screen, which come only as often as the screen changes. Whichever moves more
// evenly is believed. Pure but for its memory.
import { deviation } from '../sync/estimating.js';

/** @typedef {{positionMs: number, at: number, clockMs: number, clockAt: number}} Seen a frame and when it reached the screen; the media clock read with it */

const KEPT = 10;
const JUDGED_FROM = 6;
/** A media clock this even is the finest that can be had. */
const EVEN_MS = 3;
/** A frame older than this says nothing about now: hidden page, stalled picture. */
const FRESH_MS = 150;
/** So many pictures tell how long one is, also where many are left out. */
const KNOWN_AFTER = 30;
/** Pictures further apart than this are no film: a slide show, or some were missed. */
const PICTURE_MS_MAX = 100;
/** A screen of 60 Hz; slower videos say nothing about the screen. */
const GRAIN_MS_MAX = 1000 / 60;
/** No screen is quicker than 240 Hz; a page that was held up is called twice at once. */
const REFRESH_MS_MIN = 1000 / 250;

export class PositionReader {
  /** @type {Seen[]} */ #seen = [];
  #clockIsEven = true;
  #shownMs = NaN;
  #shownAt = NaN;
  #shown = 0;
  #refreshedAt = NaN;
  #screenMs = GRAIN_MS_MAX;
  #lengthMs = Infinity;

  /** @param {Seen} frame @param {number} rate */
  see(frame, rate) {
    this.#seen.push(frame);
    if (this.#seen.length > KEPT) this.#seen.shift();
    if (this.#seen.length >= JUDGED_FROM) this.#clockIsEven = deviation(this.#seen.map((f) => f.clockMs - f.clockAt * rate)) <= EVEN_MS;
  }

  /** The picture that is on the screen, moving or not. @param {number} mediaMs @param {number} at when it got there */
  show(mediaMs, at) {
    const stepMs = mediaMs - this.#shownMs;
    // A screen may leave pictures out, and never shows one between two: the least step is the length of one.
    if (stepMs > 1 && stepMs < this.#lengthMs) this.#lengthMs = stepMs;
    this.#shownMs = mediaMs;
    this.#shownAt = at;
    this.#shown++;
  }

  /** The screen changes now: some of these in a row tell how often it does. @param {number} at */
  refresh(at) {
    const gapMs = at - this.#refreshedAt;
    if (gapMs > REFRESH_MS_MIN) this.#screenMs = Math.min(this.#screenMs, gapMs);
    this.#refreshedAt = at;
  }

  /** @param {number} clockMs `currentTime` now @returns {import('../sync/types.js').Picture|null} null: not known, or long gone */
  picture(clockMs) {
    // A busy page is told of its pictures late; how they lie is true all the same.
    const nearMs = Math.max(2 * this.#lengthMs, FRESH_MS);
    if (this.#shown < KNOWN_AFTER || this.#lengthMs > PICTURE_MS_MAX || !(Math.abs(clockMs - this.#shownMs) < nearMs)) return null;
    return { fromMs: this.#shownMs, lengthMs: this.#lengthMs, shownAt: this.#shownAt, screenMs: this.#screenMs };
  }

  /** What was seen does not compare with what comes: a seek, another rate, a stop. */
  forget() { this.#seen = []; }

  /**
   * @param {number} clockMs `currentTime` now @param {number} now @param {number} rate
   * @returns {{positionMs: number, at: number, grainMs: number}}
   */
  read(clockMs, now, rate) {
    const frame = this.#clockIsEven ? null : this.#promptest(now, rate);
    return frame ? { positionMs: frame.positionMs, at: frame.at, grainMs: this.#grain() } : { positionMs: clockMs, at: now, grainMs: 0 };
  }

  /** A busy page shows frames late, never early: of the last few the furthest ahead tells the position. @param {number} now @param {number} rate */
  #promptest(now, rate) {
    const lead = (/** @type {Seen} */ f) => f.positionMs - f.at * rate;
    return this.#seen.filter((f) => now - f.at < FRESH_MS).reduce((best, f) => (best === null || lead(f) > lead(best) ? f : best), /** @type {Seen|null} */ (null));
  }

  /** Pictures change only when the screen does: positions between two refreshes cannot be shown. */
  #grain() {
    const gaps = this.#seen.slice(1).map((f, i) => f.at - this.#seen[i].at).filter((gap) => gap > 1);
    return gaps.length === 0 ? GRAIN_MS_MAX : Math.min(GRAIN_MS_MAX, ...gaps);
  }
}
