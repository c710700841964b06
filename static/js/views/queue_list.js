// @ts-check
import { el, find, icon, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { item_title, place_after_move } from '../models/queue.js';

/** @typedef {import('../types.js').QueueItem} QueueItem */

/**
 * The queue as a list. An item is dragged by its grip, or moved by the arrow keys while the grip has the focus.
 * @param {{move(item: number, before: number | null): void, menu(button: HTMLElement, item: QueueItem): void, play(item: QueueItem): void}} on
 */
export function make_queue_list(on) {
  const list = find('#queue-list');
  /** @type {QueueItem[]} */
  let items = [];
  let dragged = /** @type {HTMLElement | null} */ (null);
  const id_of = (/** @type {Element | null} */ node) => Number(node?.closest('[data-item]')?.getAttribute('data-item') ?? 0);
  const button_of = (/** @type {Event} */ event, /** @type {string} */ name) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(`[data-${name}]`));

  /** @param {QueueItem} item @param {{may_move: boolean, may_play: boolean, has_menu: boolean}} facts */
  const row = (item, { may_move, may_play, has_menu }) => el('li', { class: 'queue-item', 'data-item': item.id },
    may_move && el('button', { class: 'queue-grip', type: 'button', 'data-grip': '', 'aria-label': t('queue.move', { title: item_title(item) }), title: t('queue.move_hint') }, icon('grip')),
    el('div', { class: 'queue-words' },
      el('p', { class: 'queue-title', text: item_title(item), title: item.media.url }),
      el('p', { class: 'queue-by', text: t('queue.added_by', { name: item.name || t('queue.somebody') }) })),
    may_play && el('button', { class: 'icon-button', type: 'button', 'data-play': '', 'aria-label': t('queue.watch_item', { title: item_title(item) }), title: t('queue.watch_now') }, icon('play')),
    has_menu && el('button', { class: 'icon-button', type: 'button', 'data-more': '', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': t('queue.item_menu', { title: item_title(item) }) }, icon('more')));

  list.addEventListener('click', (event) => {
    const item = items.find((one) => one.id === id_of(/** @type {Element} */ (event.target)));
    if (!item) return;
    const more = button_of(event, 'more');
    if (more) on.menu(more, item);
    else if (button_of(event, 'play')) on.play(item);
  });

  list.addEventListener('keydown', (event) => {
    if (!button_of(event, 'grip')) return;
    const by = { ArrowUp: -1, ArrowDown: 1, Home: -items.length, End: items.length }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const item = id_of(/** @type {Element} */ (event.target));
    const before = place_after_move(items, item, by);
    if (before !== undefined) on.move(item, before);
  });

  // Pointer events instead of HTML drag and drop: that one knows no touch.
  list.addEventListener('pointerdown', (event) => {
    const grip = button_of(event, 'grip');
    if (!grip || event.button !== 0) return;
    dragged = /** @type {HTMLElement} */ (grip.closest('[data-item]'));
    dragged.classList.add('queue-dragged');
    grip.setPointerCapture(event.pointerId);
  });
  list.addEventListener('pointermove', (event) => {
    if (!dragged) return;
    const rows = [...list.children].filter((one) => one !== dragged);
    const next = rows.find((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    if ((next ?? null) !== dragged.nextElementSibling) list.insertBefore(dragged, next ?? null);
  });
  const drop = (/** @type {boolean} */ done) => {
    if (!dragged) return;
    const node = dragged;
    dragged = null;
    node.classList.remove('queue-dragged');
    const order = [...list.children].map((one) => id_of(one));
    if (!done || order.every((id, index) => id === items[index]?.id)) return repaint();
    on.move(id_of(node), id_of(node.nextElementSibling) || null);
  };
  list.addEventListener('pointerup', () => drop(true));
  list.addEventListener('pointercancel', () => drop(false));

  /** @type {(item: QueueItem) => {may_move: boolean, may_play: boolean, has_menu: boolean}} */
  let facts = () => ({ may_move: false, may_play: false, has_menu: false });
  let painted = '';

  // The buttons of a row are made anew with it; whichever had the focus gets it back.
  function repaint() {
    const now = /** @type {HTMLElement | null} */ (document.activeElement);
    const held = now && list.contains(now) ? { item: id_of(now), what: ['grip', 'play', 'more'].find((name) => `data-${name}` in now.attributes || now.hasAttribute(`data-${name}`)) } : null;
    list.replaceChildren(...items.map((item) => row(item, facts(item))));
    if (held?.what) /** @type {HTMLElement | null} */ (list.querySelector(`[data-item="${held.item}"] [data-${held.what}]`))?.focus();
  }

  return {
    /** @param {QueueItem[]} now @param {typeof facts} of */
    paint(now, of) {
      items = now;
      facts = of;
      const key = JSON.stringify(now.map((item) => [item.id, item_title(item), item.name, of(item)]));
      set_text(find('#queue-count'), now.length ? String(now.length) : '');
      find('#queue-empty').hidden = now.length > 0;
      if (dragged || key === painted) return;
      painted = key;
      repaint();
    },
  };
}
