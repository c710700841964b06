// @ts-check
import { Emitter } from '../lib/emitter.js';
import { read_json, write_json } from '../lib/store.js';

/**
 * What one person set for themselves. The first five go with an account to every browser, the others are this browser's: how loud it is,
 * how the stage lies, what the system around the page may do, and how late its sound comes.
 * @typedef {{theme: 'system' | 'dark' | 'light', motion: 'system' | 'reduced' | 'full', announce: 'all' | 'mentions' | 'off', ask_first: boolean, letter_keys: boolean}} Preferences
 * @typedef {Preferences & {volume: number, muted: boolean, theatre: boolean, notify: boolean, lock_screen: boolean, sound_offset_ms: number}} Values
 *   sound_offset_ms: how much earlier this person's player runs, because the sound reaches them late
 */

export const sound_offset_most_ms = 1000;

/** @type {Values} */
export const default_settings = { theme: 'system', motion: 'system', announce: 'all', ask_first: false, letter_keys: true, volume: 1, muted: false, theatre: false, notify: false, lock_screen: false, sound_offset_ms: 0 };

const preference_names = /** @type {const} */ (['theme', 'motion', 'announce', 'ask_first', 'letter_keys']);
/** @type {Record<string, string[]>} */
const words = { theme: ['system', 'dark', 'light'], motion: ['system', 'reduced', 'full'], announce: ['all', 'mentions', 'off'] };

/** @param {Partial<Values>} stored @returns {Values} only known keys of the right type survive */
export function checked_settings(stored) {
  const result = { ...default_settings };
  for (const key of /** @type {Array<keyof Values>} */ (Object.keys(default_settings))) {
    const value = stored?.[key];
    const fits = typeof value === typeof default_settings[key] && (!(key in words) || words[key].includes(String(value)));
    if (fits) Object.assign(result, { [key]: value });
  }
  result.volume = Number.isFinite(result.volume) ? Math.min(1, Math.max(0, result.volume)) : 1;
  result.sound_offset_ms = Number.isFinite(result.sound_offset_ms) ? Math.round(Math.min(sound_offset_most_ms, Math.max(-sound_offset_most_ms, result.sound_offset_ms))) : 0;
  return result;
}

/** As the form of the account page would send them: a switch that is off is not there. @param {Preferences} values */
export function preferences_form(values) {
  const form = new URLSearchParams({ theme: values.theme, motion: values.motion, announce: values.announce });
  for (const name of /** @type {const} */ (['ask_first', 'letter_keys'])) if (values[name]) form.set(name, 'on');
  return form;
}

/** Says `change`, and `preferences` when something is different that goes with an account. */
export class Settings extends Emitter {
  /** @type {Values} */
  values;
  #account;

  /** @param {Partial<Preferences>} [account] what the account says: it wins over this browser's */
  constructor(account) {
    super();
    this.#account = account !== undefined;
    this.values = checked_settings({ ...read_json('localStorage', 'matinee.settings', {}), ...account });
  }

  /** @param {Partial<Values>} change */
  set(change) {
    const before = this.values;
    this.values = checked_settings({ ...before, ...change });
    // An account's preferences are not left in a browser that somebody else may use next.
    const { theme, motion, announce, ask_first, letter_keys, ...browsers_own } = this.values;
    write_json('localStorage', 'matinee.settings', this.#account ? { ...read_json('localStorage', 'matinee.settings', {}), ...browsers_own } : this.values);
    this.emit('change', this.values);
    if (preference_names.some((name) => before[name] !== this.values[name])) this.emit('preferences', this.values);
  }
}
