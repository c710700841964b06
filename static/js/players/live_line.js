// @ts-check
import { Emitter } from '../lib/emitter.js';
import { backoff_ms } from '../models/connection.js';

/** @typedef {{later(task: () => void, ms: number): any, cancel(timer: any): void, random(): number}} LineParts */

/** A stream that is online says something at least once a second; without a word for so long the line is dead. */
const SILENT_MS = 8_000;
/** Says that the stream is not there, or not yet: after a restart the room comes back a moment later. */
const NO_SUCH_STREAM = 4004;

/**
 * A line to one live stream, which comes back by itself. Who extends it opens and closes it.
 *
 *   closed ─watch()─▶ opening ─first picture─▶ live
 *                       ▲  ▲                    │ line broke, or silent
 *                       │  └──── a picture ─────┤
 *                       └─ backoff ─ waiting ◀──┘            any ─watch(0)─▶ closed
 *
 * Says `state`.
 */
export class LiveLine extends Emitter {
  /** @type {'closed' | 'opening' | 'live' | 'waiting'} */
  state = 'closed';
  stream = 0;
  #parts;
  #timer = /** @type {any} */ (null);
  #attempt = 0;

  /** @param {LineParts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
  }

  /** @param {number} stream 0: none */
  watch(stream) {
    if (stream === this.stream) return;
    this.#leave();
    this.stream = stream;
    this.#attempt = 0;
    if (stream) this.#open();
    else this.#become('closed');
  }

  /** It may work now: the stream is back, or the room's connection is. */
  hurry() {
    if (this.state === 'waiting') this.#open();
  }

  /** A new line to `this.stream`; calls heard(). @protected */
  open_line() {}

  /** Nothing that the line still says counts. @protected */
  close_line() {}

  /** It gives up on a line that says nothing. @protected */
  heard() {
    this.#parts.cancel(this.#timer);
    this.#timer = this.#parts.later(() => this.broke(1006), SILENT_MS);
  }

  /** There is something to be seen. @protected */
  seen() {
    this.#attempt = 0;
    this.#become('live');
  }

  /** @protected @param {number} code of a WebSocket's close */
  broke(code) {
    this.#leave();
    this.#become('waiting');
    const wait = backoff_ms(code === NO_SUCH_STREAM ? 1006 : code, this.#attempt, this.#parts.random());
    this.#attempt += 1;
    this.#timer = this.#parts.later(() => this.#open(), wait);
  }

  #open() {
    this.#leave();
    this.#become('opening');
    this.open_line();
  }

  #leave() {
    this.#parts.cancel(this.#timer);
    this.close_line();
  }

  /** @param {LiveLine['state']} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }
}
