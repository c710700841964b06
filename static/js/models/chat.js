// @ts-check
import { Emitter } from '../lib/emitter.js';
import { t } from '../lib/strings.js';
import { Messages } from './messages.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {{id: string, text: string, at_ms: number, reply_to?: number, sent: boolean, failed?: string}} Unsent */
/**
 * @typedef {Omit<Message, 'seq'> & {seq: number | null, state: 'sent' | 'sending' | 'failed', why?: string, by?: string}} Line
 *   by: who deleted it, while that is known
 * @typedef {Partial<Omit<Message, 'seq'>> & {by?: string}} Change
 */

const kept_lines = 10_000;
const kept_news = 200;

/**
 * The conversation: what the room said, ordered by seq, and below it what was typed here and is not yet confirmed.
 * Unsent texts outlive a reload through `save`; `changed` names the first line that is different.
 */
export class Chat extends Emitter {
  messages = new Messages();
  /** @type {Unsent[]} */
  unsent;
  more_before = false;
  epoch = 0;
  /** How many changes of messages were heard of, for coming back. */
  change = 0;
  me = { id: '', name: '' };
  /** What became of messages lately, for pages that were read before it. @type {Map<number, Change>} */
  #news = new Map();
  #save;

  /** @param {{unsent?: Unsent[], save?: (unsent: Unsent[]) => void}} [options] */
  constructor({ unsent = [], save = () => {} } = {}) {
    super();
    this.unsent = unsent.filter((one) => typeof one?.id === 'string' && typeof one.text === 'string').map((one) => ({ ...one, sent: true }));
    this.#save = save;
  }

  get last_seq() {
    return this.messages.lines.at(-1)?.seq ?? 0;
  }

  get first_seq() {
    return this.messages.lines[0]?.seq ?? undefined;
  }

  /** Not to be written to. @returns {Line[]} */
  lines() {
    return this.unsent.length ? [...this.messages.lines, ...this.unsent.map((one) => this.#line_of(one))] : this.messages.lines;
  }

  /** @param {Unsent} one @returns {Line} */
  #line_of(one) {
    return { id: one.id, seq: null, author: this.me.id, name: this.me.name, text: one.text, at_ms: one.at_ms, state: one.failed ? 'failed' : 'sending', why: one.failed, reply_to: one.reply_to };
  }

  /** @param {{you: string, messages: Message[], more_before: boolean, resumed: boolean, epoch: number, change?: number, changed?: Message[]}} welcome @param {string} name */
  welcome({ you, messages, more_before, resumed, epoch, change = 0, changed = [] }, name) {
    const continues = resumed && epoch === this.epoch;
    this.me = { id: you, name };
    this.epoch = epoch;
    this.change = change;
    if (!continues) {
      this.messages.clear();
      this.#news.clear();
      this.more_before = more_before;
    }
    for (const message of messages) this.#insert(message);
    for (const message of changed) this.messages.change(message.seq, { edited_at_ms: undefined, deleted: undefined, reactions: undefined, ...message });
    this.#changed(0);
  }

  /** @param {Message} message */
  receive(message) {
    this.#changed(this.#insert(message));
    if (this.messages.length > kept_lines * 1.2) {
      this.messages.keep_newest(kept_lines);
      this.more_before = true;
      this.#changed(0);
    }
  }

  /** @param {{messages: Message[], more_before: boolean}} page @param {number} before the seq that was asked for */
  page({ messages, more_before }, before) {
    const oldest = this.first_seq;
    const from = more_before ? messages[0]?.seq ?? before : 0;
    if (oldest === undefined || from < oldest) this.more_before = more_before;
    for (const message of messages) this.#insert(message);
    this.messages.covered(from, before, oldest);
    this.#changed(0);
  }

  /** Keeps the order by seq; the same seq or the same (author, id) is the same message. @param {Message} message @returns {number} first changed line */
  #insert(message) {
    const mine = message.author === this.me.id ? this.unsent.findIndex((one) => one.id === message.id) : -1;
    if (mine >= 0) {
      this.unsent.splice(mine, 1);
      this.#save(this.unsent);
    }
    const news = this.#news.get(message.seq);
    // What an account wrote that has ended since carries no name.
    const named = message.name ? message : { ...message, name: t('chat.deleted_account') };
    const at = this.messages.insert(news ? { ...named, ...news } : named);
    return at < 0 ? this.messages.length : at;
  }

  /** @param {{seq: number, text: string, edited_at_ms: number, change?: number}} edit */
  edited({ seq, text, edited_at_ms, change }) {
    this.#happened(seq, change, { text, edited_at_ms });
  }

  /** @param {{seq: number, by: string, change?: number}} deletion */
  deleted({ seq, by, change }) {
    this.#happened(seq, change, { text: '', deleted: true, by, reactions: undefined, media: undefined, media_time_ms: undefined });
  }

  /** @param {{seq: number, reactions: import('../types.js').Reaction[], change?: number}} state */
  reactions({ seq, reactions, change }) {
    this.#happened(seq, change, { reactions });
  }

  /** @param {number} seq @param {number | undefined} number @param {Change} change */
  #happened(seq, number, change) {
    this.change = number ?? this.change;
    this.#news.set(seq, { ...this.#news.get(seq), ...change });
    if (this.#news.size > kept_news) this.#news.delete(/** @type {number} */ (this.#news.keys().next().value));
    const at = this.messages.change(seq, change);
    if (at >= 0) this.#changed(at);
  }

  /** The newest gap that nobody jumped over, as a question for history. */
  hole() {
    return this.messages.hole();
  }

  /** @param {number} seq @returns {Line | null} null: not here (yet) */
  said(seq) {
    return this.messages.get(seq);
  }

  /** What one's own last word was, for Arrow up. @returns {Line | null} */
  last_own() {
    return this.messages.lines.findLast((line) => line.author === this.me.id && !line.deleted) ?? null;
  }

  /** Painted at once as "sending". @param {string} text @param {string} id @param {number} now_ms @param {number} [reply_to] @returns {Unsent} */
  post(text, id, now_ms, reply_to) {
    const one = { id, text, at_ms: now_ms, ...(reply_to ? { reply_to } : {}), sent: false };
    this.unsent.push(one);
    this.#save(this.unsent);
    this.#changed(this.messages.length + this.unsent.length - 1);
    return one;
  }

  /** The wire form of what waits; from the second time on it says so. @param {Unsent} one */
  wire(one) {
    const message = { type: 'chat.post', id: one.id, text: one.text, ...(one.reply_to ? { reply_to: one.reply_to } : {}), ...(one.sent ? { again: true } : {}) };
    one.sent = true;
    return message;
  }

  /** @returns {Unsent[]} what to send (again) after joining */
  waiting() {
    return this.unsent.filter((one) => !one.failed);
  }

  /** @param {string} id @param {string} why shown at the line */
  refused(id, why) {
    const index = this.unsent.findIndex((one) => one.id === id);
    if (index < 0) return;
    this.unsent[index].failed = why;
    this.#save(this.unsent);
    this.#changed(this.messages.length + index);
  }

  /** @param {string} id @returns {Unsent | null} ready to be sent again */
  retry(id) {
    const one = this.unsent.find((candidate) => candidate.id === id);
    if (!one) return null;
    delete one.failed;
    this.#changed(this.messages.length);
    return one;
  }

  /** @param {string} id */
  discard(id) {
    this.unsent = this.unsent.filter((one) => one.id !== id);
    this.#save(this.unsent);
    this.#changed(this.messages.length);
  }

  /** @param {number} from */
  #changed(from) {
    this.emit('changed', { from });
  }
}
