// @ts-check
import { read_frame } from '../lib/live_frame.js';
import { LiveLine } from './live_line.js';

/** @typedef {import('../lib/live_frame.js').LiveFrame} LiveFrame */
/** @typedef {{close(): void}} Picture */
/**
 * @typedef {{
 *   open(stream: number): {close(code?: number): void, onopen: any, onmessage: any, onclose: any},
 *   decode(jpeg: Uint8Array<ArrayBuffer>): Promise<Picture>,
 *   later(task: () => void, ms: number): any, cancel(timer: any): void, random(): number,
 * }} Parts
 */

/**
 * One stream's pictures, newest first: while one is being decoded only the newest of those that come is kept, so nothing ever queues.
 *
 * Says `picture` ({picture, frame}: draw it now, it is closed afterwards), `still` (frame: the picture before is still the newest) and `state`.
 */
export class LiveStreamPlayer extends LiveLine {
  #parts;
  /** @type {ReturnType<Parts['open']> | null} */
  #socket = null;
  #decoding = false;
  /** @type {LiveFrame | null} */
  #next = null;

  /** @param {Parts} parts */
  constructor(parts) {
    super(parts);
    this.#parts = parts;
  }

  /** @protected @override */
  open_line() {
    const socket = this.#parts.open(this.stream);
    this.#socket = socket;
    this.heard();
    socket.onmessage = (/** @type {{data: unknown}} */ event) => {
      if (socket !== this.#socket || !(event.data instanceof ArrayBuffer)) return;
      this.heard();
      const frame = read_frame(event.data);
      if (frame) this.#take(frame);
    };
    socket.onclose = (/** @type {{code: number}} */ event) => socket === this.#socket && this.broke(event.code);
  }

  /** @protected @override */
  close_line() {
    this.#next = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
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
    this.emit('picture', { picture, frame });
    this.seen();
  }
}
