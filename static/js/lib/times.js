// @ts-check
/** Finds times of a video in a chat text: 0:07, 12:30, 1:02:03. Pure. */

const shapes = [/^(\d{1,3}):([0-5]\d)$/, /^(\d{1,2}):([0-5]\d):([0-5]\d)$/];

/** @param {string} token @returns {number | null} */
function time_of(token) {
  const found = shapes.map((shape) => shape.exec(token)).find(Boolean);
  if (!found) return null;
  return found.slice(1).reduce((all, part) => all * 60 + Number(part), 0) * 1000;
}

/**
 * A time stands by itself: not in a word, a number, a score with more colons or a version.
 * @param {string} text
 * @returns {Array<{text: string, at_ms?: number}>} the text in order; joined again it is exactly what came in
 */
export function split_times(text) {
  /** @type {Array<{text: string, at_ms?: number}>} */
  const parts = [];
  let done = 0;
  for (const found of text.matchAll(/\d[\d:]*\d/g)) {
    const [token, start] = [found[0], found.index ?? 0];
    const [before, after] = [text.slice(Math.max(0, start - 2), start), text.slice(start + token.length, start + token.length + 2)];
    const at_ms = /[\p{L}\p{N}:.,/_-]$/u.test(before) || /^(?:[\p{L}\p{N}_/]|[.,:-]\d|:)/u.test(after) && !/^:(?:\s|$)/u.test(after) ? null : time_of(token);
    if (at_ms === null) continue;
    if (start > done) parts.push({ text: text.slice(done, start) });
    parts.push({ text: token, at_ms });
    done = start + token.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}
