// @ts-check
import { Emitter } from '../lib/emitter.js';

/** @typedef {{status: number, error?: string, expected?: number}} Answer status 0: nothing came back */
/**
 * @typedef {{
 *   post(session: string, seq: number, chunk: Blob, last: boolean): Promise<Answer>,
 *   later(task: () => void, ms: number): any, cancel(timer: any): void, now(): number, draw_session(): string,
 * }} Parts
 */

/** What was recorded while the line is away waits so long; then nobody would want to see it any more. */
export const WAITING_MS_MAX = 10_000;
export const CHUNK_BYTES_MAX = 4 * 1024 * 1024;
const RETRY_MS = { first: 400, most: 3_000 };

/**
 * Sends what a recorder gives, piece after piece, one at a time and each until it was taken (docs/protocol.md, “Publishing from a page”).
 *
 *   idle ─begin()─▶ live ◀──▶ behind (the line is away)          live, behind ─▶ over: ended, or `reason` says why
 *
 * Says `change`, and `anew` when the server has lost the thread: the recorder begins again, then begin().
 */
export class ChunkSender extends Emitter {
  /** @type {'idle' | 'live' | 'behind' | 'over'} */
  state = 'idle';
  reason = '';
  #session = '';
  /** @type {{seq: number, chunk: Blob, at: number, last: boolean}[]} */
  #queue = [];
  #next_seq = 0;
  #busy = false;
  #attempt = 0;
  #timer = /** @type {any} */ (null);
  #parts;

  /** @param {Parts} parts */
  constructor(parts) {
    super();
    this.#parts = parts;
  }

  /** A recording begins. */
  begin() {
    this.#forget();
    this.#session = this.#parts.draw_session();
    this.#next_seq = 0;
    this.reason = '';
    this.#become('live');
  }

  /** @param {Blob} chunk @param {boolean} [last] the recording ends with it */
  push(chunk, last = false) {
    if (this.state !== 'live' && this.state !== 'behind') return;
    if (chunk.size > CHUNK_BYTES_MAX) return this.#over('too_large');
    if (!chunk.size && !last) return;
    this.#queue.push({ seq: this.#next_seq++, chunk, at: this.#parts.now(), last });
    if (this.#parts.now() - this.#queue[0].at > WAITING_MS_MAX) return this.#over('network');
    this.#pump();
  }

  /** Without a goodbye: the page was told to stop. */
  stop() {
    this.#over('');
  }

  async #pump() {
    if (this.#busy || !this.#queue.length) return;
    this.#busy = true;
    const session = this.#session;
    const { seq, chunk, last } = this.#queue[0];
    const answer = await this.#parts.post(session, seq, chunk, last);
    if (session !== this.#session) return;
    this.#busy = false;
    this.#answered(answer, seq, last);
  }

  /** @param {Answer} answer @param {number} seq @param {boolean} last */
  #answered({ status, error = '', expected = -1 }, seq, last) {
    if (status === 204 || status === 200) return this.#taken(seq, last);
    if (error === 'gap') return this.#gap(expected);
    if (status === 0 || status === 408 || status >= 500) return this.#retry();
    return this.#over(error || String(status));
  }

  /** @param {number} seq @param {boolean} last */
  #taken(seq, last) {
    this.#attempt = 0;
    while (this.#queue.length && this.#queue[0].seq <= seq) this.#queue.shift();
    if (last) return this.#over('');
    this.#become('live');
    return this.#pump();
  }

  /** @param {number} expected */
  #gap(expected) {
    while (this.#queue.length && this.#queue[0].seq < expected) this.#queue.shift();
    if (this.#queue[0]?.seq === expected) return this.#pump();
    this.#forget();
    this.emit('anew');
    return undefined;
  }

  #retry() {
    this.#become('behind');
    const wait = Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#timer = this.#parts.later(() => {
      if (this.#queue.length && this.#parts.now() - this.#queue[0].at > WAITING_MS_MAX) this.#over('network');
      else this.#pump();
    }, wait);
  }

  /** @param {string} reason "" it ended as it was meant to */
  #over(reason) {
    if (this.state === 'idle' || this.state === 'over') return;
    this.#forget();
    this.reason = reason;
    this.#become('over');
  }

  #forget() {
    this.#parts.cancel(this.#timer);
    this.#session = '';
    this.#queue = [];
    this.#busy = false;
    this.#attempt = 0;
  }

  /** @param {ChunkSender['state']} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('change');
  }
}

/** In this order: what most devices can play comes first (an iPhone plays H.264 and nothing of the others). */
export const RECORDINGS = ['video/mp4;codecs="avc1.42E01E,opus"', 'video/webm;codecs="vp9,opus"', 'video/webm;codecs="vp8,opus"'];

/** @param {(type: string) => boolean} supported @returns {string} "" this browser cannot record */
export const recording_of = (supported) => RECORDINGS.find(supported) ?? '';
