// @ts-check
/** Finds what may be clicked in a chat text: http(s) tokens only, each checked by the URL parser. Pure. */

const opening_for = /** @type {Record<string, string>} */ ({ ')': '(', ']': '[', '}': '{' });

/** A closing bracket belongs to the link when it opens inside it, as in many encyclopaedia addresses. @param {string} token */
function without_trailing_marks(token) {
  let end = token.length;
  for (; end > 0; end -= 1) {
    const last = token[end - 1];
    const opening = opening_for[last];
    if (opening) {
      const body = token.slice(0, end - 1);
      if (body.split(opening).length > body.split(last).length) break;
    } else if (!/[.,;:!?'"’”»…*_~]/.test(last)) break;
  }
  return token.slice(0, end);
}

/** @param {string} token @returns {string | null} */
function address(token) {
  if (!/^https?:\/\/[^/]/i.test(token)) return null;
  try {
    const url = new URL(token);
    // A name before the host is how one site is made to look like another; the browser would also send it there.
    if (url.username || url.password) return null;
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @returns {Array<{text: string, href?: string}>} the text in order; joined again it is exactly what came in
 */
export function split_links(text) {
  /** @type {Array<{text: string, href?: string}>} */
  const parts = [];
  const plain = (/** @type {string} */ piece) => {
    if (!piece) return;
    const last = parts.at(-1);
    if (last && !last.href) last.text += piece;
    else parts.push({ text: piece });
  };
  for (const token of text.split(/(\s+)/)) {
    const start = token.search(/https?:\/\//i);
    if (start < 0 || (start > 0 && /[\p{L}\p{N}]/u.test(token[start - 1]))) {
      plain(token);
      continue;
    }
    const shown = without_trailing_marks(token.slice(start));
    const href = address(shown);
    plain(token.slice(0, start));
    if (href) parts.push({ text: shown, href });
    else plain(shown);
    plain(token.slice(start + shown.length));
  }
  return parts;
}
