// @ts-check
import { Emitter } from '../lib/emitter.js';
import { clock_text } from '../lib/format.js';
import { t } from '../lib/strings.js';

/** @typedef {import('../types.js').Playback} Playback */
/** @typedef {{kind: 'set' | 'clear' | 'play' | 'pause' | 'seek' | 'rate', by: string, to?: string | number, undo: Undo | null}} Change to: the time or the speed after it */
/** @typedef {{url: string, position_ms: number | null} | {position_ms: number} | {rate: number}} Undo */

const jump_ms = 1_500;  // what a pause or a start moves the position by is no jump

/** Where a playback is at a time of the server's clock. @param {Playback} playback @param {number} server_ms */
export function position_at(playback, server_ms) {
  if (playback.phase !== 'playing') return playback.position_ms;
  return playback.position_ms + playback.rate * Math.max(0, server_ms - playback.at_ms);
}

/** The address of the film on the stage that is a file or a playlist, "" for YouTube, for what is live in the room and for none. @param {{now: Playback | null}} playback */
export function film_of({ now }) {
  return now?.media && (now.media.kind === 'file' || now.media.kind === 'hls') ? now.media.url : '';
}

/** The stream of the room that is its video, 0 = none. @param {{now: Playback | null}} playback */
export function stream_of({ now }) {
  return now?.media?.kind === 'stream' ? Number(now.media.url.split('/').at(-1)) : 0;
}

/**
 * What one state after another means to people, or null when it is nothing to speak of.
 * @param {Playback} before @param {Playback} after @returns {Change | null}
 */
export function change_between(before, after) {
  const by = after.by;
  if (before.media?.url !== after.media?.url) {
    const undo = before.media ? { url: before.media.url, position_ms: Math.round(position_at(before, after.at_ms)) } : { url: '', position_ms: null };
    return after.media ? { kind: 'set', by, undo } : { kind: 'clear', by, undo };
  }
  if (!after.media || before.op === after.op) return null;
  const was = position_at(before, after.at_ms);
  if (Math.abs(after.position_ms - was) > jump_ms) {
    return { kind: 'seek', by, to: clock_text(after.position_ms), undo: { position_ms: Math.round(was) } };
  }
  if (before.rate !== after.rate) return { kind: 'rate', by, to: after.rate, undo: { rate: before.rate } };
  if (before.phase === 'paused' && after.phase !== 'paused') return { kind: 'play', by, undo: null };
  if (before.phase !== 'paused' && after.phase === 'paused') return { kind: 'pause', by, to: after.media.live ? '' : clock_text(after.position_ms), undo: null };
  return null;
}

/** @param {Change} change @param {string | null} name null: it was oneself @returns {string} "Ana jumped to 1:00." */
export function change_text({ kind, to = '' }, name) {
  if (kind === 'pause' && to === '') return t('notice.pause_live', { name: name ?? '' });
  if (kind === 'play' || kind === 'pause') return t(`notice.${kind}`, { name: name ?? '', time: to });
  return name === null ? t(`notice.${kind}_you`, { time: to, rate: to }) : t(`notice.${kind}`, { name, time: to, rate: to });
}

/** The room's timeline as last heard; older states are ignored. */
export class PlaybackModel extends Emitter {
  /** @type {Playback | null} */
  now = null;

  /** @param {Playback} playback what a welcome says: taken as it is, no notice */
  welcome(playback) {
    this.now = playback;
    this.emit('change', playback);
  }

  /** @param {Playback} playback @returns {boolean} false when it is older than what we have */
  apply(playback) {
    const before = this.now;
    if (before && before.epoch === playback.epoch && playback.rev < before.rev) return false;
    this.now = playback;
    const change = before ? change_between(before, playback) : null;
    this.emit('change', playback);
    if (change) this.emit('noted', change);
    return true;
  }

  get rev() {
    return this.now?.rev ?? 0;
  }
}
