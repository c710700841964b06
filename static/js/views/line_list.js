// @ts-check
import { find } from '../lib/dom.js';
import { line_element, look_of } from './chat_line.js';

/** @typedef {import('../models/chat.js').Line} Line */

/** @param {{author: string, id: string}} line */
export const key_of = (line) => `${line.author} ${line.id}`;

/** The elements of some lines in a row. While a line looks the same, so is its element; the focus stays where it was in a line that changes. */
export class LineList {
  node = find('#chat-list');
  /** @type {Map<string, {node: HTMLElement, look: string, line: Line}>} */
  #painted = new Map();
  #options;

  /** @param {import('./chat_line.js').LineOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @param {Line} line @returns {HTMLElement | undefined} */
  element(line) {
    return this.#painted.get(key_of(line))?.node;
  }

  /** @param {Element | null} inside @returns {Line | undefined} the line an element belongs to */
  line(inside) {
    const node = /** @type {HTMLElement | null | undefined} */ (inside?.closest('.line-item'));
    return node ? this.#painted.get(node.dataset.key ?? '')?.line : undefined;
  }

  /** The first line that reaches below a height on the screen. @param {number} edge @returns {{line: Line, top: number} | null} */
  first_below(edge) {
    const nodes = this.node.children;
    let [low, high] = [0, nodes.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (nodes[middle].getBoundingClientRect().bottom <= edge) low = middle + 1;
      else high = middle;
    }
    const line = this.line(nodes[low] ?? null);
    return line ? { line, top: nodes[low].getBoundingClientRect().top } : null;
  }

  /** Lines that the focus or a selection is in. @returns {Line[]} */
  held() {
    const selection = getSelection();
    const ends = selection?.isCollapsed === false ? [selection.anchorNode?.parentElement, selection.focusNode?.parentElement] : [];
    return [document.activeElement, ...ends].flatMap((node) => (node && this.node.contains(node) ? this.line(node) ?? [] : []));
  }

  /**
   * @param {Line[]} lines @param {number} first @param {number} last @param {number} from lines before it are as they were painted
   * @param {number | null} first_new seq of the line above which the mark of what is new stands
   */
  paint(lines, first, last, from, first_new) {
    if (this.#painted.size) this.#drop(lines, first, last);
    let previous = from > first ? this.element(lines[from - 1]) : undefined;
    for (let i = Math.max(first, previous ? from : first); i < last; i += 1) {
      const node = this.#element_for(lines, i, first_new !== null && lines[i].seq === first_new);
      const next = previous ? previous.nextElementSibling : this.node.firstElementChild;
      if (next !== node) this.node.insertBefore(node, next);
      previous = node;
    }
  }

  /** @param {Line[]} lines @param {number} i @param {boolean} is_new */
  #element_for(lines, i, is_new) {
    const [before, line] = [lines[i - 1], lines[i]];
    const look = look_of(before, line, is_new, this.#options);
    const key = key_of(line);
    const painted = this.#painted.get(key);
    if (painted?.look === look) {
      painted.line = line;
      return painted.node;
    }
    const node = line_element(before, line, is_new, this.#options);
    node.dataset.key = key;
    this.#painted.set(key, { node, look, line });
    if (painted) swap(painted.node, node);
    return node;
  }

  /** @param {Line[]} lines @param {number} first @param {number} last */
  #drop(lines, first, last) {
    const kept = new Set();
    for (let i = first; i < last; i += 1) kept.add(key_of(lines[i]));
    for (const [key, { node }] of this.#painted) {
      if (kept.has(key)) continue;
      // Whoever was here goes on from the log itself.
      if (node.contains(document.activeElement)) find('#chat-log').focus({ preventScroll: true });
      node.remove();
      this.#painted.delete(key);
    }
  }
}

/** @param {HTMLElement} old @param {HTMLElement} fresh */
function swap(old, fresh) {
  const focused = /** @type {HTMLElement | null} */ (old.contains(document.activeElement) ? document.activeElement : null);
  // What stands on a line for a while, such as its actions, goes over to the new element, while there is something to act on.
  if (!fresh.querySelector('.line-gone')) for (const guest of old.querySelectorAll('[data-guest]')) fresh.querySelector('.line')?.append(guest);
  old.replaceWith(fresh);
  if (!focused) return;
  if (fresh.contains(focused)) return focused.focus({ preventScroll: true });
  const same = focused.dataset.act ? fresh.querySelector(`[data-act="${CSS.escape(focused.dataset.act)}"]`) : null;
  const target = /** @type {HTMLElement} */ (same ?? fresh);
  if (target === fresh) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
