// @ts-check
// Keeps the embedded YouTube player on the room's timeline: (state, look) → (state, actions). Pure; docs/sync.md's figures.
//
// This player tells its position a few times a second and knows few rates, so it is not steered all the time: it gets one
// measured pulse of another rate, then it is left alone for 4 s. Resting and starting are resting.js, as for files.
//
//   steer ──70 ms < |e| ≤ 1 s──▶ pulse (1.25× or 0.75×, or finer where that works) ──over──▶ settle ──4 readings──▶ steer
//      └───|e| > 1 s──▶ seek with the learned lead
import { clamp, learnNoise, median, recent } from './estimating.js';
import { LATE_START_MS, align, hold } from './resting.js';

/** @typedef {import('./types.js').Look} Look */
/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./types.js').YoutubeState} State */
/** @typedef {import('./types.js').Decision<State>} Decision */

const READINGS = 4;
const INNER_MS = 30;
const OUTER_MS = 70;
const SEEK_OVER_MS = 1000;
const SEEK_ON_COMMAND_MS = 500;
/** Until it is known whether fine rates work, only a small correction tries one: a refusal costs time. */
const TRY_FINE_UP_TO_MS = 150;
const BETWEEN_ACTIONS_MS = 4000;
const COARSE = 0.25;
const FINE_STEP = 0.05;
/** A rate that was taken on is told back within this time. */
const CONFIRM_MS = 700;

/** @returns {State} */
export function initial() {
  return {
    rev: '', commandAt: 0, tries: 0, leadMs: 500, leadKnown: false, startMs: 700, lateMs: LATE_START_MS, playAt: null, playFromMs: 0, alignSeekAt: null,
    errors: [], lastAt: -Infinity, noiseMs: 8, factor: 1, failures: [], fine: null, pulses: true, pulse: null, judge: null,
    pauseUntil: null, delayMs: 0, quietUntil: -Infinity, actionAt: -Infinity, seekAt: -Infinity, judged: true, seeks: 0,
  };
}

/** @param {State} s @param {Look} look @returns {Decision} */
export function step(s, look) {
  const commanded = s.rev !== look.rev;
  if (commanded) {
    s = { ...s, rev: look.rev, commandAt: Math.max(look.now, look.startAt), tries: 0, playAt: null, alignSeekAt: null,
      actionAt: -Infinity, seeks: 0, pulse: null, judge: null, pauseUntil: null, errors: [] };
  }
  const { reading, now } = look;
  if (look.phase !== 'playing') return based(hold(still(s), look), look);
  if (reading.state === 'loading') return none(still(s));
  if (reading.durationMs !== null && look.target(now) >= reading.durationMs - 300) return none(still(s), { inStep: true });
  if (s.pauseUntil !== null) return microPause(s, look);
  if (reading.state === 'paused' || (reading.state === 'seeking' && s.alignSeekAt !== null)) return based(align(still(s), look), look);
  if (reading.state === 'ended') return seekOver(s, look, null, [{ do: 'play' }]);
  if (reading.state !== 'playing') return none({ ...still(s), playAt: reading.state === 'buffering' ? s.playAt : null });
  const jump = reading.positionMs - look.target(reading.at);
  // Somebody sought: that is known at once, and a pulse may follow without waiting.
  if (commanded && Math.abs(jump) > SEEK_ON_COMMAND_MS) return eager(seekOver(s, look, jump, []));
  if (s.playAt !== null) {
    if (reading.positionMs - s.playFromMs < 5 || reading.at <= s.playAt) return none(s);
    s = learnStart(s, look);
  }
  return steer(s, look);
}

/** @param {State} s @returns {State} */
const still = (s) => ({ ...s, errors: [], pulse: null, judge: null });

/** @param {State} s @param {Look} look @returns {State} */
function learnStart(s, look) {
  const took = look.reading.at - (s.playAt ?? 0) - (look.reading.positionMs - s.playFromMs) / look.rate;
  const startMs = took > 0 && took < 5000 ? (s.startMs + 2 * took) / 3 : s.startMs;
  return { ...s, playAt: null, startMs, alignSeekAt: null, commandAt: Math.max(s.commandAt, look.now) };
}

/** @param {State} s @param {Look} look @returns {Decision} */
function steer(s, look) {
  const { reading, now } = look;
  if (s.pulse) return duringPulse(s, s.pulse, look);
  if (now < s.quietUntil || reading.at <= Math.max(s.lastAt, s.quietUntil)) return based(none(s, known(s)), look);
  const errors = [...s.errors, reading.positionMs - look.target(reading.at)].slice(-READINGS - 1);
  const noiseMs = errors.length > READINGS ? learnNoise(s.noiseMs, errors) : s.noiseMs;
  s = { ...s, errors, noiseMs, lastAt: reading.at };
  if (errors.length < READINGS) {
    // More than a second off shows in two readings; waiting for four would only lose time.
    const far = errors.length >= 2 && errors.every((e) => Math.abs(e) > SEEK_OVER_MS + 200);
    if (!far) return based(none(s), look);
  }
  const error = median(errors);
  s = learn(s, error, now);
  const inner = Math.max(INNER_MS, 2 * s.noiseMs) * s.factor;
  const outer = Math.max(OUTER_MS * s.factor, inner + 20);
  const size = Math.abs(error);
  if (size > SEEK_OVER_MS) {
    const cool = BETWEEN_ACTIONS_MS * Math.min(8, 2 ** Math.max(0, s.seeks - 1));
    if (now - s.seekAt < cool) return based(none(s, { errorMs: error }), look);
    const sought = seekOver(s, look, error, []);
    // What a first correction leaves may be pulsed away as soon as it is known.
    return s.seeks <= 1 ? { ...sought, state: { ...sought.state, actionAt: -Infinity } } : sought;
  }
  if (size <= outer) return based(none({ ...s, seeks: 0 }, { errorMs: error, inStep: true }), look);
  if (look.hidden || now - s.actionAt < BETWEEN_ACTIONS_MS) return based(none(s, { errorMs: error }), look);
  return act(s, look, error);
}

/** One correction. @param {State} s @param {Look} look @param {number} error @returns {Decision} */
function act(s, look, error) {
  const { now } = look;
  const size = Math.abs(error);
  s = { ...s, actionAt: now };
  if (!s.pulses) {
    if (error < 0) return seekOver(s, look, error, []);
    return none({ ...s, errors: [], pauseUntil: now + Math.max(20, error / look.rate - s.startMs / 2) }, { actions: [{ do: 'pause' }], errorMs: error });
  }
  const fine = s.fine ?? size <= TRY_FINE_UP_TO_MS;
  const depth = !fine ? COARSE : clamp(Math.ceil(size / 2000 / FINE_STEP) * FINE_STEP, FINE_STEP, COARSE);
  const rate = Number((look.rate * (1 - Math.sign(error) * depth)).toFixed(2));
  const lasts = Math.max(60, size / (look.rate * depth) - s.delayMs);
  const pulse = { rate, since: now, until: now + lasts, fromMs: error, confirmed: false };
  return none({ ...s, pulse, errors: [] }, { actions: [{ do: 'rate', rate }], wakeInMs: lasts, errorMs: error });
}

/** @param {State} s @param {NonNullable<State['pulse']>} pulse @param {Look} look @returns {Decision} */
function duringPulse(s, pulse, look) {
  const { now, reading } = look;
  const told = reading.rate !== undefined && Math.abs(reading.rate - pulse.rate) < 0.011;
  if (told) pulse = { ...pulse, confirmed: true };
  if (now < pulse.until - 1) {
    if (!pulse.confirmed && now - pulse.since > CONFIRM_MS && reading.rate !== undefined) return based(refused(s, pulse, look), look);
    return none({ ...s, pulse }, { wakeInMs: pulse.until - now, errorMs: pulse.fromMs });
  }
  const fine = isFine(pulse, look) && pulse.confirmed ? true : s.fine;
  const expectedMs = (pulse.rate - look.rate) * (pulse.until - pulse.since);
  const state = { ...s, fine, pulse: null, errors: [], judge: { fromMs: pulse.fromMs, expectedMs }, quietUntil: now + 350 };
  return based(none(state, { errorMs: pulse.fromMs }), look);
}

/** The player did not take the rate on. @param {State} s @param {NonNullable<State['pulse']>} pulse @param {Look} look @returns {Decision} */
function refused(s, pulse, look) {
  const fine = isFine(pulse, look);
  return none({ ...s, pulse: null, errors: [], fine: false, pulses: fine, actionAt: -Infinity, quietUntil: look.now + 200 });
}

/** @param {{rate: number}} pulse @param {Look} look */
const isFine = (pulse, look) => Math.abs(Math.abs(pulse.rate / look.rate - 1) - COARSE) > 0.01;

/** What the last correction taught. @param {State} s @param {number} error @param {number} now @returns {State} */
function learn(s, error, now) {
  if (!s.judged) {
    s = { ...s, judged: true, leadKnown: true, leadMs: clamp(s.leadMs - (s.leadKnown ? 0.7 : 1) * error, 20, 6000) };
  }
  if (!s.judge) return s;
  const { fromMs, expectedMs } = s.judge;
  const did = (error - fromMs) / expectedMs;
  // Reading noise must not pass for a lesson: short pulses teach little.
  const over = clamp((did - 1) * Math.abs(expectedMs) / COARSE, -300, 300);
  const delayMs = clamp(s.delayMs + 0.3 * over, -400, 400);
  s = { ...s, judge: null, delayMs };
  if (did > 0.4 && Math.abs(error) < Math.abs(fromMs)) return s;
  const failures = recent([...s.failures, now], now);
  return failures.length < 2 ? { ...s, failures } : { ...s, failures: [], factor: Math.min(4, s.factor * 2) };
}

/** @param {State} s @param {Look} look @returns {Decision} */
function microPause(s, look) {
  const left = /** @type {number} */ (s.pauseUntil) - look.now;
  if (left > 1) return none(s, { wakeInMs: left });
  return none({ ...s, pauseUntil: null, quietUntil: look.now + s.startMs + 300 }, { actions: [{ do: 'play' }] });
}

/** @param {State} s @param {Look} look @param {number|null} errorMs @param {Action[]} after @returns {Decision} */
function seekOver(s, look, errorMs, after) {
  const toMs = Math.max(0, look.target(look.now + s.leadMs));
  const state = { ...still(s), seekAt: look.now, actionAt: look.now, judged: false, seeks: s.seeks + 1, quietUntil: look.now + s.leadMs };
  return none(state, { actions: [{ do: 'seek', toMs }, ...after], errorMs });
}

/** @param {Decision} decision @returns {Decision} */
const eager = (decision) => ({ ...decision, state: { ...decision.state, actionAt: -Infinity, seekAt: -Infinity } });

/** @param {State} s */
const known = (s) => (s.errors.length ? { errorMs: median(s.errors), inStep: Math.abs(median(s.errors)) <= OUTER_MS * s.factor } : {});

/** @param {State} state @param {Partial<Decision>} [more] @returns {Decision} */
function none(state, more) {
  return { state, actions: [], wakeInMs: null, errorMs: null, inStep: false, ready: false, ...more };
}

/** @param {Decision} decision @param {Look} look @returns {Decision} */
const based = (decision, look) => ({ ...decision, actions: [...decision.actions, { do: 'rate', rate: look.rate }] });
