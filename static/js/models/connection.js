// @ts-check
import { Emitter } from '../lib/emitter.js';
import { wire_text } from '../lib/sendable.js';

/** @typedef {import('../types.js').ClientMessage} ClientMessage */
/** @typedef {import('../types.js').Reply} Reply */
/** @typedef {{send(text: string): void, close(code?: number): void, readyState: number, onopen: any, onmessage: any, onclose: any}} SocketLike */
/** @typedef {{open: () => SocketLike, later: (task: () => void, ms: number) => any, cancel: (timer: any) => void, random: () => number, join: () => object}} Parts */

/**
 *                                               door ◀─ stopped ──┐ enter ▲
 *   idle ─start─▶ connecting ─open, room.join─▶ joining ─room.welcome─▶ joined
 *                     ▲                            │ close               │ close
 *                     └──── backoff or online ── waiting ◀───────────────┘      any ─final close or refusal─▶ ended
 */

/** Why a connection does not come back by itself. */
const endings = /** @type {Record<number, string>} */ ({
  1008: 'policy', 4001: 'logged_out', 4003: 'removed', 4004: 'no_such_room', 4010: 'replaced', 4011: 'new_version',
});
/** The same code for several reasons: this one is the person's own doing, so it is told apart by its words. */
const too_many_tabs = 'too many tabs';
const refusals = ['no_such_room', 'room_full', 'room_closed'];
/** Something is asked of this person first; the socket stays. */
const stops = ['password_needed', 'wrong_password', 'account_needed', 'ask_first', 'slow_down'];
const open = 1;  // WebSocket.OPEN
const moved = 4005;
const first_wait_ms = 500;
const longest_wait_ms = 15_000;
const patience_ms = 10_000;
const password_patience_ms = 30_000;  // a busy server computes slowly on purpose

/**
 * @param {number} code close code of the last connection
 * @param {number} attempt 0 for the first try after a break
 * @param {number} random 0..1
 * @returns {number} how long to wait before the next try, in ms
 */
export function backoff_ms(code, attempt, random) {
  if (code === 1012 && attempt === 0) return random * 5_000;
  if (code === 4008) return 10_000 + random * 1_000;
  if (code === moved) return random * 500;
  const ceiling = Math.min(longest_wait_ms, first_wait_ms * 2 ** attempt);
  return ceiling / 2 + (random * ceiling) / 2;
}

const other_tab_ms = 1_000;

/**
 * After 4001: signing up or logging in in another tab ends the old session, but this browser has a new one a moment later. Asks for the room page once.
 * @param {(ms: number) => Promise<unknown>} wait
 * @param {() => Promise<{status: number, text(): Promise<string>}>} ask for the room page, anew
 * @returns {Promise<boolean>} the room lets this browser in
 */
export async function let_in_again(wait, ask) {
  try {
    await wait(other_tab_ms);
    const answer = await ask();
    return answer.status === 200 && (await answer.text()).includes('name="matinee-room"');
  } catch {
    return false;
  }
}

/** One WebSocket that keeps coming back. Says `state`, `message` (all but replies), `door` (a join was stopped, and why) and nothing else. */
export class Connection extends Emitter {
  /** @type {'idle' | 'connecting' | 'joining' | 'door' | 'joined' | 'waiting' | 'ended'} */
  state = 'idle';
  ending = '';
  attempt = 0;
  /** Somebody inside lets people in, and this page stands before the door. */
  #outside = false;
  /** @type {SocketLike | null} */
  #socket = null;
  #timer = /** @type {any} */ (null);
  #watch = /** @type {any} */ (null);
  #next_ref = 1;
  /** @type {Map<string, (reply: Reply) => void>} */
  #asked = new Map();
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
  }

  start() {
    if (this.#socket || this.state === 'ended') return;
    this.#parts.cancel(this.#timer);
    const socket = this.#parts.open();
    this.#socket = socket;
    this.#become('connecting');
    this.#timer = this.#parts.later(() => this.#drop(socket), patience_ms);
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#become('joining');
      this.#put({ type: 'room.join', ...this.#parts.join() });
    };
    socket.onmessage = (/** @type {{data: string}} */ event) => socket === this.#socket && this.#hear(event.data);
    socket.onclose = (/** @type {{code: number, reason?: string}} */ event) => socket === this.#socket && this.#closed(event.code, event.reason);
    // Opened before this page had all its scripts.
    if (socket.readyState === open) socket.onopen();
  }

  /** The network changed or the page woke up: no reason to sit out the backoff, and a silent connection is asked for a sign of life. */
  wake() {
    if (this.state === 'waiting') this.start();
    else if ((this.state === 'joined' || this.state === 'door') && !this.#watch) {
      const socket = this.#socket;
      this.#put({ type: 'clock.probe', t1: 0 });
      this.#watch = this.#parts.later(() => socket && this.#drop(socket), 4_000);
    }
  }

  /** After `replaced`, when somebody wants the room in this tab again. */
  restart() {
    if (this.state !== 'ended') return;
    this.#become('idle');
    this.start();
  }

  /** @param {string} reason */
  end(reason) {
    this.ending = reason;
    this.#become('ended');
    const socket = this.#socket;
    this.#forget();
    socket?.close(1000);
  }

  /** From the door: once more, with what was asked for. @param {string} [password] */
  enter(password) {
    if (this.state !== 'door') return;
    const socket = this.#socket;
    this.#become('joining');
    this.#timer = this.#parts.later(() => socket && this.#drop(socket), password_patience_ms);
    this.#put({ type: 'room.join', ...this.#parts.join(), ...(password === undefined ? {} : { password }) });
  }

  /** From the door: asks to be let in, or asks no longer. @param {boolean} on @returns {Promise<Reply>} */
  knock(on) {
    return this.#ask({ type: 'room.knock', on }, this.state === 'door');
  }

  /** @param {ClientMessage} message @returns {boolean} false: not connected, nothing was sent */
  send(message) {
    if (this.state !== 'joined' && !(this.state === 'joining' && message.type === 'clock.probe')) return false;
    this.#put(message);
    return true;
  }

  /** Sends with a ref; the answer always comes, if only as `connection_lost`. @param {ClientMessage} message @returns {Promise<Reply>} */
  request(message) {
    return this.#ask(message, this.state === 'joined');
  }

  /** @param {ClientMessage} message @param {boolean} heard @returns {Promise<Reply>} */
  #ask(message, heard) {
    return new Promise((resolve) => {
      const ref = `r${this.#next_ref++}`;
      if (!heard) return resolve(lost(ref));
      this.#put({ ...message, ref });
      this.#asked.set(ref, resolve);
    });
  }

  /** @param {object} message */
  #put(message) {
    this.#socket?.send(wire_text(message));
  }

  /** @param {string} text */
  #hear(text) {
    this.#parts.cancel(this.#watch);
    this.#watch = null;
    const message = JSON.parse(text);
    const asked = typeof message.ref === 'string' ? this.#asked.get(message.ref) : undefined;
    if (asked) {
      this.#asked.delete(message.ref);
      asked(message);
      return;
    }
    if (message.type === 'clock.reply' && message.t1 === 0) return;
    if (message.type === 'room.welcome') {
      this.attempt = 0;
      this.#outside = false;
      this.#parts.cancel(this.#timer);
      this.#become('joined');
    } else if (message.type === 'error' && this.state === 'joining' && refusals.includes(message.code)) {
      this.end(message.code);
      return;
    } else if (message.type === 'error' && this.state === 'joining' && stops.includes(message.code)) {
      this.#parts.cancel(this.#timer);
      this.#outside ||= message.code === 'ask_first';
      this.#become('door');
      this.emit('door', message);
      return;
    } else if (message.type === 'room.closed') this.end('room_closed');
    else if (message.type === 'you.were') this.end('removed');
    this.emit('message', message);
  }

  /** @param {SocketLike} socket */
  #drop(socket) {
    if (socket !== this.#socket) return;
    this.#closed(1006);
    socket.close();
  }

  /** @param {number} code @param {string} [reason] */
  #closed(code, reason) {
    const waited = this.state === 'door' && code === 1008;
    this.#forget();
    if (endings[code]) {
      const other = waited ? 'waited_at_door' : code === 1008 && reason === too_many_tabs ? 'too_many_tabs' : code === 4004 && this.#outside ? 'gone_at_door' : '';
      this.ending = other || endings[code];
      this.#become('ended');
      return;
    }
    this.#become('waiting');
    this.#timer = this.#parts.later(() => this.start(), backoff_ms(code, this.attempt, this.#parts.random()));
    this.attempt += 1;
  }

  #forget() {
    this.#socket = null;
    this.#parts.cancel(this.#timer);
    this.#parts.cancel(this.#watch);
    this.#watch = null;
    const asked = [...this.#asked];
    this.#asked.clear();
    for (const [ref, resolve] of asked) resolve(lost(ref));
  }

  /** @param {Connection['state']} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }
}

/** @param {string} ref @returns {Reply} */
const lost = (ref) => ({ type: 'error', ref, code: 'connection_lost', message: '' });
