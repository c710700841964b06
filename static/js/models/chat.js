// @ts-check
import { Emitter } from '../lib/emitter.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {{id: string, text: string, at_ms: number, reply_to?: number, sent: boolean, failed?: string}} Unsent */
/** @typedef {{id: string, seq: number | null, author: string, name: string, text: string, at_ms: number, state: 'sent' | 'sending' | 'failed', why?: string, reply_to?: number, media?: string, media_time_ms?: number}} Line */

const kept_lines = 1_500;

/**
 * The conversation: what the room said, ordered by seq, and below it what was typed here and is not yet confirmed.
 * Unsent texts outlive a reload through `save`; `changed` names the first line that is different.
 */
export class Chat extends Emitter {
  /** @type {Message[]} ordered by seq */
  messages = [];
  /** @type {Unsent[]} */
  unsent;
  more_before = false;
  epoch = 0;
  me = { id: '', name: '' };
  #save;

  /** @param {{unsent?: Unsent[], save?: (unsent: Unsent[]) => void}} [options] */
  constructor({ unsent = [], save = () => {} } = {}) {
    super();
    this.unsent = unsent.filter((one) => typeof one?.id === 'string' && typeof one.text === 'string').map((one) => ({ ...one, sent: true }));
    this.#save = save;
  }

  get last_seq() {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** @returns {Line[]} */
  lines() {
    const said = this.messages.map((m) => /** @type {Line} */ ({ ...m, state: 'sent' }));
    return [...said, ...this.unsent.map((one) => this.#line_of(one))];
  }

  /** @param {Unsent} one @returns {Line} */
  #line_of(one) {
    return { id: one.id, seq: null, author: this.me.id, name: this.me.name, text: one.text, at_ms: one.at_ms, state: one.failed ? 'failed' : 'sending', why: one.failed, reply_to: one.reply_to };
  }

  /** @param {{you: string, messages: Message[], more_before: boolean, resumed: boolean, epoch: number}} welcome @param {string} name */
  welcome({ you, messages, more_before, resumed, epoch }, name) {
    const continues = resumed && epoch === this.epoch;
    this.me = { id: you, name };
    this.epoch = epoch;
    if (!continues) {
      this.messages = [];
      this.more_before = more_before;
    }
    for (const message of messages) this.#insert(message);
    this.#changed(0);
  }

  /** @param {Message} message */
  receive(message) {
    this.#changed(this.#insert(message));
    if (this.messages.length > kept_lines * 1.2) {
      this.messages = this.messages.slice(-kept_lines);
      this.more_before = true;
      this.#changed(0);
    }
  }

  /** @param {{messages: Message[], more_before: boolean}} page @param {number} before the seq that was asked for */
  page({ messages, more_before }, before) {
    if (before <= (this.messages[0]?.seq ?? Infinity)) this.more_before = more_before;
    for (const message of messages) this.#insert(message);
    this.#changed(0);
  }

  /** Keeps the order by seq; the same seq or the same (author, id) is the same message. @param {Message} message @returns {number} first changed line */
  #insert(message) {
    let at = this.messages.length;
    while (at > 0 && this.messages[at - 1].seq > message.seq) at -= 1;
    const mine = message.author === this.me.id ? this.unsent.findIndex((one) => one.id === message.id) : -1;
    if (mine >= 0) {
      this.unsent.splice(mine, 1);
      this.#save(this.unsent);
    }
    if (this.messages[at - 1]?.seq === message.seq) return this.messages.length;
    this.messages.splice(at, 0, message);
    return at;
  }

  /** The newest gap in what we hold, as a question for history. @returns {{before: number, limit: number} | null} */
  hole() {
    for (let i = this.messages.length - 1; i > 0; i -= 1) {
      const missing = this.messages[i].seq - this.messages[i - 1].seq - 1;
      if (missing > 0) return { before: this.messages[i].seq, limit: Math.min(100, missing) };
    }
    return null;
  }

  /** @param {number} seq @returns {Message | null} null: not here (yet) */
  said(seq) {
    let [low, high] = [0, this.messages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.messages[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return this.messages[low]?.seq === seq ? this.messages[low] : null;
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
