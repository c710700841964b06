// @ts-check
// The server's clock as seen from this page: (probe samples in) → offset, drift, round trip. Pure; clock_driver.js sends.
//
// A sample is one probe and its reply: t1 sent, t4 received (performance.now), t2 received, t3 sent (server ms).
// Offset = server − local. Half the asymmetry of the path stays in it; nobody can see that part.

import { median } from './estimating.js';

/** @typedef {{t1: number, t2: number, t3: number, t4: number}} Sample */
/** @typedef {{offsetMs: number, drift: number, atMs: number, rttMs: number, samples: number}} Estimate */

export const KEPT = 32;
/** A pair is believed when its two probes were delayed alike, each way. */
export const GAP_TOLERANCE_MS = 3;
const READY_SAMPLES = 3;
const ANCHORS = 24;
const ANCHOR_EVERY_MS = 20_000;
/** What we believe of crystals before measuring: ± 60 ppm. */
const DRIFT_PRIOR = 60e-6;
/** What even the quickest sample may be wrong by: where round trips differ much it is itself a matter of luck, within half of it. */
const NOISE_FLOOR_MS = 0.25;
const NOISE_OF_SPREAD = 0.1;

/** @param {Sample} s */
export const roundTrip = (s) => s.t4 - s.t1 - (s.t3 - s.t2);
/** @param {Sample} s */
export const offsetOf = (s) => (s.t2 - s.t1 + s.t3 - s.t4) / 2;

/**
 * True when nothing got in between the two probes of a pair on either way.
 * @param {Sample} a @param {Sample} b
 */
export function pairAgrees(a, b) {
  const up = b.t2 - a.t2 - (b.t1 - a.t1);
  const down = b.t4 - a.t4 - (b.t3 - a.t3);
  return Math.abs(up) <= GAP_TOLERANCE_MS && Math.abs(down) <= GAP_TOLERANCE_MS;
}

/**
 * Weighted line through (time, offset). The quicker a round trip, the less can hide in it, the more it counts; the prior
 * keeps the slope near zero until the samples span enough time to say otherwise.
 * @param {Sample[]} samples not empty
 * @param {number} nowMs local
 * @returns {Estimate}
 */
export function estimate(samples, nowMs) {
  const rtts = samples.map(roundTrip);
  const least = Math.min(...rtts);
  const best = samples[rtts.indexOf(least)];
  const floor = NOISE_FLOOR_MS + Math.min(NOISE_OF_SPREAD * (median(rtts) - least), Math.max(0, least) / 8);
  const origin = best.t4;
  const base = offsetOf(best);
  let w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  samples.forEach((s, i) => {
    const sigma = floor + (rtts[i] - least) / 2;
    const weight = 1 / (sigma * sigma);
    const x = s.t4 - origin;
    const y = offsetOf(s) - base;
    w += weight; wx += weight * x; wy += weight * y; wxx += weight * x * x; wxy += weight * x * y;
  });
  const spread = wxx - (wx * wx) / w;
  const drift = (wxy - (wx * wy) / w) / (spread + 1 / (DRIFT_PRIOR * DRIFT_PRIOR));
  const at = wx / w;
  const offsetMs = base + wy / w + drift * (nowMs - origin - at);
  return { offsetMs, drift, atMs: nowMs, rttMs: least, samples: samples.length };
}

/** Keeps the samples worth keeping and answers in server time. */
export class Clock {
  #samples = /** @type {Sample[]} */ ([]);
  /** The quickest sample of each stretch of 20 s: they reach far enough back to show drift. */
  #anchors = /** @type {Sample[]} */ ([]);
  #estimate = /** @type {Estimate|null} */ (null);

  /** @param {Sample} a @param {Sample} b both probes of one pair; false: the pair was not believed */
  addPair(a, b) {
    const quicker = roundTrip(a) <= roundTrip(b) ? a : b;
    // Until there is something better a doubtful sample beats none. And as quick as the quickest is never doubtful: what could have
    // held it up on one way only would show in its round trip.
    const quick = roundTrip(quicker) <= (this.#estimate?.rttMs ?? Infinity) + GAP_TOLERANCE_MS;
    if (!pairAgrees(a, b) && this.ready && !quick) return false;
    this.#add(quicker);
    return true;
  }

  /** After sleep or on another network the old samples say nothing any more; the estimate stays until a new one is there. */
  forget() {
    this.#samples = [];
    this.#anchors = [];
  }

  /** @returns {Estimate|null} */
  get estimate() { return this.#estimate; }

  /** Enough was measured since the last forgetting to act upon. */
  get ready() { return this.#samples.length >= READY_SAMPLES; }

  /** @param {number} localMs @returns {number} server ms; local ms while nothing is known */
  serverAt(localMs) {
    const e = this.#estimate;
    return e ? localMs + e.offsetMs + e.drift * (localMs - e.atMs) : localMs;
  }

  /** @param {number} serverMs @returns {number} local ms */
  localAt(serverMs) {
    const e = this.#estimate;
    return e ? e.atMs + (serverMs - e.atMs - e.offsetMs) / (1 + e.drift) : serverMs;
  }

  /** @param {Sample} s */
  #add(s) {
    this.#samples.push(s);
    if (this.#samples.length > KEPT) this.#retire(/** @type {Sample} */ (this.#samples.shift()));
    this.#estimate = estimate([...this.#anchors, ...this.#samples], s.t4);
    this.#estimate.rttMs = Math.min(...this.#samples.map(roundTrip));
  }

  /** @param {Sample} s */
  #retire(s) {
    const last = this.#anchors.at(-1);
    const slot = (/** @type {Sample} */ x) => Math.floor(x.t4 / ANCHOR_EVERY_MS);
    if (!last || slot(last) !== slot(s)) this.#anchors.push(s);
    else if (roundTrip(s) < roundTrip(last)) this.#anchors[this.#anchors.length - 1] = s;
    if (this.#anchors.length > ANCHORS) this.#anchors.shift();
  }
}
