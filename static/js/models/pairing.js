// @ts-check
import { Emitter } from '../lib/emitter.js';

/** @typedef {{line: string, expires_s: number} | {sentence: string}} Answer */

const TICK_MS = 1_000;

/**
 * The one line that connects a desktop: asked for, shown while it holds, used up, or refused.
 *
 *   idle ─ask()─▶ asking ─line─▶ ready ─its time is over─▶ expired        any ─ask()─▶ asking
 *                    └─sentence─▶ failed  └─a desktop came─▶ used         any ─stop()─▶ idle
 *
 * Says `change`.
 */
export class Pairing extends Emitter {
  /** @type {'idle' | 'asking' | 'ready' | 'expired' | 'used' | 'failed'} */
  state = 'idle';
  line = '';
  sentence = '';
  #until = 0;
  #desktops = 0;
  #turn = 0;
  #timer = /** @type {any} */ (null);
  #parts;

  /** @param {{ask(): Promise<Answer>, now(): number, later(task: () => void, ms: number): any, cancel(timer: any): void}} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
  }

  /** @param {number} desktops connected in the room now */
  async ask(desktops) {
    this.#parts.cancel(this.#timer);
    const turn = (this.#turn += 1);
    this.#desktops = desktops;
    this.#become('asking');
    const answer = await this.#parts.ask();
    if (turn !== this.#turn) return;
    if ('sentence' in answer) {
      this.sentence = answer.sentence;
      return this.#become('failed');
    }
    this.line = answer.line;
    this.#until = this.#parts.now() + answer.expires_s * 1000;
    this.#become('ready');
    this.#tick();
  }

  /** More of them than there were: the line has done its work. @param {number} desktops */
  seen(desktops) {
    if (this.state === 'ready' && desktops > this.#desktops) {
      this.#parts.cancel(this.#timer);
      this.#become('used');
    }
    // Who left makes room: the next one that comes is a new one.
    this.#desktops = Math.min(this.#desktops, desktops);
  }

  stop() {
    this.#turn += 1;
    this.#parts.cancel(this.#timer);
    this.#become('idle');
  }

  get left_s() {
    return this.state === 'ready' ? Math.max(0, Math.ceil((this.#until - this.#parts.now()) / 1000)) : 0;
  }

  #tick() {
    if (this.left_s === 0) return this.#become('expired');
    this.#timer = this.#parts.later(() => {
      this.emit('change');
      this.#tick();
    }, TICK_MS);
    return undefined;
  }

  /** @param {Pairing['state']} state */
  #become(state) {
    this.state = state;
    // A line that holds no more is not left to be copied.
    if (state !== 'ready') this.line = '';
    this.emit('change');
  }
}
