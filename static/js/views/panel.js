// @ts-check
import { find } from '../lib/dom.js';

/**
 * The tabs of the panel: arrow keys move between them, one of them is in the tab order (WAI-ARIA, tabs with automatic activation).
 * @param {(name: string) => void} shown called with "chat", "queue" or "people"
 */
export function make_tabs(shown) {
  const tabs = ['chat', 'queue', 'people'].map((name) => ({ name, tab: find(`#tab-${name}`), panel: find(`#panel-${name}`) }));

  const select = (/** @type {string} */ name) => {
    for (const one of tabs) {
      const on = one.name === name;
      one.tab.setAttribute('aria-selected', String(on));
      one.tab.tabIndex = on ? 0 : -1;
      one.panel.hidden = !on;
    }
    shown(name);
  };

  for (const [index, { name, tab }] of tabs.entries()) {
    tab.addEventListener('click', () => select(name));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -index, End: tabs.length - 1 - index }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = tabs[(index + step + tabs.length) % tabs.length];
      select(next.name);
      next.tab.focus();
    });
  }
  return { select, is_open: (/** @type {string} */ name) => !find(`#panel-${name}`).hidden };
}
