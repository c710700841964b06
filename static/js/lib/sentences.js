// @ts-check
/** Stable error codes of the wire → one clear sentence for a person. Pure. */
import { has, t } from './strings.js';

/** @param {{code: string, message?: string, detail?: unknown}} error @returns {string} */
export function sentence_for(error) {
  const key = error.code === 'bad_media' ? `link.${error.detail}` : `wire.${error.code}`;
  if (has(key)) return t(key);
  return error.code === 'bad_media' ? t('link.other') : error.message ?? t('wire.other');
}

/**
 * Why the server would not play a link, or fetch subtitles from it.
 * @param {{code: string, text: string}} refusal @param {boolean} [seen] it knows what is there; else the link itself is wrong
 */
export function preview_sentence({ code, text }, seen = true) {
  const key = seen ? `preview.${code}` : `link.${code}`;
  return has(key) ? t(key) : text;
}
