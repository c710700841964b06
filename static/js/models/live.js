// @ts-check
import { Emitter } from '../lib/emitter.js';
import { t } from '../lib/strings.js';
import { live_form } from './live_form.js';

/** @typedef {import('../types.js').Live} Live */
/** @typedef {import('../types.js').LiveStream} LiveStream */

const GONE_MS = 8_000;
/** @type {Live} */
const nothing = { streams: [], desktops: 0, windows: 0, frames: 'none' };

/**
 * @param {LiveStream} stream @param {string} me person id
 * @returns {string} "Ada’s camera", "Your screen", "Ada’s video"; what somebody has set up has a name of its own
 */
export function stream_name(stream, me) {
  if (stream.kind === 'feed' && stream.title) return stream.title;
  return stream.publisher === me ? t(`live.your_${stream.kind}`) : t(`live.${stream.kind}`, { name: stream.name });
}


/**
 * What runs live in the room, and which of it this page shows where.
 *
 *   stage empty: the stream takes the stage by itself ── a room video starts ──▶ a chip above the stage
 *   a room video plays: a chip ── watch() ──▶ on the stage instead of it ── back(), or the stream ends ──▶ the chip, the video
 *   a stream is the room's video: it is not offered beside itself; after its end its name stands there for a moment
 *
 * Says `change`.
 */
export class LiveModel extends Emitter {
  now = nothing;
  me = '';
  /** The stream that was chosen, or stood on the stage last; it need not be there any more. */
  #chosen = 0;
  /** Somebody here wants to see a stream though a room video plays. */
  #instead = false;
  #has_video = false;
  #shared = 0;
  /** The last that was heard of it. @type {LiveStream | null} */
  #shared_stream = null;
  /** The stream that has just ended while it was on the stage. @type {LiveStream | null} */
  ended = null;
  /** What this browser can show. */
  can;
  #parts;
  #timer = /** @type {any} */ (null);

  /** @param {{later(task: () => void, ms: number): any, cancel(timer: any): void, can?: {media: boolean, hls: boolean, work?: boolean}}} parts */
  constructor({ can = { media: false, hls: false }, ...parts }) {
    super();
    this.#parts = parts;
    this.can = can;
  }

  /** @param {LiveStream} stream */
  #is_shown(stream) {
    return live_form(stream, this.can) !== 'none';
  }

  /** @param {Live | undefined} live the whole, the newest counts @param {string} [me] */
  apply(live, me = this.me) {
    this.#step(() => {
      this.now = live ?? nothing;
      this.me = me;
    });
  }

  /** @param {boolean} has_video a room video is there @param {number} [shared] the stream that it is, 0: another video */
  video(has_video, shared = 0) {
    if (has_video === this.#has_video && shared === this.#shared) return;
    this.#step(() => {
      this.#has_video = has_video;
      this.#shared = shared;
      this.#instead = false;
    });
  }

  /** The stream that is the room's video; null also when it has just ended. */
  get shared() {
    return this.now.streams.find((each) => each.id === this.#shared) ?? null;
  }

  /** It does not run just now, and what it is called. @returns {LiveStream | null | undefined} undefined: no stream is the video, or it runs; null: nobody here has heard of it yet */
  get missed() {
    if (!this.#shared || this.shared?.online) return undefined;
    return this.#shared_stream?.id === this.#shared ? this.#shared_stream : null;
  }

  /** This one, on the stage. @param {number} id */
  watch(id) {
    this.#step(() => {
      this.#chosen = id;
      this.#instead = this.#has_video;
    });
  }

  back() {
    this.#step(() => { this.#instead = false; });
  }

  /** Streams that can be watched here; the frames of the room's own video are for windows only. */
  get streams() {
    return this.now.streams.filter((stream) => !stream.room_video && stream.id !== this.#shared && this.#is_shown(stream));
  }

  /** Streams in forms that this browser cannot show. */
  get elsewhere() {
    return this.now.streams.filter((stream) => !stream.room_video && stream.id !== this.#shared && !this.#is_shown(stream));
  }

  /** The one that is meant when none is named. @returns {LiveStream | null} */
  get stream() {
    const streams = this.streams;
    return streams.find((each) => each.id === this.#chosen) ?? streams.find((each) => each.online) ?? streams[0] ?? null;
  }

  /** A room video stands behind the stream on the stage. */
  get instead() {
    return this.#instead && this.stream !== null;
  }

  get has_video() {
    return this.#has_video;
  }

  /** What has the stage. @returns {LiveStream | null} */
  get on_stage() {
    return this.#has_video && !this.#instead ? null : this.stream;
  }

  /** @param {() => void} change */
  #step(change) {
    const before = this.on_stage;
    const was_shared = this.#shared;
    change();
    if (this.shared) this.#shared_stream = this.shared;
    if (this.#instead && !this.streams.some((each) => each.id === this.#chosen)) this.#instead = false;
    const after = this.on_stage;
    if (after) this.#chosen = after.id;
    const gone = before ?? (was_shared && was_shared === this.#shared_stream?.id ? this.#shared_stream : null);
    if (after || this.#has_video) this.#over(null);
    else if (gone && !this.now.streams.some((each) => each.id === gone.id)) this.#over(gone);
    this.emit('change');
  }

  /** @param {LiveStream | null} stream */
  #over(stream) {
    this.#parts.cancel(this.#timer);
    this.ended = stream;
    if (!stream) return;
    this.#timer = this.#parts.later(() => {
      this.ended = null;
      this.emit('change');
    }, GONE_MS);
  }
}

/** @param {Live} live @returns {'' | 'windows' | 'nobody'} what a chip says about the frames for desktop windows */
export function frames_chip(live) {
  if (live.frames === 'nobody') return 'nobody';
  return live.frames === 'live' && live.windows > 0 ? 'windows' : '';
}
