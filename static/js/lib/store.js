// @ts-check
/** Browser storage that may be blocked, full or hold nonsense: reading gives the fallback, writing never throws. */

/** @param {'localStorage' | 'sessionStorage'} kind @returns {Storage | null} */
function storage(kind) {
  try {
    return globalThis[kind] ?? null;
  } catch {
    return null;
  }
}

/**
 * @template T
 * @param {'localStorage' | 'sessionStorage'} kind
 * @param {string} key
 * @param {T} fallback
 * @returns {T}
 */
export function read_json(kind, key, fallback) {
  try {
    const text = storage(kind)?.getItem(key);
    return text ? JSON.parse(text) : fallback;
  } catch {
    return fallback;
  }
}

/** @param {'localStorage' | 'sessionStorage'} kind @param {string} key @param {unknown} value null removes it */
export function write_json(kind, key, value) {
  try {
    if (value === null) storage(kind)?.removeItem(key);
    else storage(kind)?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or blocked: it lives as long as the page, which is what the user's settings ask for.
  }
}
