// @ts-check
/** @typedef {import('./chat.js').Chat} Chat */
/** @typedef {{chat: Chat, send: (message: import('../types.js').ClientMessage) => boolean, later: (task: () => void, ms: number) => any}} Parts */

/**
 * What was written goes out one after the other: the next when the room has answered the one before. So the room keeps the order of
 * writing, however much was written offline and however often it asks for a pause.
 */
export class Outbox {
  /** id of the message whose answer is awaited */
  #flying = '';
  #paused = false;
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Sends the oldest one that waits, unless it is on its way. */
  pump() {
    const [next] = this.#parts.chat.waiting();
    if (this.#paused || !next || next.id === this.#flying) return;
    const before = next.sent;
    if (this.#parts.send(this.#parts.chat.wire(next))) this.#flying = next.id;
    else next.sent = before;
  }

  /** A new connection: what was on its way is sent again. */
  restart() {
    this.#flying = '';
    this.pump();
  }

  /** The room took none of it and names a pause. @param {number} wait_ms */
  pause(wait_ms) {
    this.#flying = '';
    if (this.#paused) return;
    this.#paused = true;
    this.#parts.later(() => {
      this.#paused = false;
      this.pump();
    }, wait_ms);
  }
}
