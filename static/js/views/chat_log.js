// @ts-check
import { find, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { line_element, look_of } from './chat_line.js';

/** @typedef {import('../models/chat.js').Line} Line */

const near_px = 48;

/**
 * Paints the lines of the chat. Only what is different from line `from` on is touched, in the same task as the message came, so that a
 * line is on the screen as soon as it can be.
 */
export class ChatLog {
  #log = find('#chat-log');
  #list = find('#chat-list');
  #newest = find('#chat-newest');
  #more = find('#chat-more');
  /** @type {Map<string, {node: HTMLElement, look: string}>} by author and id */
  #painted = new Map();
  #pinned = true;
  #unseen = 0;
  /** @type {number | null} seq of the first line that came while nobody was looking */
  #first_new = null;
  #options;

  /** @param {import('./chat_line.js').LineOptions & {earlier(): void, seen(count: number): void}} options */
  constructor(options) {
    this.#options = options;
    this.#log.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#newest.addEventListener('click', () => this.#first_unseen() || this.to_newest());
    find('#chat-earlier').addEventListener('click', () => options.earlier());
    new ResizeObserver(() => this.#pinned && this.#to_end()).observe(this.#log);
  }

  /** @param {string} me */
  set me(me) {
    this.#options.me = me;
  }

  get looking() {
    return this.#pinned && !document.hidden && this.#log.offsetParent !== null;
  }

  /** @param {Line[]} lines @param {number} from @param {boolean} more_before */
  paint(lines, from, more_before) {
    const height = this.#log.scrollHeight;
    const top = this.#log.scrollTop;
    const oldest = this.#list.firstElementChild;
    this.#keep_only(lines, from);
    this.#place(lines, from);
    this.#more.hidden = !more_before;
    find('#chat-empty').hidden = lines.length > 0 || more_before;
    this.#log.setAttribute('aria-busy', 'false');
    if (this.#pinned) this.#to_end();
    else if (oldest !== this.#list.firstElementChild) this.#log.scrollTop = top + this.#log.scrollHeight - height;
  }

  /** A line of somebody else arrived. @param {number} seq */
  arrived(seq) {
    if (this.looking) return;
    this.#unseen += 1;
    this.#first_new ??= seq;
    this.#tell();
  }

  /** The line as it was said, in the middle and with the focus. @param {Line | import('../types.js').Message} line */
  show(line) {
    const node = this.#painted.get(key_of(line))?.node;
    if (!node) return;
    this.#pinned = false;
    node.tabIndex = -1;
    node.scrollIntoView({ block: 'center' });
    node.focus({ preventScroll: true });
  }

  /** To the mark of what is new, when it is still to come below. @returns {boolean} */
  #first_unseen() {
    const mark = this.#list.querySelector('.line-new');
    if (this.#first_new === null || !mark || mark.getBoundingClientRect().top < this.#log.getBoundingClientRect().bottom) return false;
    mark.scrollIntoView({ block: 'start' });
    return true;
  }

  /** Own line: whoever writes wants to see it. */
  to_newest() {
    this.#pinned = true;
    this.#to_end();
    this.looked();
  }

  /** The page or the tab came into view. */
  looked() {
    if (!this.looking || !this.#unseen) return;
    this.#unseen = 0;
    this.#first_new = null;
    this.#tell();
  }

  /** The panel was hidden, where nothing can be scrolled. */
  shown() {
    if (this.#pinned) this.#to_end();
    this.looked();
  }

  /** @param {Line[]} lines @param {number} from */
  #keep_only(lines, from) {
    if (from > 0 && lines.length >= this.#painted.size) return;
    const keys = new Set(lines.map(key_of));
    for (const [key, { node }] of this.#painted) {
      if (keys.has(key)) continue;
      node.remove();
      this.#painted.delete(key);
    }
  }

  /** @param {Line[]} lines @param {number} from */
  #place(lines, from) {
    let previous = from > 0 ? this.#painted.get(key_of(lines[from - 1]))?.node : undefined;
    for (let i = from; i < lines.length; i += 1) {
      const first_new = this.#first_new !== null && lines[i].seq === this.#first_new;
      const look = look_of(lines[i - 1], lines[i], first_new, this.#options);
      const key = key_of(lines[i]);
      let painted = this.#painted.get(key);
      if (!painted || painted.look !== look) {
        const node = line_element(lines[i - 1], lines[i], first_new, this.#options);
        painted?.node.replaceWith(node);
        painted = { node, look };
        this.#painted.set(key, painted);
      }
      const next = previous ? previous.nextElementSibling : this.#list.firstElementChild;
      if (next !== painted.node) this.#list.insertBefore(painted.node, next);
      previous = painted.node;
    }
  }

  #scrolled() {
    this.#pinned = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < near_px;
    if (this.#pinned) this.looked();
    this.#tell();
    if (this.#log.scrollTop < near_px && !this.#more.hidden && !this.#pinned) this.#options.earlier();
  }

  #to_end() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #tell() {
    this.#newest.hidden = this.#pinned;
    set_text(find('#chat-newest-text'), this.#unseen ? t('chat.new_count', { n: this.#unseen }) : t('chat.newest'));
    this.#options.seen(this.#unseen);
  }
}

/** @param {{author: string, id: string}} line */
const key_of = (line) => `${line.author} ${line.id}`;
