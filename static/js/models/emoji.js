// @ts-check
/** The emoji by group, found by words, and those used lately. Pure. */

/** @typedef {{emoji: string, name: string, words: string[]}} Emoji */
/** @typedef {{name: string, emoji: Emoji[]}} Group */

const found_max = 120;
const recent_max = 24;

/** Without case and accents, as people type when they search. @param {string} text */
const plain = (text) => text.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

/** @param {{groups: {name: string, emoji: string[]}[]}} data as static/data holds it @returns {Group[]} */
export function read_groups(data) {
  return data.groups.map(({ name, emoji }) => ({
    name,
    emoji: emoji.map((text) => {
      const [sign, label, more = ''] = text.split('|');
      return { emoji: sign, name: label, words: plain(`${label} ${more}`).split(/[^\p{L}\p{N}+-]+/u).filter(Boolean) };
    }),
  }));
}

/**
 * Every word that was typed begins one of the emoji's; those whose name begins so come first.
 * @param {Group[]} groups @param {string} query @returns {Emoji[]}
 */
export function search_emoji(groups, query) {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  const rank = (/** @type {Emoji} */ one) => {
    if (one.words[0] === wanted[0]) return 0;
    if (one.words[0].startsWith(wanted[0])) return 1;
    return plain(one.name).split(' ').some((word) => word.startsWith(wanted[0])) ? 2 : 3;
  };
  return groups.flatMap((group) => group.emoji)
    .filter((one) => one.emoji === query.trim() || wanted.every((word) => one.words.some((own) => own.startsWith(word))))
    .map((one) => ({ one, rank: rank(one) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, found_max)
    .map(({ one }) => one);
}

/** @param {unknown} stored @returns {string[]} */
export const checked_recent = (stored) => (Array.isArray(stored) ? stored.filter((one) => typeof one === 'string' && one.length > 0 && one.length <= 32).slice(0, recent_max) : []);

/** @param {string[]} recent @param {string} emoji */
export const used = (recent, emoji) => [emoji, ...recent.filter((one) => one !== emoji)].slice(0, recent_max);
