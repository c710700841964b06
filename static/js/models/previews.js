// @ts-check
import { Emitter } from '../lib/emitter.js';

/**
 * What the server knows of the link in the source box. Asks once somebody pauses, only the newest answer counts, and a link that is
 * still being typed is not nagged about. Says `change`.
 * @typedef {{kind?: 'youtube' | 'file' | 'hls' | 'stream', host?: string, known?: boolean, title?: string, author?: string, duration_ms?: number,
 *   size_bytes?: number, picture?: string, refusal?: {code: string, text: string}}} Preview
 */

const PAUSE_MS = 400;

/** Worth asking about: a host with a dot, and something behind it; or a link among words. @param {string} text */
export const may_be_link = (text) => (/^[^\s/?#]*[^\s/?#.][.:][^\s/?#]+\/\S+$/i.test(text) || /https?:\/\/[^\s/?#]*[^\s/?#.][.:][^\s/?#]+\/\S+/i.test(text)) && text.length <= 2048;

export class Previews extends Emitter {
  /** @type {Preview | null} */
  now = null;
  #ask;
  #later;
  #cancel;
  #text = '';
  /** @type {unknown} */
  #timer = null;
  #off = false;

  /**
   * @param {{ask: (link: string) => Promise<Preview | null | 'off'>, later: (task: () => void, ms: number) => unknown, cancel: (timer: any) => void}} ways
   *   ask: null when it cannot be told just now; never rejects
   */
  constructor({ ask, later, cancel }) {
    super();
    this.#ask = ask;
    this.#later = later;
    this.#cancel = cancel;
  }

  /** @param {string} text what stands in the box @param {boolean} whole pasted or picked: not a link in the making */
  look(text, whole) {
    const link = text.trim();
    if (link === this.#text && !whole) return;
    this.#text = link;
    this.#cancel(this.#timer);
    this.#is(null);
    // What is on this server is known, also where other sites are never asked.
    if ((this.#off && !/\/(library\/[0-9a-f]{32}|live\/\d+)$/.test(link)) || !may_be_link(link)) return;
    this.#timer = this.#later(() => this.#fetch(link, whole), whole ? 0 : PAUSE_MS);
  }

  clear() { this.look('', true); }

  /** @param {string} link @param {boolean} whole */
  async #fetch(link, whole) {
    const found = await this.#ask(link);
    if (found === 'off') this.#off = true;
    if (link !== this.#text || found === null || found === 'off') return;
    // Without a kind the link itself is no good, which a half-typed one never is.
    if (found.kind || whole) this.#is(found);
  }

  /** @param {Preview | null} preview */
  #is(preview) {
    if (this.now === preview) return;
    this.now = preview;
    this.emit('change', preview);
  }
}
