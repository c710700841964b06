// @ts-check
// A live stream in a container, in a <video>: WebM and MP4 fed to MediaSource by hand, MPEG-TS by mpegts.js, and HLS where neither works.
// It stays near the newest picture by playing up to a tenth faster, and comes back by itself.
import { Emitter } from '../lib/emitter.js';
import { backoff_ms } from '../models/connection.js';
import { chase, goal_ms } from '../models/live_form.js';
import { HlsFeed } from './live_hls.js';
import { KEPT_S, live_url, PieceFeed } from './live_pieces.js';

/** @typedef {import('../models/live_form.js').LiveForm} LiveForm */

const SILENT_MS = 8_000;
const NO_SUCH_STREAM = 4004;
/** So often in a row a form may fail before a picture, until the next one is tried. */
const FAILURES_MAX = 3;
const LOOK_MS = 500;

/** A classic script of somebody else, once. @type {Map<string, Promise<void>>} */
const scripts = new Map();
/** @param {string} url @returns {Promise<void>} */
function classic_script(url) {
  const known = scripts.get(url);
  if (known) return known;
  const coming = /** @type {Promise<void>} */ (new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => done();
    script.onerror = () => { scripts.delete(url); failed(new Error(url)); };
    document.head.append(script);
  }));
  scripts.set(url, coming);
  return coming;
}

/** MPEG-TS by mpegts.js, which makes fragments of it. */
class TsFeed {
  #player; #closed = false;

  /** @param {any} mpegts @param {HTMLVideoElement} video @param {number} stream @param {{heard(): void, broke(code: number): void}} tell */
  constructor(mpegts, video, stream, tell) {
    mpegts.LoggingControl.enableAll = false;
    this.#player = mpegts.createPlayer({ type: 'mpegts', isLive: true, url: live_url(stream, 'ts') }, {
      enableWorker: false, enableStashBuffer: false, lazyLoad: false, liveBufferLatencyChasing: false, liveSync: false,
      autoCleanupSourceBuffer: true, autoCleanupMaxBackwardDuration: 2 * KEPT_S, autoCleanupMinBackwardDuration: KEPT_S,
    });
    const gone = () => this.#closed || tell.broke(1006);
    this.#player.on(mpegts.Events.ERROR, gone);
    this.#player.on(mpegts.Events.LOADING_COMPLETE, gone);
    this.#player.on(mpegts.Events.STATISTICS_INFO, (/** @type {{speed: number}} */ { speed }) => speed > 0 && tell.heard());
    this.#player.attachMediaElement(video);
    this.#player.load();
  }

  tidy() {}

  close() {
    this.#closed = true;
    this.#player.destroy();
  }
}

/**
 *   closed ─watch()─▶ opening ─moving picture─▶ live
 *                       ▲                        │ line broke, or silent
 *                       └─ backoff ─ waiting ◀───┘          opening ─▶ unplayable      any ─watch(0)─▶ closed
 *
 * What the browser cannot play in this form, or what fails three times before a picture, is opened as HLS when the stream is to be had so.
 * Says `state`, and `hushed` when the browser lets it play only without sound.
 */
export class LiveVideoPlayer extends Emitter {
  /** @type {'closed' | 'opening' | 'live' | 'waiting' | 'unplayable'} */
  state = 'closed';
  stream = 0;
  hushed = false;
  /** @type {LiveForm} */ #form = 'media';
  /** @type {LiveForm} */ #asked = 'media';
  #spare = false;
  /** @type {{tidy(): void, close(): void, silent_ms?: number, own_pace?: boolean, behind_ms?: number} | null} */ #feed = null;
  #turn = 0;
  #attempt = 0;
  #heard_at = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #looking;
  #video;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    super();
    this.#video = video;
    video.playsInline = true;
    video.disableRemotePlayback = true;
    video.addEventListener('timeupdate', () => {
      if (this.state !== 'opening' || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.currentTime === 0) return;
      this.#attempt = 0;
      this.#become('live');
    });
    video.addEventListener('canplay', () => this.#play());
  }

  /** How far the picture is behind the newest one that is here, ms. */
  get behind_ms() {
    if (this.#feed?.own_pace) return this.#feed.behind_ms ?? 0;
    const { buffered, currentTime } = this.#video;
    return buffered.length ? Math.max(0, (buffered.end(buffered.length - 1) - currentTime) * 1000) : 0;
  }

  /** @param {number} stream 0: none @param {LiveForm} [form] @param {boolean} [spare] it is to be had as HLS as well */
  watch(stream, form = 'media', spare = false) {
    if (stream === this.stream && form === this.#asked) return;
    this.#leave();
    this.stream = stream;
    this.#form = this.#asked = form;
    this.#spare = spare && form !== 'hls';
    this.#attempt = 0;
    if (stream) this.#open();
    else this.#become('closed');
  }

  hurry() {
    if (this.state === 'waiting') this.#open();
  }

  /** Inside a tap: only then does a browser let the sound on. @param {boolean} muted */
  mute(muted) {
    this.#video.muted = muted;
    this.hushed = false;
    this.#play();
    this.emit('state', this.state);
  }

  get muted() { return this.#video.muted; }

  async #open() {
    this.#leave();
    const turn = ++this.#turn;
    this.#become('opening');
    this.#heard_at = performance.now();
    const tell = {
      heard: () => { this.#heard_at = performance.now(); },
      broke: (/** @type {number} */ code) => turn === this.#turn && this.#broke(code),
      cannot: () => {
        if (turn !== this.#turn) return;
        this.#leave();
        if (this.#to_spare()) this.#open();
        else this.#become('unplayable');
      },
    };
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    if (this.#form === 'media') this.#feed = new PieceFeed(this.#video, this.stream, tell);
    else if (this.#form === 'hls') this.#feed = new HlsFeed(this.#video, this.stream, tell);
    else {
      try {
        await classic_script(new URL('../vendor/mpegts.js', import.meta.url).href);
      } catch {
        return tell.broke(1006);
      }
      if (turn === this.#turn) this.#feed = new TsFeed(/** @type {any} */ (window).mpegts, this.#video, this.stream, tell);
    }
    return undefined;
  }

  /** Whether another form is left to be tried, which is then the one. */
  #to_spare() {
    if (!this.#spare) return false;
    this.#spare = false;
    this.#form = 'hls';
    this.#attempt = 0;
    return true;
  }

  #look() {
    if (performance.now() - this.#heard_at > (this.#feed?.silent_ms ?? SILENT_MS)) return this.#broke(1006);
    this.#feed?.tidy();
    if (this.#feed?.own_pace) {
      if (this.#video.paused) this.#play();
      return undefined;
    }
    const video = this.#video;
    const { buffered } = video;
    if (!buffered.length) return undefined;
    const end = buffered.end(buffered.length - 1);
    // A gap, or the very beginning: a player would stand before it for ever.
    const inside = [...Array(buffered.length).keys()].some((i) => video.currentTime >= buffered.start(i) && video.currentTime <= buffered.end(i));
    const { rate, jump } = chase(this.behind_ms, video.playbackRate > 1);
    if (jump || !inside) video.currentTime = Math.max(buffered.start(buffered.length - 1), end - goal_ms / 1000);
    video.playbackRate = rate;
    if (video.paused) this.#play();
    return undefined;
  }

  #play() {
    if (!this.stream) return;
    this.#video.play().catch((/** @type {DOMException} */ error) => {
      if (error.name !== 'NotAllowedError' || this.#video.muted) return;
      this.#video.muted = true;
      this.hushed = true;
      this.emit('state', this.state);
      this.#play();
    });
  }

  #leave() {
    this.#turn++;
    clearTimeout(this.#timer);
    clearInterval(this.#looking);
    this.#feed?.close();
    this.#feed = null;
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  /** @param {number} code */
  #broke(code) {
    this.#leave();
    this.#become('waiting');
    const wait = code === 1001 ? 0 : backoff_ms(code === NO_SUCH_STREAM ? 1006 : code, this.#attempt, Math.random());
    this.#attempt += 1;
    if (this.#attempt >= FAILURES_MAX && code !== NO_SUCH_STREAM) this.#to_spare();
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  /** @param {LiveVideoPlayer['state']} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }
}
