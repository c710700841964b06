// @ts-check
import { Emitter } from '../lib/emitter.js';
import { read_frame } from '../lib/live_frame.js';
import { backoff_ms } from '../models/connection.js';

/** @typedef {import('../lib/live_frame.js').LiveFrame} LiveFrame */
/** @typedef {{close(): void}} Picture */
/**
 * @typedef {{
 *   open(stream: number): {close(code?: number): void, onopen: any, onmessage: any, onclose: any},
 *   decode(jpeg: Uint8Array<ArrayBuffer>): Promise<Picture>,
 *   later(task: () => void, ms: number): any, cancel(timer: any): void, random(): number,
 * }} Parts
 */

/** A stream that is online says something at least once a second; without a word for so long the line is dead. */
const SILENT_MS = 8_000;
/** Says that the stream is not there, or not yet: after a restart the room comes back a moment later. */
const NO_SUCH_STREAM = 4004;

/**
 * One stream's pictures, newest first: while one is being decoded only the newest of those that come is kept, so nothing ever queues.
 *
 *   closed ─watch()─▶ opening ─first picture─▶ live
 *                       ▲  ▲                    │ line broke, or silent
 *                       │  └──── a picture ─────┤
 *                       └─ backoff ─ waiting ◀──┘            any ─watch(0)─▶ closed
 *
 * Says `picture` ({picture, frame}: draw it now, it is closed afterwards), `still` (frame: the picture before is still the newest) and `state`.
 */
export class LiveStreamPlayer extends Emitter {
  /** @type {'closed' | 'opening' | 'live' | 'waiting'} */
  state = 'closed';
  stream = 0;
  #parts;
  /** @type {ReturnType<Parts['open']> | null} */
  #socket = null;
  #timer = /** @type {any} */ (null);
  #attempt = 0;
  #decoding = false;
  /** @type {LiveFrame | null} */
  #next = null;

  /** @param {Parts} parts */
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

  #open() {
    this.#leave();
    const socket = this.#parts.open(this.stream);
    this.#socket = socket;
    this.#become('opening');
    this.#listen(socket);
    socket.onmessage = (/** @type {{data: unknown}} */ event) => {
      if (socket !== this.#socket || !(event.data instanceof ArrayBuffer)) return;
      this.#listen(socket);
      const frame = read_frame(event.data);
      if (frame) this.#take(frame);
    };
    socket.onclose = (/** @type {{code: number}} */ event) => socket === this.#socket && this.#broke(event.code);
  }

  /** Gives up on a line that says nothing. @param {object} socket */
  #listen(socket) {
    this.#parts.cancel(this.#timer);
    this.#timer = this.#parts.later(() => socket === this.#socket && this.#broke(1006), SILENT_MS);
  }

  #leave() {
    this.#parts.cancel(this.#timer);
    this.#next = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /** @param {number} code */
  #broke(code) {
    this.#leave();
    this.#become('waiting');
    const wait = backoff_ms(code === NO_SUCH_STREAM ? 1006 : code, this.#attempt, this.#parts.random());
    this.#attempt += 1;
    this.#timer = this.#parts.later(() => this.#open(), wait);
  }

  /** @param {LiveFrame} frame */
  #take(frame) {
    if (!frame.jpeg) {
      // The same picture as one that still waits for its turn: that one is then shown with the newer time.
      if (this.#next) this.#next = { ...frame, jpeg: this.#next.jpeg };
      else if (!this.#decoding && this.state === 'live') this.emit('still', frame);
      return;
    }
    this.#next = frame;
    if (!this.#decoding) this.#decode();
  }

  async #decode() {
    this.#decoding = true;
    while (this.#next && this.#next.jpeg) {
      const frame = this.#next;
      this.#next = null;
      try {
        const picture = await this.#parts.decode(/** @type {Uint8Array<ArrayBuffer>} */ (frame.jpeg));
        if (this.#socket) this.#draw(picture, frame);
        picture.close();
      } catch {
        // A picture that this browser cannot read: the next one may be better.
      }
    }
    this.#decoding = false;
  }

  /** @param {Picture} picture @param {LiveFrame} frame */
  #draw(picture, frame) {
    if (frame.stream !== this.stream) return;
    this.#attempt = 0;
    this.emit('picture', { picture, frame });
    this.#become('live');
  }

  /** @param {LiveStreamPlayer['state']} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }
}
