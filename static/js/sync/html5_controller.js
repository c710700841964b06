// @ts-check
// Keeps a <video> on the room's timeline: (state, look) → (state, actions). Pure; the figures are docs/sync.md's.
//
//   hold ──playing──▶ align ──moving──▶ steer ──|e| > 1 s──▶ one seek ──▶ steer
//     ▲                                   │
//     └────────── paused, waiting ────────┘
import { clamp, learnNoise, median, recent } from './estimating.js';
import { LATE_START_MS, align, hold } from './resting.js';

/** @typedef {import('./types.js').Look} Look */
/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./types.js').Html5State} State */
/** @typedef {import('./types.js').Decision<State>} Decision */

const READINGS = 5;
const BAND = { inner: 3, outer: 7 };
/** Where the media clock itself can be read, and not only pictures that come in steps. */
const FINE_BAND = { inner: 1, outer: 4 };
const FINE_NOISE_MS = 1;
/** What seeking costs for files: over `seekOnCommandMs` steering takes longer than the seek; hls_controller.js has others. */
const TUNE = { seekOverMs: 1000, seekOnCommandMs: 250, coolMs: 3000, leadMs: 150 };
const EAGER_MS = 2000;
/** Who has just come and sees nothing yet sees something sooner when less is sought: as much as a late joiner may be off at first, and some room. */
const LATE_LANDING_MS = 160;
/** After a start or a seek a media clock slips by some 40 ms until the sound runs: nothing is read before. */
const SLIPS_MS = 150;
/** A correction that missed by less has not failed: a busy page alone may be read so much wrong. */
const FAILED_OVER_MS = 12;
/** An error that was not there a moment ago: the picture stood or sprang without the player saying so (a busy machine, a sound device that hung). */
const SPRANG_MS = 60;
/** Readings closer together than this say the same thing twice. */
const APART_MS = 30;
/** What is left of an error after this long, were it steered away at once. */
const REACH_MS = 400;
/**
 * How far the rate goes. Up to 8 % the pitch moves with it and steering is exact; beyond, the pitch is kept and some media is lost at
 * each step there and back, so it is gone beyond only from `over`, and back only below `until`.
 */
const EAGER = { near: 0.08, far: 0.25, over: 120, until: 60 };
const GENTLE = { near: 0.04, far: 0.1, over: 250, until: 120 };

/** @param {State['tune']} tune @returns {State} */
export function initial(tune = TUNE) {
  return {
    tune, rev: '', commandAt: 0, tries: 0, leadMs: tune.leadMs, leadKnown: false, startMs: 40, lateMs: LATE_LANDING_MS, playAt: null, playFromMs: 0, alignSeekAt: null, movingSince: null,
    errors: [], lastAt: -Infinity, unsteeredMs: null, dev: 0, devSince: 0, steeredMs: 0, noiseMs: 1, factor: 1, failures: [],
    correcting: null, inStepSince: null, seekAt: -Infinity, steeredAtSeek: 0, coolMs: tune.coolMs, seeks: 0, judged: true,
  };
}

/** @param {State} s @param {Look} look @returns {Decision} */
export function step(s, look) {
  const commanded = s.rev !== look.rev;
  if (commanded) s = onCommand(s, look);
  const { reading } = look;
  if (look.phase !== 'playing') return withRate(hold(settle(s, look), look), look);
  if (reading.state === 'loading') return nothing(settle(s, look));
  if (reading.durationMs !== null && look.target(look.now) >= reading.durationMs - 1) return nothing(settle(s, look), { inStep: true });
  if (reading.state === 'paused' || (reading.state === 'seeking' && s.alignSeekAt !== null)) return withRate(align(settle(s, look), look), look);
  if (reading.state === 'ended') return seekOver(s, look, null);
  if (reading.state !== 'playing') return nothing({ ...settle(s, look), playAt: reading.state === 'buffering' ? s.playAt : null });
  // Somebody sought: that is known at once and not by measuring.
  const jump = reading.positionMs - look.target(reading.at);
  if (commanded && Math.abs(jump) > s.tune.seekOnCommandMs) return seekOver(s, look, jump);
  // What stood and moves on, after a start or a stall, was seen to do so: what is left may go as quickly as after a command.
  if (s.movingSince === null) s = { ...s, movingSince: look.now, commandAt: Math.max(s.commandAt, look.now) };
  const slips = /** @type {number} */ (s.movingSince) + SLIPS_MS - look.now;
  return slips > 0 ? withRate(nothing(s, { wakeInMs: slips }), look) : steer(learnStart(s, look), look);
}

/** @param {State} s @param {Look} look @returns {State} */
function onCommand(s, look) {
  return { ...s, rev: look.rev, commandAt: Math.max(look.now, look.startAt), tries: 0, playAt: null, alignSeekAt: null,
    errors: [], unsteeredMs: null, correcting: null, inStepSince: null, coolMs: s.tune.coolMs, seeks: 0 };
}

/** Not moving: nothing measured before is true of what comes. @param {State} s @param {Look} look @returns {State} */
function settle(s, look) {
  return { ...s, errors: [], unsteeredMs: null, correcting: null, inStepSince: null, dev: 0, devSince: look.now, movingSince: null };
}

/** Every start tells how long this player takes from play() to a moving picture. @param {State} s @param {Look} look @returns {State} */
function learnStart(s, look) {
  if (s.playAt === null) return s;
  const took = look.reading.at - s.playAt - (look.reading.positionMs - s.playFromMs) / look.rate;
  const startMs = took > 0 && took < 2000 ? (s.startMs + took) / 2 : s.startMs;
  // What the 2 s of eager steering are for begins now.
  return { ...s, playAt: null, startMs, lateMs: LATE_START_MS, commandAt: Math.max(s.commandAt, look.now), alignSeekAt: null, devSince: look.now };
}

/** @param {State} s @param {Look} look @returns {Decision} */
function steer(s, look) {
  const { reading, now } = look;
  const steered = (/** @type {number} */ t) => s.steeredMs + look.rate * s.dev * (t - s.devSince);
  if (reading.at - s.lastAt >= APART_MS) {
    const z = reading.positionMs - look.target(reading.at) - steered(Math.max(reading.at, s.devSince));
    const errors = [...s.errors, z].slice(-READINGS);
    const noiseMs = errors.length === READINGS ? learnNoise(s.noiseMs, errors) : s.noiseMs;
    s = { ...s, errors, noiseMs, lastAt: reading.at };
  }
  if (s.errors.length < 3) return nothing(s, { wakeInMs: APART_MS + 5 });
  const unsteeredMs = median(s.errors);
  const error = unsteeredMs + steered(now);
  if (s.unsteeredMs !== null && Math.abs(unsteeredMs - s.unsteeredMs) > SPRANG_MS) s = { ...s, commandAt: Math.max(s.commandAt, now) };
  s = { ...s, unsteeredMs };
  if (!s.judged && now - s.seekAt > 300) {
    // Where it landed, before any steering. The picture jumped anyway: what is left may go as quickly as after a command.
    const landed = unsteeredMs + s.steeredAtSeek;
    s = { ...s, judged: true, commandAt: now, leadMs: clamp(s.leadMs - (s.leadKnown ? 0.7 : 1) * landed, 10, 5000), leadKnown: true };
  }
  if (Math.abs(error) > s.tune.seekOverMs && now - s.seekAt >= s.coolMs) return seekOver(s, look, error);
  // The first seek taught what seeking takes here; a second lands right sooner than steering would.
  if (s.judged && s.seeks === 1 && Math.abs(error) > s.tune.seekOnCommandMs && now - s.commandAt < EAGER_MS) return seekOver(s, look, error);
  if (look.hidden) return withRate({ ...nothing(stopSteering(s, look)), errorMs: error, inStep: Math.abs(error) <= s.tune.seekOverMs }, look);
  return correct(s, look, error, steered(now));
}

/** @param {State} s @param {Look} look @param {number|null} error @returns {Decision} */
function seekOver(s, look, error) {
  // A player that lands wrong again and again is sought less and less often.
  const again = s.seeks >= 1;
  const state = { ...settle(s, look), seekAt: look.now, steeredAtSeek: s.steeredMs, judged: false, seeks: s.seeks + 1, coolMs: again ? Math.min(30_000, s.coolMs * 2) : s.tune.coolMs };
  const toMs = Math.max(0, look.target(look.now + s.leadMs));
  /** @type {Action[]} */
  const actions = [{ do: 'seek', toMs }];
  if (look.reading.state === 'ended') actions.push({ do: 'play' });
  return withRate({ ...nothing(state), actions, errorMs: error }, look);
}

/** @param {State} s @param {Look} look @param {number} error @param {number} steeredMs @returns {Decision} */
function correct(s, look, error, steeredMs) {
  const { now } = look;
  const eager = now - s.commandAt < EAGER_MS;
  // Where positions come in steps, the nearest one is up to half a step away and must be good enough.
  const grainMs = look.reading.grainMs ?? 0;
  const band = grainMs === 0 && s.noiseMs <= FINE_NOISE_MS ? FINE_BAND : BAND;
  const inner = Math.max(band.inner, 2 * s.noiseMs, grainMs / 2 + 0.5) * s.factor;
  const outer = Math.max(band.outer * s.factor, inner + 1.5);
  const size = Math.abs(error);
  s = judge(s, now, error, steeredMs, outer);
  if (s.correcting ? size <= inner : size <= outer) {
    const inStepSince = s.inStepSince ?? now;
    const calm = now - inStepSince > 60_000 && s.factor > 1;
    s = { ...stopSteering(s, look), inStepSince: calm ? now : inStepSince, factor: calm ? s.factor / 2 : s.factor,
      seeks: size < 250 ? 0 : s.seeks };
    return withRate({ ...nothing(s), errorMs: error, inStep: true }, look);
  }
  if (!s.correcting) s = { ...s, correcting: { since: now, fromMs: error, steeredMs } };
  const { near, far, over, until } = eager ? EAGER : GENTLE;
  const limit = size > (Math.abs(s.dev) > EAGER.near ? until : over) ? far : near;
  const wanted = clamp(-error / REACH_MS / look.rate, -limit, limit);
  // Steps of 0.2 %: a player need not be told of less.
  const dev = Math.round(wanted * 500) / 500;
  s = { ...s, steeredMs, devSince: now, dev, inStepSince: null };
  return withRate({ ...nothing(s), errorMs: error }, look);
}

/** Did two seconds of steering do what they should have? @param {State} s @param {number} now @param {number} error @param {number} steeredMs @param {number} outer @returns {State} */
function judge(s, now, error, steeredMs, outer) {
  const c = s.correcting;
  if (!c) return s;
  const overshot = Math.sign(error) !== Math.sign(c.fromMs) && Math.abs(error) > Math.max(outer, FAILED_OVER_MS);
  if (!overshot && now - c.since < 2000) return s;
  const expected = steeredMs - c.steeredMs;
  const did = (error - c.fromMs) * Math.sign(expected);
  const correcting = { since: now, fromMs: error, steeredMs };
  if (!overshot && did >= 0.4 * Math.abs(expected) - FAILED_OVER_MS) return { ...s, correcting };
  const failures = recent([...s.failures, now], now);
  if (failures.length < 2) return { ...s, correcting, failures };
  return { ...s, correcting, failures: [], factor: Math.min(8, s.factor * 2) };
}

/** @param {State} s @param {Look} look @returns {State} */
function stopSteering(s, look) {
  if (s.dev === 0 && s.correcting === null) return s;
  return { ...s, steeredMs: s.steeredMs + look.rate * s.dev * (look.now - s.devSince), devSince: look.now, dev: 0, correcting: null };
}

/** @param {State} state @param {Partial<Decision>} [more] @returns {Decision} */
function nothing(state, more) {
  return { state, actions: [], wakeInMs: null, errorMs: null, inStep: false, ready: false, ...more };
}

/** @param {Decision} decision @param {Look} look @returns {Decision} */
function withRate(decision, look) {
  const rate = look.rate * (1 + decision.state.dev);
  return { ...decision, actions: [...decision.actions, { do: 'rate', rate }] };
}
