// @ts-check
// A live stream of the room as its video: this server's HLS of it, lined up by its programme times like any other playlist that has them.
// Whether it has ended is for the room to say; until then whatever breaks is opened again.
//
//   opening ─first picture─▶ plays ─its playlist has ended, and all of it was shown─▶ over ─┐
//      ▲                       │ broke, nothing there                                        │
//      └────── backoff ◀───────┴───────────────────────────────────────────────────────────┘
import { t } from '../lib/strings.js';
import { backoff_ms } from '../models/connection.js';
import { programmeAt } from '../sync/live_latency.js';
import { HlsPlayer } from './hls.js';

/** @typedef {import('./player.js').Media} Media */
/** @typedef {import('../sync/types.js').Reading} Reading */

/** In target durations: what it stays behind the end of the playlist, which is heard of so late again; and more than both, so that all who are well need the same. */
const BEHIND = 1.25;
const LEAST = 2.5;
/** The server's own, where key frames lie no further apart. */
const TARGET_S = 2;
/** The first playlist waits for its first segment, at most 20 s. */
const FIRST_MS = 25_000;
/** A playlist that says that it has ended may begin anew at once. */
const AGAIN_MS = 500;
/** Whoever waits for a publisher looks so often that it is no long wait afterwards. */
const DOUBLED_MAX = 2;
/** Not in this form: no trying helps. */
const UNFIT = 406;

const patient = { default: { maxTimeToFirstByteMs: FIRST_MS, maxLoadTimeMs: FIRST_MS, timeoutRetry: null, errorRetry: null } };
/** A playlist that was begun anew counts its segments from 0 again, so none is read on after it was away for long. */
const once = { default: { ...patient.default, errorRetry: { maxNumRetry: 1, retryDelayMs: 400, maxRetryDelayMs: 400 } } };
const CONFIG = { liveSyncDurationCount: BEHIND, manifestLoadPolicy: patient, playlistLoadPolicy: once };

export class StreamPlayer extends HlsPlayer {
  #url = '';
  #attempt = 0;
  #over = false;
  /** Of each continuous stretch, what its own times are ahead of this page's, s. @type {Map<number, number>} */ #ahead = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @override @param {Media} media */
  load(media) {
    this.#url = `${media.url}/hls/index.m3u8`;
    this.watchFrames();
    this.video.addEventListener('ended', () => {
      this.#over = true;
      this.#again(AGAIN_MS);
    });
    this.video.addEventListener('playing', () => {
      this.#attempt = 0;
      this.#over = false;
    });
    this.open(this.#url, CONFIG);
  }

  /** @override @returns {Reading} */
  read() {
    const reading = super.read();
    // What has ended, or waits to be opened again, is not to be sought in: it has no time of its own now.
    if (this.#timer !== undefined || reading.state === 'ended') {
      return { ...reading, state: 'loading', ready: false, durationMs: null, edgeMs: reading.positionMs, ...(this.#over ? { over: true } : {}) };
    }
    const leastMs = LEAST * (this.details?.targetduration ?? TARGET_S) * 1000;
    const told = reading.edgeMs === undefined ? this.#edge(reading) : {};
    const programmeMs = this.#programme();
    return { ...reading, durationMs: null, leastMs, ...told, ...(programmeMs === null ? {} : { programmeMs }) };
  }

  /** @override */
  destroy() {
    clearTimeout(this.#timer);
    super.destroy();
  }

  /** @protected @override @param {import('../vendor/hls.js').default} hls @param {typeof import('../vendor/hls.js').default} Hls */
  made(hls, Hls) {
    this.#ahead.clear();
    hls.on(Hls.Events.INIT_PTS_FOUND, (_, { frag, initPTS, timescale }) => this.#ahead.set(frag.cc, initPTS / timescale));
  }

  /**
   * When the picture at position 0 was made. hls.js takes a segment to begin where its sound does, so the programme time of its first picture
   * is taken together with that picture's own time, which stands in the segment's name. @returns {number | null}
   */
  #programme() {
    const fragments = this.details?.fragments ?? [];
    const plays = fragments.find((f) => this.video.currentTime < f.start + f.duration) ?? fragments.at(-1);
    const ahead = plays && this.#ahead.get(plays.cc);
    const own = picture_s(plays?.relurl ?? '');
    if (ahead === undefined || own === null || plays?.programDateTime == null) return programmeAt(fragments, this.video.currentTime);
    return plays.programDateTime - (own - ahead) * 1000;
  }

  /** @protected @override @param {'network' | 'media'} _what @param {number} [status] */
  broke(_what, status) {
    if (status === UNFIT) super.failed('stream_form', t('player_error.stream_form'));
    else this.#later();
  }

  /** Safari, which plays it by itself, tells of it here. @override @param {string} code @param {string} text */
  failed(code, text) {
    if (code === 'media_network' || (code === 'media_unsupported' && !this.hls)) this.#later();
    else super.failed(code, text);
  }

  #later() {
    this.#again(backoff_ms(1006, this.#attempt, Math.random()));
    this.#attempt = Math.min(DOUBLED_MAX, this.#attempt + 1);
  }

  /** Where a playlist without an end would have it: one that has just ended is shown to its end like that. @param {Reading} reading */
  #edge(reading) {
    const { details } = this;
    if (details) return { edgeMs: (details.edge - BEHIND * details.targetduration) * 1000 };
    // Safari plays it by itself, and tells when the picture at 0 was made.
    const { seekable } = this.video;
    const began = /** @type {{getStartDate?: () => Date}} */ (/** @type {unknown} */ (this.video)).getStartDate?.().getTime() ?? NaN;
    const edgeMs = seekable.length > 0 ? Math.max(0, seekable.end(seekable.length - 1) - BEHIND * TARGET_S) * 1000 : reading.positionMs;
    return { edgeMs, ...(Number.isNaN(began) ? {} : { programmeMs: began }) };
  }

  /** @param {number} ms */
  #again(ms) {
    clearTimeout(this.#timer);
    this.hls?.destroy();
    this.hls = null;
    this.video.removeAttribute('src');
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.destroyed) this.open(this.#url, CONFIG);
    }, ms);
    this.changed();
  }
}

/** A segment's first picture, in the stream's own time, s. @param {string} name "1796147134682-13-24000000.m4s" */
export function picture_s(name) {
  const found = /-(-?\d+)\.m4s$/.exec(name);
  return found ? Number(found[1]) / 1e6 : null;
}
