// @ts-check
/** Where the words of a search stand in a text. Pure. */

const before_units = 50;
const shown_units = 180;
const plain = (/** @type {string} */ text) => text.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
const words_of = (/** @type {string} */ text) => [...text.matchAll(/[\p{L}\p{N}\p{M}_]+/gu)].map((found) => ({ at: found.index ?? 0, word: found[0] }));

/**
 * A piece of the text around the first word that was searched for, in parts; those that were searched for are hits.
 * @param {string} text @param {string} query
 * @returns {Array<{text: string, hit?: true}>}
 */
export function hits(text, query) {
  const wanted = words_of(query).map(({ word }) => plain(word));
  const flat = text.replace(/\s+/gu, ' ').trim();
  const words = words_of(flat);
  const found = words.filter(({ word }) => wanted.some((one) => plain(word).startsWith(one)));
  const start = words.find(({ at }) => at >= (found[0]?.at ?? 0) - before_units)?.at ?? 0;
  const from = start < before_units / 2 ? 0 : start;
  const to = whole(flat, from + shown_units);
  /** @type {Array<{text: string, hit?: true}>} */
  const parts = [];
  let done = from;
  for (const { at, word } of found) {
    if (at < from || at + word.length > to) continue;
    if (at > done) parts.push({ text: flat.slice(done, at) });
    parts.push({ text: word, hit: true });
    done = at + word.length;
  }
  if (done < to) parts.push({ text: flat.slice(done, to) });
  return [...(from > 0 ? [{ text: '… ' }] : []), ...parts, ...(to < flat.length ? [{ text: '…' }] : [])];
}

/** Never half of a character. @param {string} text @param {number} at */
function whole(text, at) {
  if (at >= text.length) return text.length;
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at;
}
