// @ts-check
import { Emitter } from '../lib/emitter.js';

/**
 * One file on its way to the library, in pieces (tus 1.0.0): what is there already is asked for, the rest is sent from there on, again and
 * again until all of it is there. Says `change`.
 *
 *   waiting ─▶ sending ─▶ checking ─▶ ready
 *                │  ▲         └─────▶ failed (a sentence)
 *                ▼  │ a moment later
 *              retrying               any ─▶ ended (by the person)
 *
 * @typedef {{status: number, offset?: number, sentence?: string, location?: string, state?: string}} Answer status 0: nobody answered
 * @typedef {{begin(): Promise<Answer>, look(where: string): Promise<Answer>, send(where: string, offset: number, piece: Blob): Promise<Answer>,
 *   end(where: string): Promise<Answer>}} Wire never reject
 */

const piece_min = 256 * 1024;
const piece_max = 8 * 1024 * 1024;
const quick_ms = 700;
const slow_ms = 3_000;
const retry_first_ms = 500;
const retry_last_ms = 15_000;
const check_again_ms = 700;
/** What the next try cannot mend. */
const final = new Set([400, 401, 403, 404, 412, 413, 415, 422, 507]);

export class Upload extends Emitter {
  /** @type {'waiting' | 'sending' | 'retrying' | 'checking' | 'ready' | 'failed' | 'ended'} */
  state = 'waiting';
  offset = 0;
  sentence = '';
  #piece = piece_min;
  #retry_ms = retry_first_ms;

  /**
   * @param {{name: string, size: number, slice(from: number, to: number): Blob}} file
   * @param {{wire: Wire, now(): number, wait(ms: number): Promise<void>}} ways
   * @param {string} [where] an upload of this file that was begun before
   */
  constructor(file, ways, where = '') {
    super();
    this.file = file;
    this.where = where;
    this.ways = ways;
  }

  get running() { return ['waiting', 'sending', 'retrying', 'checking'].includes(this.state); }

  /** Until it is ready, failed or ended. */
  async run() {
    if (!this.where) {
      const begun = await this.#until_answered(() => this.ways.wire.begin());
      if (!begun || !this.#good(begun)) return;
      this.where = begun.location ?? '';
    } else if (!(await this.#find_place())) return;
    while (this.running && this.offset < this.file.size) if (!(await this.#send_piece())) return;
    if (this.running) await this.#checked();
  }

  async end() {
    this.#is('ended');
    if (this.where) await this.ways.wire.end(this.where);
  }

  async #send_piece() {
    this.#is('sending');
    const begun_ms = this.ways.now();
    const to = Math.min(this.file.size, this.offset + this.#piece);
    const answer = await this.ways.wire.send(this.where, this.offset, this.file.slice(this.offset, to));
    if (!this.running) return false;
    if (answer.status !== 204) return this.#again(answer);
    const took_ms = this.ways.now() - begun_ms;
    if (took_ms < quick_ms) this.#piece = Math.min(piece_max, this.#piece * 2);
    else if (took_ms > slow_ms) this.#piece = Math.max(piece_min, this.#piece / 2);
    this.#retry_ms = retry_first_ms;
    this.offset = answer.offset ?? to;
    this.#is('sending');
    return true;
  }

  /** @param {Answer} answer of a piece that was not taken */
  async #again(answer) {
    if (final.has(answer.status)) return this.#good(answer);
    this.#is('retrying');
    await this.#pause();
    return this.running && this.#find_place();
  }

  async #find_place() {
    const there = await this.#until_answered(() => this.ways.wire.look(this.where));
    if (!there || !this.#good(there)) return false;
    this.offset = there.offset ?? 0;
    this.#is(this.offset > 0 ? 'sending' : this.state);
    return true;
  }

  async #checked() {
    this.#is('checking');
    for (;;) {
      const told = await this.#until_answered(() => this.ways.wire.look(this.where));
      if (!told || !this.#good(told)) return;
      if (told.state === 'ready') return this.#is('ready');
      if (told.state === 'refused') return this.#is('failed', told.sentence);
      await this.ways.wait(check_again_ms);
    }
  }

  /** @param {() => Promise<Answer>} ask @returns {Promise<Answer | null>} null: ended meanwhile */
  async #until_answered(ask) {
    for (;;) {
      const answer = await ask();
      if (!this.running) return null;
      if (answer.status >= 200 && answer.status < 300 || final.has(answer.status)) return answer;
      const before = this.state;
      this.#is('retrying');
      await this.#pause();
      if (!this.running) return null;
      this.#is(before);
    }
  }

  async #pause() {
    await this.ways.wait(this.#retry_ms);
    this.#retry_ms = Math.min(retry_last_ms, this.#retry_ms * 2);
  }

  /** @param {Answer} answer */
  #good(answer) {
    if (answer.status >= 200 && answer.status < 300) return true;
    this.#is('failed', answer.sentence);
    return false;
  }

  /** @param {Upload['state']} state @param {string} [sentence] */
  #is(state, sentence = '') {
    if (this.state === 'ended') return;
    this.state = state;
    this.sentence = sentence;
    this.emit('change', this);
  }
}

/** What a file is known by when somebody goes on with it after a reload. @param {{name: string, size: number, lastModified: number}} file */
export const fingerprint_of = ({ name, size, lastModified }) => `${size}-${lastModified}-${name}`.slice(0, 150);
