// @ts-check
/** Which key means what. Pure; silent while somebody writes, and where a key already has a meaning of its own. */

/** @typedef {'toggle' | 'back5' | 'forward5' | 'back10' | 'forward10' | 'louder' | 'quieter' | 'fullscreen' | 'theatre' | 'mute' | 'chat' | 'search' | 'help'} KeyIntent */
/** @typedef {{key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, isComposing?: boolean, defaultPrevented?: boolean}} KeyPress */
/** @typedef {'text' | 'control' | 'page'} Place where the focus is: a text field, another control, or neither */

/** @type {Record<string, KeyIntent>} */
const named = { ' ': 'toggle', ArrowLeft: 'back5', ArrowRight: 'forward5', ArrowUp: 'louder', ArrowDown: 'quieter' };
/** @type {Record<string, KeyIntent>} */
const letters = { k: 'toggle', j: 'back10', l: 'forward10', f: 'fullscreen', t: 'theatre', m: 'mute', c: 'chat', '/': 'search', '?': 'help' };

/** @param {KeyPress} press @param {Place} place @param {boolean} letters_on @returns {KeyIntent | null} */
export function intent_of(press, place, letters_on) {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing || press.defaultPrevented || place === 'text') return null;
  if (named[press.key]) return place === 'page' ? named[press.key] : null;
  return letters_on ? letters[press.key.toLowerCase()] ?? null : null;
}

/** @param {{tagName?: string, type?: string, isContentEditable?: boolean, role?: string | null} | null} target @returns {Place} */
export function place_of(target) {
  const tag = target?.tagName ?? 'BODY';
  if (tag === 'TEXTAREA' || tag === 'SELECT' || target?.isContentEditable) return 'text';  // a list takes letters to find its entries
  if (tag === 'INPUT') return ['range', 'checkbox', 'radio', 'button', 'submit'].includes(target?.type ?? '') ? 'control' : 'text';
  if (['BUTTON', 'A', 'SUMMARY', 'VIDEO', 'LI'].includes(tag) || target?.role === 'log' || target?.role === 'tabpanel') return 'control';
  return 'page';
}
