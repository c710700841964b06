// @ts-check
import { Emitter } from '../lib/emitter.js';

/** @typedef {import('../types.js').WireError} WireError */
/** @typedef {import('../types.js').Reply} Reply */

const told = ['askers', 'refused', 'nobody'];

/**
 * What stands between this page and the room, before the welcome.
 *
 *   password ─given─▶ checking ─wrong─▶ password (wrong)          ask ─knock─▶ asking ─on─▶ (join)
 *   account                                                        ▲             │ refused, nobody, cancelled
 *                                                                  └─────────────┘
 * Who waits to be let in goes on waiting over a reconnect: the server keeps the place for ten seconds.
 */
export class Door extends Emitter {
  /** @type {'none' | 'password' | 'checking' | 'account' | 'ask' | 'asking'} */
  state = 'none';
  /** What there is to say beside it: wrong, slow_down, askers, refused, nobody, "" */
  note = '';
  retry_ms = 0;
  #parts;

  /** @param {{enter: (password?: string) => void, knock: (on: boolean) => Promise<Reply>}} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
  }

  /** The server stopped a join. @param {WireError} error */
  stopped(error) {
    switch (error.code) {
      case 'password_needed': return this.#become('password', '');
      case 'wrong_password': return this.#become('password', 'wrong');
      case 'account_needed': return this.#become('account', '');
      case 'slow_down': return this.#become('password', 'slow_down', error.retry_ms);
      default: return this.state === 'asking' ? void this.knock() : this.#become('ask', this.state === 'ask' ? this.note : '');
    }
  }

  /** @param {string} password */
  give(password) {
    if (this.state !== 'password') return;
    this.#become('checking', '');
    this.#parts.enter(password);
  }

  async knock() {
    this.#become('asking', '');
    const reply = await this.#parts.knock(true);
    // A connection that broke comes back, and asks again by itself.
    if (reply.type !== 'error' || reply.code === 'connection_lost' || this.state !== 'asking') return;
    // The answer may have come while this page slept: then it is told with the refusal to ask again so soon.
    if (reply.code === 'slow_down') this.#become('ask', told.includes(String(reply.detail)) ? String(reply.detail) : 'slow_down', reply.retry_ms);
    else this.stopped(reply);
  }

  cancel() {
    if (this.state !== 'asking') return;
    this.#become('ask', '');
    void this.#parts.knock(false);
  }

  /** @param {{on: boolean, why?: string}} answer */
  answered({ on, why = '' }) {
    if (this.state !== 'asking') return;
    if (!on && why !== 'changed') return this.#become('ask', why);
    this.#become('checking', '');
    this.#parts.enter();
  }

  opened() {
    this.#become('none', '');
  }

  /** @param {Door['state']} state @param {string} note @param {number} [retry_ms] */
  #become(state, note, retry_ms = 0) {
    this.state = state;
    this.note = note;
    this.retry_ms = retry_ms;
    this.emit('change');
  }
}
