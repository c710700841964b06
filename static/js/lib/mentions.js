// @ts-check
/** @names in a chat text: who is meant, and which name is being typed. Pure. */

const longest_part = 60;
const most_offered = 6;
const plain = (/** @type {string} */ text) => text.toLocaleLowerCase();

/** @param {string} text @param {string} name @returns {boolean} is this name called, as a whole? */
export function mentions(text, name) {
  const [all, wanted] = [plain(text), `@${plain(name)}`];
  if (wanted.length < 2) return false;
  for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
    if (!/[\p{L}\p{N}_]$/u.test(all.slice(Math.max(0, at - 2), at)) && !/^[\p{L}\p{N}_]/u.test(all.slice(at + wanted.length, at + wanted.length + 2))) return true;
  }
  return false;
}

/** @param {string} text @param {number} caret @returns {{start: number, part: string} | null} the name under way: where its @ stands */
export function typed_name(text, caret) {
  const start = text.lastIndexOf('@', caret - 1);
  if (start < 0 || caret - start > longest_part || /[^\s([{"'“]$/u.test(text.slice(0, start))) return null;
  const part = text.slice(start + 1, caret);
  return /[\n\t]|^\s/.test(part) ? null : { start, part };
}

/** @param {string} part @param {string[]} names @returns {string[]} those who begin so come first, then those with a later word that does */
export function offered(part, names) {
  const wanted = plain(part);
  const rank = (/** @type {string} */ name) => (plain(name).startsWith(wanted) ? 0 : plain(name).includes(` ${wanted}`) ? 1 : 2);
  return [...new Set(names)].filter((name) => rank(name) < 2).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b)).slice(0, most_offered);
}
