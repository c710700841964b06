// @ts-check
import { el } from '../lib/dom.js';

/** A coloured initial: the same person has the same colour everywhere. @param {string} id @param {string} name */
export function avatar(id, name) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 8192;
  const initial = [...name.trim()][0] ?? '?';
  return el('span', { class: 'avatar', 'data-hue': sum % 8, 'aria-hidden': 'true', text: initial.toLocaleUpperCase() });
}
