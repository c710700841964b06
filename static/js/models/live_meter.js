// @ts-check
/** What the last second of a stream was like: pictures a second and how long after its capture the newest was on the screen. Pure. */
import { language } from '../lib/strings.js';

const SPAN_MS = 2_000;

export class LiveMeter {
  /** @type {{at: number, late_ms: number}[]} */
  #shown = [];

  forget() {
    this.#shown = [];
  }

  /** @param {number} at when it was drawn @param {number} late_ms after its capture, both clocks being the server's */
  drawn(at, late_ms) {
    this.#shown.push({ at, late_ms });
    this.#tidy(at);
  }

  /** @param {number} now */
  #tidy(now) {
    while (this.#shown.length && this.#shown[0].at <= now - SPAN_MS) this.#shown.shift();
  }

  /** Pictures a second, 0 when none came. @param {number} now */
  fps(now) {
    this.#tidy(now);
    const [first] = this.#shown;
    if (this.#shown.length < 2) return 0;
    return ((this.#shown.length - 1) * 1000) / Math.max(1, /** @type {{at: number}} */ (this.#shown.at(-1)).at - first.at);
  }

  /** The middle one, so that a single late picture does not make it jump. Null when none came. @param {number} now @returns {number | null} */
  latency_ms(now) {
    this.#tidy(now);
    if (!this.#shown.length) return null;
    const sorted = this.#shown.map((each) => each.late_ms).sort((a, b) => a - b);
    return Math.max(0, sorted[sorted.length >> 1]);
  }
}

/** @param {number | null} ms @returns {string} "40 ms", "1.2 s", "" */
export function latency_text(ms) {
  if (ms === null) return '';
  if (ms < 995) return `${Math.max(10, Math.round(ms / 10) * 10)} ms`;
  const digits = ms < 9_950 ? 1 : 0;
  return `${(ms / 1000).toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })} s`;
}
