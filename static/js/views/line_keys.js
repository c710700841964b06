// @ts-check
import { find } from '../lib/dom.js';

/** @typedef {import('../models/chat.js').Line} Line */
/** @typedef {'mouse' | 'focus' | 'tap' | 'menu'} How */

const step_keys = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1 });

/**
 * How one gets to a line and to what can be done with it. The log is one stop of Tab; arrows go from line to line, and only the line with
 * the focus has its links and buttons in the tab order. Enter opens its actions, Escape leads back. A mouse points, a finger taps.
 * @param {import('./chat_log.js').ChatLog} log
 * @param {{wanted(line: Line, how: How): void, left(): void, out(): void}} told
 */
export function listen_to_lines(log, { wanted, left, out }) {
  const place = find('#chat-log');
  const list = log.list.node;
  const line_of = (/** @type {EventTarget | null} */ target) => {
    const line = log.list.line(/** @type {Element | null} */ (target));
    return line && line.seq !== null && !line.deleted ? line : undefined;
  };
  const want = (/** @type {EventTarget | null} */ target, /** @type {How} */ how) => {
    const line = line_of(target);
    if (line) wanted(line, how);
    else if (how !== 'focus') left();
  };

  place.addEventListener('keydown', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const item = /** @type {HTMLElement | null} */ (target.closest('.line-item'));
    const step = step_keys[event.key];
    if (step && (item || step < 0)) {
      if (target.closest('[role="toolbar"]') || (!item && target !== place)) return;
      log.step(item ? log.list.line(item) : undefined, step);
    } else if (item === target && (event.key === 'Enter' || event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10'))) want(target, 'menu');
    else if (event.key === 'Escape' && item) {
      if (item === target) out();
      else {
        item.tabIndex = -1;
        item.focus();
      }
    } else return;
    event.preventDefault();
  });
  list.addEventListener('focusin', (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    reachable(target.closest('.line-item'), true);
    if (target.matches(':focus-visible')) want(target, 'focus');
  });
  list.addEventListener('focusout', (event) => {
    const item = /** @type {Element} */ (event.target).closest('.line-item');
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (item?.contains(to)) return;
    reachable(item, false);
    if (!list.contains(to)) left();
  });
  list.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && want(event.target, 'mouse'));
  place.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && left());
  list.addEventListener('click', (event) => {
    const touch = /** @type {PointerEvent} */ (event).pointerType !== 'mouse' && event.detail > 0;
    if (touch && !(/** @type {Element} */ (event.target).closest('a, button')) && getSelection()?.isCollapsed !== false) want(event.target, 'tap');
  });
}

/** @param {Element | null} item @param {boolean} on */
function reachable(item, on) {
  for (const control of /** @type {NodeListOf<HTMLElement>} */ (item?.querySelectorAll('.line :is(a, button):not(.line-state *, [role="toolbar"] *)') ?? [])) control.tabIndex = on ? 0 : -1;
}
