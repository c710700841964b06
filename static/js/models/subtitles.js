// @ts-check
import { Emitter } from '../lib/emitter.js';
import { CueList } from '../lib/subtitles.js';
import { read_json, write_json } from '../lib/store.js';

/**
 * One person's subtitles in this browser: on or off, how large, and for each video where they come from and how far they are shifted.
 * Says `change`.
 * @typedef {'small' | 'medium' | 'large' | 'huge'} Size
 * @typedef {{url: string, link: string, shift_ms: number}} ForVideo
 * @typedef {{on: boolean, size: Size, videos: ForVideo[]}} Stored
 */

export const sizes = /** @type {const} */ (['small', 'medium', 'large', 'huge']);
export const SHIFT_STEP_MS = 500;
export const SHIFT_MAX_MS = 600_000;
export const VIDEOS_MAX = 50;

/** @param {any} stored @returns {Stored} only what makes sense survives */
export function checked_subtitles(stored) {
  const videos = (Array.isArray(stored?.videos) ? stored.videos : [])
    .filter((/** @type {any} */ v) => typeof v?.url === 'string' && typeof v.link === 'string' && Number.isFinite(v.shift_ms) && v.url.length <= 2048 && v.link.length <= 2048)
    .map((/** @type {ForVideo} */ { url, link, shift_ms }) => ({ url, link, shift_ms: Math.max(-SHIFT_MAX_MS, Math.min(SHIFT_MAX_MS, shift_ms)) }))
    .slice(0, VIDEOS_MAX);
  return { on: stored?.on === true, size: sizes.includes(stored?.size) ? stored.size : 'medium', videos };
}

export class Subtitles extends Emitter {
  #stored = checked_subtitles(read_json('localStorage', 'matinee.subtitles', {}));
  #video = '';
  cues = new CueList([]);
  /** What the person is told they see: a file's name or a link. */
  source = '';

  get shown() { return this.#stored.on; }
  get size() { return this.#stored.size; }
  get video() { return this.#video; }
  get #mine() { return this.#stored.videos.find((v) => v.url === this.#video); }
  get shift_ms() { return this.#mine?.shift_ms ?? 0; }
  /** Where this video's subtitles came from last time, "" = nowhere or from a file. */
  get link() { return this.#mine?.link ?? ''; }

  /** @param {string} url another video, "" = none: what belonged to the one before is put away */
  watch(url) {
    if (url === this.#video) return;
    this.#video = url;
    this.cues = new CueList([]);
    this.source = '';
    this.emit('change');
  }

  /** @param {import('../lib/subtitles.js').Cue[]} cues @param {string} source @param {string} link "" for a file of this device */
  take(cues, source, link) {
    this.cues = new CueList(cues);
    this.source = source;
    this.#remember({ link }, { on: true });
  }

  /** @param {{on?: boolean, size?: Size}} change */
  set(change) {
    this.#stored = checked_subtitles({ ...this.#stored, ...change });
    this.#save();
  }

  /** @param {number} ms positive: later */
  shift_to(ms) { this.#remember({ shift_ms: ms }); }

  /** What is said now. @param {number} position_ms of the video */
  at(position_ms) { return this.shown ? this.cues.at(position_ms - this.shift_ms) : []; }

  /** @param {Partial<ForVideo>} change @param {Partial<Stored>} [also] */
  #remember(change, also = {}) {
    const mine = { url: this.#video, link: this.link, shift_ms: this.shift_ms, ...change };
    this.#stored = checked_subtitles({ ...this.#stored, ...also, videos: [mine, ...this.#stored.videos.filter((v) => v.url !== this.#video)] });
    this.#save();
  }

  #save() {
    write_json('localStorage', 'matinee.subtitles', this.#stored);
    this.emit('change');
  }
}
