// @ts-check
// Tells the screen (at most four times a second, and on every change) and the room (once a second while playing) how it goes.
import { keyOf, statusOf, viewOf } from './view.js';

const VIEW_EVERY_MS = 250;
const STATUS_EVERY_MS = 1000;
const STATUS_CHANGE_MS = 250;
/** Nobody sees or hears less than this; the badge does not flicker for it. */
const GOOD_ENOUGH_MS = { html5: 40, youtube: 150 };
/** How long the last known error may speak for a player that tells nothing new. */
const REMEMBER_MS = 1500;

/**
 * @typedef {{
 *   timeline: import('./types.js').Playback, reading: import('./types.js').Reading|null,
 *   decision: import('./types.js').Decision<any>|null, hidden: boolean, now: number, own: boolean,
 *   host: {error: import('./types.js').SyncError|null, needsTap: boolean, soundOff: boolean, stuck: boolean},
 *   needsConsent: boolean, positionMs: number, unsteady: boolean, liveMs?: number, clock: import('./clock.js').Clock,
 *   people: {you: string, names: Map<string, string>, roles: Map<string, string>, grants: Record<string, string[]>},
 * }} Report
 */

export class Reporter {
  #send; #emit;
  #key = '';
  #viewAt = -Infinity;
  #status = '';
  #statusAt = -Infinity;
  #readyRev = '';
  /** @type {{errorMs: number, at: number, rev: string}|null} */ #last = null;

  /** @param {{send: (m: import('../types.js').ClientMessage) => void, emit: (view: import('./types.js').View) => void}} options */
  constructor({ send, emit }) {
    this.#send = send;
    this.#emit = emit;
  }

  /** @param {Report} r */
  report(r) {
    const facts = this.#facts(r);
    this.#ready(r);
    this.#tellRoom(r, facts);
    const view = viewOf(facts);
    const key = keyOf(view);
    if (key === this.#key && (r.now - this.#viewAt < VIEW_EVERY_MS || view.phase !== 'playing')) return;
    this.#key = key;
    this.#viewAt = r.now;
    this.#emit(view);
  }

  /** @param {Report} r */
  #facts(r) {
    const { timeline, decision, people } = r;
    const rev = `${timeline.epoch}:${timeline.rev}`;
    const errorMs = decision?.errorMs ?? null;
    if (errorMs !== null) this.#last = { errorMs, at: r.now, rev };
    const last = this.#last && this.#last.rev === rev && r.now - this.#last.at < REMEMBER_MS ? this.#last.errorMs : null;
    const good = GOOD_ENOUGH_MS[timeline.media?.kind === 'youtube' ? 'youtube' : 'html5'];
    const moving = r.reading?.state === 'playing';
    const near = timeline.phase === 'playing' && moving && last !== null && Math.abs(last) <= good;
    const role = people.roles.get(people.you) ?? 'guest';
    const until = timeline.wait_until_ms ?? 0;
    return {
      playback: timeline, reading: r.reading, alone: r.own, error: r.host.error, needsTap: r.host.needsTap, soundOff: r.host.soundOff,
      needsConsent: r.needsConsent, mayControl: r.own || (people.grants[role] ?? []).includes('control'),
      inStep: near || decision?.inStep === true, errorMs: last, unsteady: r.unsteady, positionMs: r.positionMs,
      waitUntilLocalMs: until > 0 && r.clock.ready ? r.clock.localAt(until) : null,
      names: (timeline.waiting_for ?? []).map((id) => people.names.get(id) ?? 'somebody'),
      now: r.now, hidden: r.hidden, blocked: r.host.stuck,
    };
  }

  /** Those who cannot be waited for say so too: nobody should wait for them. @param {Report} r */
  #ready(r) {
    const { timeline } = r;
    const rev = `${timeline.epoch}:${timeline.rev}`;
    if (r.own || timeline.phase !== 'waiting' || this.#readyRev === rev) return;
    if (!r.decision?.ready && !r.host.error && !r.needsConsent) return;
    this.#readyRev = rev;
    this.#send({ type: 'playback.ready', rev: timeline.rev });
  }

  /** @param {Report} r @param {Parameters<typeof statusOf>[0]} facts */
  #tellRoom(r, facts) {
    if (!r.timeline.media) return;
    const state = statusOf(facts);
    const passed = r.now - this.#statusAt;
    const due = r.timeline.phase === 'playing' && passed >= STATUS_EVERY_MS;
    if (!due && (state === this.#status || passed < STATUS_CHANGE_MS)) return;
    this.#status = state;
    this.#statusAt = r.now;
    this.#send({
      type: 'participant.status', state, position_ms: Math.max(0, Math.round(r.reading?.positionMs ?? r.positionMs)),
      ahead_ms: Math.max(0, Math.round(r.reading?.bufferedAheadMs ?? 0)), error_ms: Math.round(facts.errorMs ?? 0),
      ...(r.liveMs === undefined ? {} : { live_ms: r.liveMs }),
    });
  }
}
