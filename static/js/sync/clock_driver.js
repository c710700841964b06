// @ts-check
// Sends the probe pairs that clock.js judges: a burst on join, wake-up and network change, then pairs that
// become rarer, down to one every 5 s.
import { Clock } from './clock.js';

/** @typedef {import('./clock.js').Sample} Sample */
/** @typedef {{set: (f: () => void, ms: number) => any, clear: (id: any) => void}} Timers */

export const BURST_PAIRS = 12;
export const BURST_GAP_MS = 25;
/** After the burst pairs become rarer: a burst lasts 300 ms, and a queue on the way may last longer than that. */
export const QUIET_MS = { first: 250, growth: 1.3, most: 5000 };
const UNANSWERED_MAX = 64;

export class ClockDriver {
  clock = new Clock();
  #send; #now; #timers; #onReady;
  /** @type {any} */ #timer = null;
  #left = 0;
  #lastT1 = 0;
  #quietMs = QUIET_MS.first;
  /** Probes on the way, by t1: which pair each belongs to. @type {Map<number, {answered: Sample[]}>} */
  #waiting = new Map();

  /** @param {{send: (m: object) => void, now: () => number, timers: Timers, onReady?: () => void}} options onReady: the clock may be acted upon from now on */
  constructor({ send, now, timers, onReady }) {
    this.#send = send;
    this.#now = now;
    this.#timers = timers;
    this.#onReady = onReady ?? (() => {});
  }

  /** @param {{fresh: boolean}} how fresh: what was measured before does not hold any more */
  burst({ fresh }) {
    this.stop();
    if (fresh) this.clock.forget();
    this.#left = BURST_PAIRS;
    this.#quietMs = QUIET_MS.first;
    this.#step();
  }

  stop() {
    if (this.#timer !== null) this.#timers.clear(this.#timer);
    this.#timer = null;
    this.#waiting.clear();
  }

  /** @param {{t1: number, t2: number, t3: number}} reply */
  onReply(reply) {
    const t4 = this.#now();
    const pair = this.#waiting.get(key(reply.t1));
    if (!pair) return;
    this.#waiting.delete(key(reply.t1));
    pair.answered.push({ t1: reply.t1, t2: reply.t2, t3: reply.t3, t4 });
    if (pair.answered.length < 2) return;
    const [a, b] = pair.answered;
    const { ready } = this.clock;
    this.clock.addPair(a, b);
    if (!ready && this.clock.ready) this.#onReady();
  }

  #step() {
    this.#sendPair();
    if (this.#left > 0) this.#left--;
    else this.#quietMs = Math.min(QUIET_MS.most, this.#quietMs * QUIET_MS.growth);
    this.#timer = this.#timers.set(() => this.#step(), this.#left > 0 ? BURST_GAP_MS : this.#quietMs);
  }

  #sendPair() {
    if (this.#waiting.size >= UNANSWERED_MAX) this.#waiting.clear();
    const pair = { answered: [] };
    const rtt = this.clock.estimate?.rttMs;
    for (let i = 0; i < 2; i++) {
      // Two probes of one pair need different names even where the browser's clock is coarse.
      const t1 = Math.max(this.#now(), this.#lastT1 + 0.001);
      this.#lastT1 = t1;
      this.#waiting.set(key(t1), pair);
      this.#send({ type: 'clock.probe', t1, ...(rtt === undefined ? {} : { rtt_ms: Math.max(0, rtt) }) });
    }
  }
}

/** @param {number} t1 a server may write the number back with another last digit */
const key = (t1) => Math.round(t1 * 1000);

