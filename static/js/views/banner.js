// @ts-check
import { el, find } from '../lib/dom.js';

/** One quiet line under the header. @param {string} text "" hides it @param {{text: string, act(): void} | null} [action] */
export function set_banner(text, action = null) {
  const banner = find('#banner');
  if (banner.dataset.text === text) return;
  banner.dataset.text = text;
  banner.hidden = text === '';
  banner.replaceChildren(text);
  if (action) banner.append(el('button', { class: 'text-button', type: 'button', onclick: action.act, text: action.text }));
}
