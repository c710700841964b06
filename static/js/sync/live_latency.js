// @ts-check
// How far behind its making a live stream is watched, so that everybody sees the same moment. Pure but for its memory.
//
// A playlist that carries programme times tells when each picture was made, and what is near enough to its end to be waited for. So
// each page knows how far behind the server's clock it must stay, tells the room (participant.status), hears the same of everybody
// else, and takes the largest: nobody decides, nothing is kept, and all come to the same answer.

/** Needs are told in steps: all day a playlist comes a little sooner or later. */
const STEP_MS = 500;
/** What a page needed this long ago may come again. */
const REMEMBER_MS = 120_000;
/** Lowered only when this much was to spare. */
const SPARE_MS = 1000;
const SAMPLE_EVERY_MS = 1000;
/** Nobody is held back further than this for somebody's poor network: they watch behind the others. */
export const WAIT_MS_MAX = 10_000;
/** A stream whose own clock is wrong by more than this is mapped by its edge. */
const APART_MS_MAX = 7 * 86_400_000;

/** @typedef {{start: number, duration: number, programDateTime: number|null}} Fragment seconds, seconds, Unix ms */

/**
 * When the picture at media position 0 was made, by the segment that plays now.
 * @param {Fragment[]} fragments @param {number} positionS
 * @returns {number|null} Unix ms; null: the playlist tells no times
 */
export function programmeAt(fragments, positionS) {
  const plays = fragments.find((f) => positionS < f.start + f.duration) ?? fragments.at(-1);
  return plays?.programDateTime == null ? null : plays.programDateTime - plays.start * 1000;
}

/** What this page needs: the most it needed lately, half a step for luck. Raised at once, lowered rarely: each change is steered by everybody. */
export class LiveNeed {
  /** The most of each second. @type {{at: number, ms: number}[]} */ #seen = [];
  #toldMs = -Infinity;

  /** @param {number} now local ms @param {number} needMs */
  note(now, needMs) {
    const last = this.#seen.at(-1);
    if (last && now - last.at < SAMPLE_EVERY_MS) last.ms = Math.max(last.ms, needMs);
    else this.#seen = [...this.#seen.filter((s) => now - s.at < REMEMBER_MS), { at: now, ms: needMs }];
    const most = Math.ceil(Math.max(...this.#seen.map((s) => s.ms)) / STEP_MS + 0.5) * STEP_MS;
    if (most > this.#toldMs || most < this.#toldMs - SPARE_MS) this.#toldMs = most;
    return this.#toldMs;
  }
}

/** The largest need that the others can be asked to wait for. @param {number} own @param {number[]} others */
export function agreed(own, others) {
  const least = Math.min(own, ...others);
  const most = Math.max(...[own, ...others].filter((ms) => ms <= least + WAIT_MS_MAX));
  return Math.max(own, most);
}

/** Whose player stands for good, or goes its own way, is not waited for. */
const ELSEWHERE = ['failed', 'blocked', 'alone'];

export class LiveLatency {
  #needs = /** @type {Map<string, number>} */ (new Map());
  #own = new LiveNeed();

  /** Another medium: what was needed for the last one says nothing. */
  forget() { this.#own = new LiveNeed(); }

  /** @param {{changed: import('../types.js').Participant[], left?: string[]}} diff */
  onPresence({ changed, left = [] }) {
    for (const person of changed) {
      if (person.live_ms === undefined || ELSEWHERE.includes(person.state ?? '')) this.#needs.delete(person.id);
      else this.#needs.set(person.id, person.live_ms);
    }
    for (const id of left) this.#needs.delete(id);
  }

  /**
   * How far behind the server's clock to be, and what to tell the room; null for a stream without usable times.
   * @param {import('./types.js').Reading} reading @param {{now: number, serverMs: number, you: string, alone: boolean}} moment
   * @returns {{behindMs: number, needMs: number}|null}
   */
  look({ edgeMs, programmeMs, leastMs = -Infinity }, { now, serverMs, you, alone }) {
    if (edgeMs === undefined || programmeMs === undefined) return null;
    const needsMs = serverMs - (programmeMs + edgeMs);
    if (Math.abs(needsMs) > APART_MS_MAX) return null;
    const needMs = this.#own.note(now, Math.max(leastMs, needsMs));
    const others = alone ? [] : [...this.#needs].filter(([id]) => id !== you).map(([, ms]) => ms);
    return { behindMs: agreed(needMs, others), needMs };
  }
}
