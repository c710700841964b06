// @ts-check
import { el } from '../lib/dom.js';

/** Person → the address of their picture: everybody who is here, or was since the page was opened. @type {Map<string, string>} */
const pictures = new Map();

/** A person's picture, or a coloured initial: the same person has the same colour everywhere. @param {string} id @param {string} name */
export function avatar(id, name) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 8192;
  const initial = [...name.trim()][0] ?? '?';
  const node = el('span', { class: 'avatar', 'data-hue': sum % 8, 'data-person': id, 'aria-hidden': 'true', text: initial.toLocaleUpperCase() });
  hang(node, pictures.get(id));
  return node;
}

/**
 * Told by whoever hears of people; what is on the screen follows at once. Those who wrote and left before this page was opened keep
 * their initial: a message does not carry its author's picture.
 * @param {string} id @param {string | undefined} key of their picture; nothing: none
 */
export function picture_is(id, key) {
  const address = key && `/avatars/${id}/${key}`;
  if (pictures.get(id) === address) return;
  if (address) pictures.set(id, address);
  else pictures.delete(id);
  for (const node of document.querySelectorAll(`.avatar[data-person="${CSS.escape(id)}"]`)) hang(/** @type {HTMLElement} */ (node), address);
}

/** The initial stays below: it is what remains when the picture does not come. @param {HTMLElement} node @param {string | undefined} address */
function hang(node, address) {
  node.querySelector('img')?.remove();
  if (!address) return;
  const picture = el('img', { src: address, alt: '', width: 32, height: 32, loading: 'lazy', decoding: 'async' });
  picture.addEventListener('error', () => picture.remove());
  node.append(picture);
}
