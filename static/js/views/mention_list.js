// @ts-check
import { el, find, set_attribute } from '../lib/dom.js';
import { offered, typed_name } from '../lib/mentions.js';

/**
 * Names to choose from while an @ is typed. The focus stays in the box; arrows choose, Enter or Tab takes, Escape closes.
 * Must be made before the composer: its keys come first.
 * @param {() => string[]} names who is here, without oneself
 */
export function make_mention_list(names) {
  const text = /** @type {HTMLTextAreaElement} */ (find('#chat-text'));
  const list = find('#mention-list');
  let shown = /** @type {string[]} */ ([]);
  let chosen = 0;
  let closed_at = -1;  // the @ that Escape was pressed for

  const paint = () => {
    list.hidden = shown.length === 0;
    list.replaceChildren(...shown.map((name, i) => el('li', { id: `mention-${i}`, class: 'mention', role: 'option', dir: 'auto', 'aria-selected': String(i === chosen), onclick: () => take(i), text: name })));
    set_attribute(text, 'aria-activedescendant', shown.length ? `mention-${chosen}` : null);
  };
  const look = () => {
    const typed = text.selectionStart === text.selectionEnd ? typed_name(text.value, text.selectionStart) : null;
    if (!typed) closed_at = -1;
    const found = typed && typed.start !== closed_at ? offered(typed.part, names()) : [];
    // A whole name is not in need of completion: Enter sends.
    const next = found.length === 1 && typed && found[0] === typed.part.trimEnd() ? [] : found;
    if (next.join('\n') === shown.join('\n')) return;
    shown = next;
    chosen = 0;
    paint();
  };
  const close = () => {
    shown = [];
    paint();
  };
  /** @param {number} index */
  function take(index) {
    const typed = typed_name(text.value, text.selectionStart);
    const name = shown[index];
    close();
    if (!typed) return;
    text.setRangeText(`@${name} `, typed.start, text.selectionStart, 'end');
    closed_at = typed.start;
    text.dispatchEvent(new Event('input', { bubbles: true }));
    text.focus();
  }

  text.addEventListener('keydown', (event) => {
    if (!shown.length || event.isComposing || event.shiftKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      chosen = (chosen + step + shown.length) % shown.length;
      paint();
    } else if (event.key === 'Enter' || event.key === 'Tab') take(chosen);
    else if (event.key === 'Escape') {
      closed_at = typed_name(text.value, text.selectionStart)?.start ?? -1;
      close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  text.addEventListener('input', look);
  text.addEventListener('click', look);
  text.addEventListener('blur', close);
  // A press on a name must not take the focus out of the box.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('mousedown', (event) => event.preventDefault());
}
