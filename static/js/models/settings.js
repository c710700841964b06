// @ts-check
import { Emitter } from '../lib/emitter.js';
import { read_json, write_json } from '../lib/store.js';

/**
 * What one person set for themselves in this browser. The theme has a key of its own because theme.js reads it before the first paint.
 * @typedef {{theme: 'system' | 'dark' | 'light', ask_first: boolean, letter_keys: boolean, announce: 'all' | 'mentions' | 'off', volume: number, muted: boolean, theatre: boolean,
 *   notify: boolean, lock_screen: boolean,
 *   sound_offset_ms: number}} Values sound_offset_ms: how much earlier this person's player runs, because the sound reaches them late
 */

export const sound_offset_most_ms = 1000;

/** @type {Values} */
export const default_settings = { theme: 'system', ask_first: false, letter_keys: true, announce: 'all', volume: 1, muted: false, theatre: false, notify: false, lock_screen: false, sound_offset_ms: 0 };

/** @param {Partial<Values>} stored @returns {Values} only known keys of the right type survive */
export function checked_settings(stored) {
  const result = { ...default_settings };
  for (const key of /** @type {Array<keyof Values>} */ (Object.keys(default_settings))) {
    const value = stored?.[key];
    if (typeof value === typeof default_settings[key]) Object.assign(result, { [key]: value });
  }
  if (!['system', 'dark', 'light'].includes(result.theme)) result.theme = 'system';
  if (!['all', 'mentions', 'off'].includes(result.announce)) result.announce = 'all';
  result.volume = Number.isFinite(result.volume) ? Math.min(1, Math.max(0, result.volume)) : 1;
  result.sound_offset_ms = Number.isFinite(result.sound_offset_ms) ? Math.round(Math.min(sound_offset_most_ms, Math.max(-sound_offset_most_ms, result.sound_offset_ms))) : 0;
  return result;
}

export class Settings extends Emitter {
  /** @type {Values} */
  values = checked_settings(read_json('localStorage', 'matinee.settings', {}));

  /** @param {Partial<Values>} change */
  set(change) {
    this.values = checked_settings({ ...this.values, ...change });
    write_json('localStorage', 'matinee.settings', this.values);
    this.emit('change', this.values);
  }
}
