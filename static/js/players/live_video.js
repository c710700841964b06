// @ts-check
// A live stream in a container, in a <video>: WebM and MP4 fed to MediaSource by hand, MPEG-TS by mpegts.js. It stays near the newest
// picture by playing up to a tenth faster, and comes back by itself.
import { Emitter } from '../lib/emitter.js';
import { backoff_ms } from '../models/connection.js';
import { chase, goal_ms } from '../models/live_form.js';

/** @typedef {import('../models/live_form.js').LiveForm} LiveForm */

const SILENT_MS = 8_000;
const NO_SUCH_STREAM = 4004;
const KEPT_S = 20;
const LOOK_MS = 500;
/** What comes in while the browser is busy with the piece before. */
const WAITING_PIECES_MAX = 600;

/** @param {number} stream @param {string} path */
const live_url = (stream, path) => new URL(`/live/${stream}/${path}`, location.href.replace(/^http/, 'ws')).href;

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

/** Pieces of WebM or MP4 from the socket into a <video>. */
class PieceFeed {
  #video; #broke; #socket;
  #source = new MediaSource();
  /** @type {SourceBuffer | null} */ #buffer = null;
  #type = '';
  /** @type {ArrayBuffer[]} */ #waiting = [];
  #url = '';
  #closed = false;

  /** @param {HTMLVideoElement} video @param {number} stream @param {{heard(): void, broke(code: number): void, cannot(): void}} tell */
  constructor(video, stream, tell) {
    this.#video = video;
    this.#broke = tell.broke;
    this.#url = URL.createObjectURL(this.#source);
    video.src = this.#url;
    this.#source.addEventListener('sourceopen', () => this.#ready());
    const socket = this.#socket = new WebSocket(live_url(stream, 'media'));
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      tell.heard();
      if (typeof data !== 'string') return this.#take(data);
      const { type } = JSON.parse(data);
      if (!MediaSource.isTypeSupported(type)) return tell.cannot();
      // Another publisher, or the same one anew: its times begin anew, so does the player.
      if (this.#type) return this.#broke(1001);
      this.#type = type;
      this.#ready();
    };
    socket.onclose = ({ code }) => this.#closed || this.#broke(code);
  }

  #ready() {
    if (this.#buffer || !this.#type || this.#source.readyState !== 'open') return;
    this.#buffer = this.#source.addSourceBuffer(this.#type);
    // Pieces are appended as they come: where one begins is where the one before ended.
    this.#buffer.addEventListener('updateend', () => this.#append());
    this.#buffer.addEventListener('error', () => this.#broke(1003));
    this.#append();
  }

  /** @param {ArrayBuffer} piece */
  #take(piece) {
    this.#waiting.push(piece);
    if (this.#waiting.length > WAITING_PIECES_MAX) return this.#broke(1013);
    return this.#append();
  }

  #append() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || !this.#waiting.length || this.#closed) return;
    const pieces = this.#waiting.splice(0);
    try {
      buffer.appendBuffer(join(pieces));
    } catch {
      this.#broke(1003);
    }
  }

  /** Forgets what was seen long ago. */
  tidy() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || !buffer.buffered.length) return;
    const from = buffer.buffered.start(0), until = this.#video.currentTime - KEPT_S;
    if (until - from > KEPT_S) buffer.remove(from, until);
  }

  close() {
    this.#closed = true;
    this.#socket.close(1000);
    URL.revokeObjectURL(this.#url);
  }
}

/** @param {ArrayBuffer[]} pieces */
function join(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole;
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
 * Says `state`, and `hushed` when the browser lets it play only without sound.
 */
export class LiveVideoPlayer extends Emitter {
  /** @type {'closed' | 'opening' | 'live' | 'waiting' | 'unplayable'} */
  state = 'closed';
  stream = 0;
  hushed = false;
  /** @type {LiveForm} */ #form = 'media';
  /** @type {{tidy(): void, close(): void} | null} */ #feed = null;
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
    const { buffered, currentTime } = this.#video;
    return buffered.length ? Math.max(0, (buffered.end(buffered.length - 1) - currentTime) * 1000) : 0;
  }

  /** @param {number} stream 0: none @param {LiveForm} [form] */
  watch(stream, form = 'media') {
    if (stream === this.stream && form === this.#form) return;
    this.#leave();
    this.stream = stream;
    this.#form = form;
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
        this.#become('unplayable');
      },
    };
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    if (this.#form === 'media') this.#feed = new PieceFeed(this.#video, this.stream, tell);
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

  #look() {
    if (performance.now() - this.#heard_at > SILENT_MS) return this.#broke(1006);
    this.#feed?.tidy();
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
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  /** @param {LiveVideoPlayer['state']} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }
}
