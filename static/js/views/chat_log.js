// @ts-check
import { find, set_attribute, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { LogScroll } from './log_scroll.js';

/** @typedef {import('../models/chat.js').Line} Line */
/** @typedef {{after: number, before: number}} Gap */

const early_px = 1_200;   // history is asked for before its place is seen

/** The chat as one reads it: what is new, the way to it, and history that comes as one scrolls up. */
export class ChatLog {
  #newest = find('#chat-newest');
  #more = find('#chat-more');
  #unseen = 0;
  #told = 0;
  #read_out = true;
  #scroll;
  #options;

  /** @param {import('./log_scroll.js').ScrollOptions & {earlier(): void, seen(count: number): void}} options */
  constructor(options) {
    this.#options = options;
    this.#scroll = new LogScroll(options, () => this.#moved());
    this.#newest.addEventListener('click', () => this.#first_unseen() || this.to_newest());
    find('#chat-earlier').addEventListener('click', () => options.earlier());
  }

  get list() {
    return this.#scroll.list;
  }

  /** @param {string} me */
  set me(me) {
    this.#options.me = me;
  }

  /** Are new lines read out? While somebody reads further up, what is put in there is not. @param {boolean} on */
  set read_out(on) {
    this.#read_out = on;
    this.#set_live();
  }

  /** Is the end in view, so that what comes is painted? */
  get follows() {
    return this.#scroll.pinned;
  }

  get looking() {
    return this.#scroll.pinned && this.#scroll.visible && !document.hidden;
  }

  /** @param {Line[]} lines @param {number} from @param {boolean} more_before */
  paint(lines, from, more_before) {
    this.#more.hidden = !more_before;
    find('#chat-empty').hidden = lines.length > 0 || more_before;
    set_attribute(this.#scroll.node, 'aria-busy', 'false');
    const followed = this.#scroll.pinned;
    this.#scroll.paint(lines, from);
    if (followed !== this.#scroll.pinned) this.#tell();
  }

  /** A line of somebody else arrived. @param {number} seq */
  arrived(seq) {
    if (this.looking) return;
    this.#unseen += 1;
    this.#scroll.first_new ??= seq;
    this.#tell();
  }

  /** The line as it was said, in the middle and with the focus. @param {Line} line */
  show(line) {
    this.#focus(this.#scroll.index(line), 'center');
  }

  /** The focus goes to a neighbour. @param {Line | undefined} line from the end without one @param {number} step */
  step(line, step) {
    const { lines } = this.#scroll;
    const from = line ? this.#scroll.index(line) : this.#scroll.seen_end;
    const at = Math.max(0, Math.min(lines.length - 1, from + step));
    if (lines.length && at !== from) this.#focus(at, 'nearest');
  }

  /** @param {number} at @param {'center' | 'nearest'} where */
  #focus(at, where) {
    if (at < 0) return;
    this.#scroll.go_to(at, where);
    const node = this.#scroll.element(at);
    if (node) node.tabIndex = -1;
    node?.focus({ preventScroll: true });
    this.#tell();
  }

  /** To the mark of what is new, when it is still to come below. @returns {boolean} */
  #first_unseen() {
    const { first_new, pinned, lines, node } = this.#scroll;
    if (first_new === null || pinned) return false;
    const at = lines.findIndex((line) => line.seq === first_new);
    const element = this.#scroll.element(at);
    if (at < 0 || (element && element.getBoundingClientRect().top < node.getBoundingClientRect().bottom)) return false;
    this.#scroll.go_to(at, 'start');
    this.#tell();
    return true;
  }

  /** Own line: whoever writes wants to see it. */
  to_newest() {
    this.#scroll.follow();
    this.looked();
    this.#tell();
  }

  /** The page or the tab came into view. */
  looked() {
    if (!this.looking || !this.#unseen) return;
    this.#unseen = 0;
    this.#scroll.first_new = null;
    this.#tell();
  }

  shown() {
    this.#scroll.shown();
    this.looked();
  }

  #moved() {
    if (this.#scroll.pinned) this.looked();
    else {
      if (this.#scroll.node.scrollTop < early_px && !this.#more.hidden) this.#options.earlier();
      this.#fill_gap();
    }
    this.#tell();
  }

  /** What was not fetched comes when its place is near, from the end that one comes from. */
  #fill_gap() {
    const view = this.#scroll.node.getBoundingClientRect();
    for (const node of this.list.node.querySelectorAll('.line-gap')) {
      const box = node.getBoundingClientRect();
      const line = this.list.line(node);
      const gap = line && this.#options.gap(this.#scroll.lines[this.#scroll.index(line) - 1], line);
      if (gap && box.bottom > view.top - early_px && box.top < view.bottom + early_px) this.#options.fill(gap, box.top > view.top + view.height / 2);
    }
  }

  #set_live() {
    set_attribute(this.#scroll.node, 'aria-live', this.#read_out && this.#scroll.pinned ? 'polite' : 'off');
  }

  #tell() {
    this.#set_live();
    this.#newest.hidden = this.#scroll.pinned;
    set_text(find('#chat-newest-text'), this.#unseen ? t('chat.new_count', { n: this.#unseen }) : t('chat.newest'));
    if (this.#told !== this.#unseen) this.#options.seen(this.#unseen);
    this.#told = this.#unseen;
  }
}
