// @ts-check
import { find, set_text } from '../lib/dom.js';

/** Every dialog closes by its button, by Escape and by a click beside it; the browser gives the focus back. */
export function wire_dialogs() {
  for (const dialog of /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll('dialog'))) {
    dialog.addEventListener('click', (event) => {
      const target = /** @type {Element} */ (event.target);
      if (target.closest('[data-close]')) dialog.close();
      else if (target === dialog && outside(dialog, event)) dialog.close();
    });
  }
}

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
function outside(dialog, event) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** @param {string} id */
export function open_dialog(id) {
  const dialog = /** @type {HTMLDialogElement} */ (find(`#${id}`));
  if (!dialog.open) dialog.showModal();
  return dialog;
}

export const any_dialog_open = () => document.querySelector('dialog[open]') !== null;

/**
 * @param {{title: string, text: string, action: string, danger?: boolean}} words danger: what cannot be taken back wears its colour
 * @returns {Promise<boolean>}
 */
export function confirm_dialog({ title, text, action, danger = false }) {
  set_text(find('#confirm-title'), title);
  set_text(find('#confirm-text'), text);
  const button = find('#confirm-do');
  set_text(button, action);
  button.classList.toggle('danger', danger);
  const dialog = open_dialog('confirm');
  return new Promise((resolve) => {
    let agreed = false;
    button.onclick = () => {
      agreed = true;
      dialog.close();
    };
    dialog.addEventListener('close', () => resolve(agreed), { once: true });
  });
}
