// @ts-check
import { el, icon } from '../lib/dom.js';

/** @typedef {{name: string, label: string, icon?: string, emoji?: string, pressed?: boolean}} Action */

/**
 * What can be done with one line, on the line itself: one bar that goes from line to line. Arrows move in it (WAI-ARIA toolbar).
 * Its coming and going is no news of the log, so it is not read out.
 */
export class LineToolbar {
  #bar = el('div', { class: 'line-actions', role: 'toolbar', 'aria-live': 'off', 'data-guest': '', onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) });
  #chosen;

  /** @param {(name: string, button: HTMLElement) => void} chosen */
  constructor(chosen) {
    this.#chosen = chosen;
  }

  get node() {
    return this.#bar;
  }

  get has_focus() {
    return this.#bar.contains(document.activeElement);
  }

  /** @param {HTMLElement} item the line's element @param {string} label @param {Action[]} actions */
  show(item, label, actions) {
    if (this.#bar.isConnected && item.contains(this.#bar) && this.#bar.getAttribute('aria-label') === label) return;
    this.#bar.setAttribute('aria-label', label);
    this.#bar.replaceChildren(...actions.map((action, index) => el('button', {
      class: 'line-action', type: 'button', tabindex: index ? '-1' : '0', 'aria-label': action.label, title: action.label, 'data-act': action.name,
      'aria-pressed': action.pressed === undefined ? null : String(action.pressed), 'aria-haspopup': action.name === 'pick' && 'dialog',
      onclick: (/** @type {Event} */ event) => this.#chosen(action.name, /** @type {HTMLElement} */ (event.currentTarget)),
    }, action.icon ? icon(action.icon) : el('span', { 'aria-hidden': 'true', text: action.emoji }))));
    if (!actions.length) return this.hide();
    this.#bar.removeAttribute('data-below');
    item.querySelector('.line')?.append(this.#bar);
    // Over the line, or under it where the log ends above.
    const edge = item.closest('[role="log"]')?.getBoundingClientRect().top ?? 0;
    this.#bar.toggleAttribute('data-below', this.#bar.getBoundingClientRect().top < edge);
  }

  hide() {
    this.#bar.remove();
  }

  focus() {
    /** @type {HTMLElement | null} */ (this.#bar.firstElementChild)?.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.#bar.children]);
    const now = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[to % buttons.length];
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }
}
