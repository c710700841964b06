// @ts-check
// What the screen is told: badge and view from plain facts. Pure.
import { t } from '../lib/strings.js';

/** @typedef {import('./types.js').Badge} Badge */
/** @typedef {import('./types.js').View} View */
/** @typedef {import('./types.js').SyncError} SyncError */
/** @typedef {import('./types.js').Reading} Reading */
/** @typedef {import('./types.js').Playback} Playback */

/**
 * @typedef {{
 *   playback: Playback|null, reading: Reading|null, alone: boolean, error: SyncError|null,
 *   needsTap: boolean, soundOff: boolean, needsConsent: boolean, mayControl: boolean,
 *   inStep: boolean, errorMs: number|null, unsteady: boolean,
 *   positionMs: number, waitUntilLocalMs: number|null, names: string[], now: number,
 * }} Facts
 */

/** @param {Facts} f @returns {View} */
export function viewOf(f) {
  const playing = f.playback?.phase === 'playing';
  const state = f.reading?.state;
  return {
    phase: f.playback?.phase ?? 'idle',
    positionMs: Math.max(0, Math.round(f.positionMs)),
    durationMs: f.reading?.durationMs ?? null,
    rate: f.playback?.rate ?? 1,
    buffering: !f.error && !f.needsConsent && f.playback?.media != null && (state === 'loading' || (playing && (state === 'buffering' || state === 'seeking'))),
    badge: badgeOf(f),
    needsTap: f.needsTap,
    needsConsent: f.needsConsent,
    error: f.error,
    canSeek: f.mayControl && f.playback?.media != null && !f.playback.media.live,
    unsteady: f.unsteady,
    live: f.playback?.media != null && (f.playback.media.live === true || f.reading?.edgeMs !== undefined),
    over: f.reading?.over === true,
  };
}

/** @param {Facts} f @returns {Badge} */
export function badgeOf(f) {
  if (!f.playback?.media || f.playback.phase === 'idle') return { kind: 'idle', text: '' };
  if (f.error) return { kind: 'failed', text: f.error.text };
  if (f.alone) return { kind: 'alone', text: t('badge.alone') };
  if (f.playback.phase === 'waiting') return waiting(f);
  if (f.reading?.state === 'ad') return { kind: 'ad', text: t('badge.ad') };
  if (f.needsTap && f.soundOff) return { kind: 'sound-off', text: t('badge.sound_off') };
  const ms = f.errorMs === null ? {} : { ms: Math.round(f.errorMs) };
  return f.inStep ? { kind: 'in-step', text: t('badge.in_step'), ...ms } : { kind: 'catching-up', text: t('badge.catching_up'), ...ms };
}

/** @param {Facts} f @returns {Badge} */
function waiting(f) {
  const who = f.names.length === 0 ? t('badge.everyone') : f.names.length === 1 ? f.names[0] : t('badge.and_more', { name: f.names[0], n: f.names.length - 1 });
  if (f.waitUntilLocalMs === null) return { kind: 'waiting', text: t('badge.waiting', { who }), names: f.names };
  const seconds = Math.max(0, Math.ceil((f.waitUntilLocalMs - f.now) / 1000));
  return { kind: 'waiting', text: t('badge.starting', { who, seconds }), until_ms: f.waitUntilLocalMs, names: f.names };
}

/**
 * What makes two views different enough to be told at once; the position alone waits for its turn.
 * @param {View} view
 */
export function keyOf(view) {
  const { positionMs, badge, ...rest } = view;
  return JSON.stringify([rest, badge.kind, badge.text]);
}

/**
 * The word for `participant.status`.
 * @param {Facts & {hidden: boolean, blocked: boolean}} f
 * @returns {import('../types.js').PlayerState}
 */
export function statusOf(f) {
  if (f.error) return 'failed';
  if (f.blocked || f.needsConsent) return 'blocked';
  if (f.alone) return 'alone';
  const state = f.reading?.state;
  if (state === 'ad') return 'ad';
  if (state === 'loading' || state === 'buffering' || state === 'seeking') return 'buffering';
  if (f.hidden) return 'hidden';
  return state === 'playing' ? 'playing' : 'paused';
}
