// @ts-check
// A <video> as a player of files; hls.js makes streams of it.
import { t } from '../lib/strings.js';
import { PlayerEvents } from './player.js';
import { PositionReader } from './position.js';

/** @typedef {import('./player.js').Media} Media */
/** @typedef {import('./player.js').Surroundings} Surroundings */
/** @typedef {import('../sync/types.js').Reading} Reading */

/** Up to here nobody minds that the pitch moves with the rate for a second or two. */
const PITCH_FREE = 0.085;

/** So many refreshes of the screen tell how often it changes. */
const REFRESHES = 20;

const SENTENCES = {
  [2]: ['media_network', t('player_error.network')],
  [3]: ['media_decode', t('player_error.decode')],
  [4]: ['media_unsupported', t('player_error.unsupported')],
};

/** What early.js began to load, once. @returns {HTMLVideoElement} */
function early_video() {
  const here = /** @type {{matinee_video?: HTMLVideoElement}} */ (globalThis);
  const video = here.matinee_video;
  delete here.matinee_video;
  return video ?? document.createElement('video');
}

/** @implements {Pick<import('./player.js').Player, 'load'|'play'|'pause'|'seek'|'read'>} */
export class Html5Player extends PlayerEvents {
  #now;
  /** @protected */ video;
  #reader = new PositionReader();
  /** Where it stood when it was told to play; moving on from there is what counts as playing. @type {number|null} */
  #from = null;
  #gone = false;

  /** @param {Surroundings} surroundings */
  constructor({ stage, now }) {
    super();
    this.#now = now;
    this.video = early_video();
    this.video.className = 'player-html5';
    this.video.playsInline = true;
    this.video.preload = 'auto';
    this.video.disableRemotePlayback = true;
    this.#keepPitch(1);
    for (const type of ['loadedmetadata', 'canplay', 'canplaythrough', 'seeked', 'playing', 'pause', 'waiting', 'ended', 'durationchange']) {
      this.video.addEventListener(type, () => this.changed());
    }
    this.video.addEventListener('error', () => this.#onError());
    stage.append(this.video);
  }

  /** @param {Media} media @param {number} startMs */
  load(media, startMs) {
    if (this.refusesMixed(media)) return;
    this.begin(media.url, startMs);
    this.watchFrames();
  }

  /** @protected @param {Media} media @returns {boolean} */
  refusesMixed(media) {
    if (location.protocol !== 'https:' || !media.url.startsWith('http:')) return false;
    this.failed('mixed_content', t('player_error.mixed'));
    return true;
  }

  /** @protected @param {string} url @param {number} startMs */
  begin(url, startMs) {
    // One that failed before anybody listened is asked again, and says so.
    if (this.video.src !== new URL(url, location.href).href || this.video.error) this.video.src = url;
    // Before the metadata is there this is where it will begin: no seek is spent on it.
    if (startMs > 0) this.video.currentTime = startMs / 1000;
  }

  play() {
    this.#from = this.video.currentTime;
    this.video.play().catch((/** @type {DOMException} */ error) => {
      if (error.name === 'NotAllowedError' && !this.#gone) this.blocked();
    });
  }

  pause() { this.video.pause(); }

  /** @param {number} ms */
  seek(ms) {
    this.#reader.forget();
    this.video.currentTime = ms / 1000;
  }

  /** @param {number} rate */
  setRate(rate) {
    if (Math.abs(this.video.playbackRate - rate) < 1e-4) return;
    this.#keepPitch(rate);
    this.video.playbackRate = rate;
    this.#reader.forget();
  }

  /**
   * Keeping the pitch makes Chromium lose about 22 ms of media at every step away from rate 1 (measured: docs/sync.md);
   * without it steering is exact.
   * @param {number} rate
   */
  #keepPitch(rate) { this.video.preservesPitch = Math.abs(rate - 1) > PITCH_FREE; }

  /** @param {number} volume */
  setVolume(volume) { this.video.volume = volume; }

  /** @param {boolean} muted */
  setMuted(muted) { this.video.muted = muted; }

  /** @returns {Reading} */
  read() {
    const video = this.video;
    const now = this.#now();
    const state = this.#state();
    const clockMs = video.currentTime * 1000;
    const picture = this.#reader.picture(clockMs);
    return {
      state,
      ...(picture ? { picture } : {}),
      ...(state === 'playing' ? this.#reader.read(clockMs, now, video.playbackRate) : { positionMs: clockMs, at: now, grainMs: 0 }),
      bufferedAheadMs: this.#ahead(),
      durationMs: Number.isFinite(video.duration) ? video.duration * 1000 : null,
      ready: video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA,
      rate: video.playbackRate,
    };
  }

  destroy() {
    this.#gone = true;
    this.video.pause();
    this.video.removeAttribute('src');
    this.video.load();
    this.video.remove();
  }

  /** @returns {Reading['state']} */
  #state() {
    const video = this.video;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) return 'loading';
    if (video.seeking) return 'seeking';
    if (video.ended) return 'ended';
    if (video.paused) return 'paused';
    if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return 'buffering';
    if (this.#from !== null && video.currentTime === this.#from) return 'buffering';
    this.#from = null;
    return 'playing';
  }

  #ahead() {
    const { buffered, currentTime } = this.video;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime <= buffered.end(i)) return (buffered.end(i) - currentTime) * 1000;
    }
    return 0;
  }

  /** @protected */
  watchFrames() {
    const video = this.video;
    if (!('requestVideoFrameCallback' in video)) return;
    /** @type {VideoFrameRequestCallback} */
    const onFrame = (_, frame) => {
      if (this.#gone) return;
      this.#reader.show(frame.mediaTime * 1000, frame.expectedDisplayTime);
      const seen = { positionMs: frame.mediaTime * 1000, at: frame.expectedDisplayTime, clockMs: video.currentTime * 1000, clockAt: this.#now() };
      if (!video.seeking && !video.paused) this.#reader.see(seen, video.playbackRate);
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
    let refreshes = REFRESHES;
    const onRefresh = (/** @type {number} */ at) => {
      this.#reader.refresh(at);
      if (--refreshes > 0 && !this.#gone) requestAnimationFrame(onRefresh);
    };
    requestAnimationFrame(onRefresh);
  }

  #onError() {
    const code = this.video.error?.code;
    if (this.#gone || (code !== 2 && code !== 3 && code !== 4)) return;
    const [name, text] = SENTENCES[code];
    this.failed(name, text);
  }
}
