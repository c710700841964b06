// @ts-check
import { el, find } from '../lib/dom.js';

/** @typedef {{name: string, text: string, bad?: boolean}} Entry */

/**
 * Opens a menu at a button (WAI-ARIA menu button): arrows move, Escape closes and gives the focus back.
 * @param {HTMLElement} button
 * @param {Entry[]} entries
 * @param {(name: string) => void} chosen
 */
export function open_menu(button, entries, chosen) {
  const items = entries.map((entry) => el('button', { role: 'menuitem', type: 'button', tabindex: '-1', 'data-tone': entry.bad && 'bad', text: entry.text }));
  const menu = el('div', { class: 'menu', role: 'menu', 'aria-label': button.getAttribute('aria-label') }, ...items);
  const stop = new AbortController();
  const close = (/** @type {boolean} */ refocus) => {
    stop.abort();
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    if (refocus) button.focus();
  };
  for (const [index, item] of items.entries()) {
    item.addEventListener('click', () => {
      close(true);
      chosen(entries[index].name);
    });
  }
  menu.addEventListener('keydown', (event) => {
    event.stopPropagation();
    const now = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: now + 1, ArrowUp: now - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[to % items.length].focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close(true);
    }
  });
  find('#main').append(menu);
  place(menu, button);
  button.setAttribute('aria-expanded', 'true');
  items[0]?.focus();
  addEventListener('pointerdown', (event) => {
    if (menu.contains(/** @type {Node} */ (event.target))) return;
    // The button's own click would open it again.
    if (button.contains(/** @type {Node} */ (event.target))) button.addEventListener('click', (click) => click.stopPropagation(), { once: true, capture: true });
    close(false);
  }, { signal: stop.signal, capture: true });
  addEventListener('resize', () => close(false), { signal: stop.signal });
}

/** Below the button, or above where there is no room. @param {HTMLElement} menu @param {HTMLElement} button */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const own = menu.getBoundingClientRect();
  const below = at.bottom + own.height + 8 < innerHeight;
  menu.style.setProperty('top', `${Math.max(8, below ? at.bottom + 4 : at.top - own.height - 4)}px`);
  menu.style.setProperty('left', `${Math.max(8, at.right - own.width)}px`);
}
