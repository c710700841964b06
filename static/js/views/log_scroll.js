// @ts-check
import { find } from '../lib/dom.js';
import { LogWindow } from '../models/log_window.js';
import { LineList } from './line_list.js';

/** @typedef {import('../models/chat.js').Line} Line */
/** @typedef {import('./chat_line.js').LineOptions & {place(seq: number): number}} ScrollOptions */

const near_px = 48;

/**
 * The scrolling of the chat: only lines near what is seen are elements, empty room stands for the others, and what is read stays in its
 * place. Nothing is measured when a message arrives at the end, so that it is on the screen as soon as it can be: the scroll position
 * follows in the frame that paints it.
 */
export class LogScroll {
  node = find('#chat-log');
  #above = find('#chat-above');
  #below = find('#chat-below');
  #window = new LogWindow();
  /** @type {Line[]} */
  lines = [];
  pinned = true;
  /** @type {number | null} seq of the line above which the mark of what is new stands */
  first_new = null;
  #visible = true;
  #painted = { first: 0, last: 0 };
  #end_is_due = false;
  #top = 0;
  /** The line that stays where it is while others change, and how far below the top edge. @type {{line: Line, offset: number} | null} */
  #anchor = null;
  #options;
  #moved;

  /** @param {ScrollOptions} options @param {() => void} moved after the place that is seen has changed */
  constructor(options, moved) {
    this.#options = options;
    this.#moved = moved;
    this.list = new LineList(options);
    this.node.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    const resized = new ResizeObserver(() => this.#resized());
    resized.observe(this.node);
    resized.observe(this.list.node);
    // Whoever has walked through the lines and leaves them at the end follows again.
    this.list.node.addEventListener('focusout', () => setTimeout(() => this.#scrolled()));
  }

  /** Is the panel open, so that there is something to see? */
  get visible() {
    return this.#visible;
  }

  /** The index after the last line that is seen. */
  get seen_end() {
    const edge = this.node.getBoundingClientRect().bottom;
    let at = this.#window.last;
    while (at > this.#window.first && (this.element(at - 1)?.getBoundingClientRect().top ?? edge) >= edge) at -= 1;
    return at;
  }

  /** @param {Line[]} lines @param {number} from the first that is different */
  paint(lines, from) {
    this.lines = lines;
    const anchor_at = this.pinned ? -1 : this.index(this.#anchor?.line);
    if (anchor_at < 0) {
      this.pinned = true;
      this.#window.follow(lines.length);
      return this.#place(from);
    }
    const { first, last } = this.#window;
    this.#window.around(anchor_at, this.node.clientHeight, lines.length, this.#held());
    // Somebody reads far from where something came.
    if (first === this.#window.first && last === this.#window.last && from >= last) return this.#room();
    this.#place(from);
    return this.#hold();
  }

  /** @param {Line | undefined} line @returns {number} index, or -1 */
  index(line) {
    if (!line) return -1;
    if (line.seq === null) return this.lines.findLastIndex((one) => one.id === line.id && one.author === line.author);
    return this.#options.place(line.seq);
  }

  /** @param {number} at @returns {HTMLElement | undefined} */
  element(at) {
    return this.lines[at] && this.list.element(this.lines[at]);
  }

  /** @param {number} at @param {'center' | 'start' | 'nearest'} where */
  go_to(at, where) {
    this.pinned = false;
    if (!this.element(at) || at - this.#window.first < 2 || this.#window.last - at < 3) {
      this.#window.around(at, this.node.clientHeight, this.lines.length, where === 'nearest' ? this.#held() : []);
      if (where !== 'nearest') this.#window.absorb(0);
      this.#place(0);
      if (where === 'nearest') this.#hold();
    }
    this.element(at)?.scrollIntoView({ block: where });
    this.#remember();
  }

  follow() {
    if (this.pinned) return;
    this.pinned = true;
    this.#window.follow(this.lines.length);
    this.#place(0);
    this.to_end();
  }

  to_end() {
    this.node.scrollTop = this.node.scrollHeight;
    this.#top = this.node.scrollTop;
  }

  /** The panel was hidden, where nothing can be scrolled. */
  shown() {
    this.#visible = true;
    if (this.pinned) this.to_end();
  }

  /** Elements and empty room as the window says. @param {number} from lines before it are as they were */
  #place(from) {
    const { first, last } = this.#window;
    const whole = first < this.#painted.first || from > this.#painted.last;
    this.list.paint(this.lines, first, last, whole ? 0 : from, this.first_new);
    this.#painted = { first, last };
    this.#room();
    if (!this.pinned || this.#end_is_due) return;
    this.#end_is_due = true;
    requestAnimationFrame(() => {
      this.#end_is_due = false;
      if (this.pinned) this.to_end();
    });
  }

  #room() {
    this.#above.style.setProperty('block-size', `${this.#window.above_px}px`);
    this.#below.style.setProperty('block-size', `${this.#window.below_px}px`);
  }

  #scrolled() {
    const { scrollTop: top, scrollHeight, clientHeight } = this.node;
    // Content that grows moves the end away without anybody scrolling. Whoever walks through the lines is not led to the end.
    if (scrollHeight - top - clientHeight < near_px) this.pinned = this.#window.last === this.lines.length && !this.list.node.querySelector(':focus-visible');
    else if (top < this.#top - 1) this.pinned = false;
    this.#top = top;
    if (!this.pinned) this.#follow_scroll();
    this.#moved();
  }

  /** Other lines come in when those that are there run out. */
  #follow_scroll() {
    const [view, box] = [this.node.getBoundingClientRect(), this.list.node.getBoundingClientRect()];
    this.#window.learn(box.height);
    if (box.top > view.bottom || box.bottom < view.top) {
      const at = Math.max(0, Math.min(this.lines.length - 1, this.#window.at(view.top - box.top + this.#window.above_px, box.height)));
      this.#anchor = this.lines[at] ? { line: this.lines[at], offset: 0 } : null;
      this.#move(at, view.height, []);
    } else {
      this.#remember();
      if (this.#window.is_short(view.top - box.top, box.bottom - view.bottom, view.height)) this.#move(this.index(this.#anchor?.line), view.height, this.#held());
    }
  }

  /** @param {number} at @param {number} height_px @param {number[]} held */
  #move(at, height_px, held) {
    if (at < 0) return;
    this.#window.around(at, height_px, this.lines.length, held);
    this.#place(0);
    this.#hold();
  }

  /** Which line is the first that is seen, and where. */
  #remember() {
    const edge = this.node.getBoundingClientRect().top;
    const found = this.list.first_below(edge);
    this.#anchor = found && { line: found.line, offset: found.top - edge };
  }

  /** Puts the remembered line where it was. */
  #hold() {
    const node = this.element(this.index(this.#anchor?.line));
    if (!node || !this.#anchor) return;
    const moved = node.getBoundingClientRect().top - this.node.getBoundingClientRect().top - this.#anchor.offset;
    if (Math.abs(moved) < 0.5) return;
    const rest = this.#window.absorb(moved);
    this.#room();
    if (Math.abs(rest) >= 0.5) this.node.scrollTop += rest;
    this.#top = this.node.scrollTop;
  }

  #held() {
    return this.list.held().map((line) => this.index(line)).filter((at) => at >= 0);
  }

  #resized() {
    this.#visible = this.node.clientHeight > 0;
    if (!this.#visible) return;
    if (this.pinned) this.to_end();
    else this.#hold();
  }
}
