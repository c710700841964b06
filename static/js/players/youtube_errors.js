// @ts-check
// YouTube's error numbers as sentences a person can act on.
import { has, t } from '../lib/strings.js';

/** @param {unknown} number @returns {[code: string, text: string]} */
export function describeError(number) {
  const key = `youtube.error_${number}`;
  return typeof number === 'number' && has(key) ? [`youtube_${number}`, t(key)] : ['youtube_error', t('youtube.error_other')];
}
