// @ts-check
// A <video> as a player: files, and HLS where the browser plays it by itself.
import { PlayerEvents } from './player.js';

/** @typedef {import('./player.js').Media} Media */
/** @typedef {import('./player.js').Surroundings} Surroundings */
/** @typedef {import('../sync/types.js').Reading} Reading */

/** A frame older than this says nothing about now: hidden page, stalled picture. */
const FRAME_FRESH_MS = 150;
/** A screen of 60 Hz; slower videos say nothing about the screen. */
const GRAIN_MS_MAX = 1000 / 60;
const HLS_TYPE = 'application/vnd.apple.mpegurl';

const SENTENCES = {
  [2]: ['media_network', 'The video stopped loading. Check the connection, then try again.'],
  [3]: ['media_decode', 'This browser cannot decode this video.'],
  [4]: ['media_unsupported', 'This video cannot be opened: it is not there, its site refuses, or this browser cannot play its format.'],
};

/** @implements {Pick<import('./player.js').Player, 'load'|'play'|'pause'|'seek'|'read'>} */
export class Html5Player extends PlayerEvents {
  #now;
  #video;
  /** Frames presented lately: media time, and when each reached the screen. @type {{positionMs: number, at: number}[]} */
  #frames = [];
  /** Where it stood when it was told to play; moving on from there is what counts as playing. @type {number|null} */
  #from = null;
  #gone = false;

  /** @param {Surroundings} surroundings */
  constructor({ stage, now }) {
    super();
    this.#now = now;
    this.#video = document.createElement('video');
    this.#video.className = 'player-html5';
    this.#video.playsInline = true;
    this.#video.preload = 'auto';
    this.#video.disableRemotePlayback = true;
    this.#keepPitch(1);
    for (const type of ['loadedmetadata', 'canplay', 'canplaythrough', 'seeked', 'playing', 'pause', 'waiting', 'ended', 'durationchange']) {
      this.#video.addEventListener(type, () => this.changed());
    }
    this.#video.addEventListener('error', () => this.#onError());
    stage.append(this.#video);
  }

  /** @param {Media} media @param {number} startMs */
  load(media, startMs) {
    if (location.protocol === 'https:' && media.url.startsWith('http:')) {
      return this.failed('mixed_content', 'This video comes over http, which browsers refuse on an https page. Use an https link.');
    }
    if (media.kind === 'hls' && !this.#video.canPlayType(HLS_TYPE)) {
      return this.failed('hls_unsupported', 'This browser cannot play .m3u8 yet. Use a .mp4 or .webm link.');
    }
    this.#video.src = media.url;
    // Before the metadata is there this is where it will begin: no seek is spent on it.
    if (startMs > 0) this.#video.currentTime = startMs / 1000;
    this.#watchFrames();
  }

  play() {
    this.#from = this.#video.currentTime;
    this.#video.play().catch((/** @type {DOMException} */ error) => {
      if (error.name === 'NotAllowedError' && !this.#gone) this.blocked();
    });
  }

  pause() { this.#video.pause(); }

  /** @param {number} ms */
  seek(ms) {
    this.#frames = [];
    this.#video.currentTime = ms / 1000;
  }

  /** @param {number} rate */
  setRate(rate) {
    if (Math.abs(this.#video.playbackRate - rate) < 1e-4) return;
    this.#keepPitch(rate);
    this.#video.playbackRate = rate;
    // Frames shown at another rate do not compare with those to come.
    this.#frames = this.#frames.slice(-1);
  }

  /**
   * Up to 4 % nobody hears the pitch move, while keeping it makes Chromium drop about 18 ms of media at every step away from
   * rate 1, which would make steering chase its own tail.
   * @param {number} rate
   */
  #keepPitch(rate) { this.#video.preservesPitch = Math.abs(rate - 1) > 0.045; }

  /** @param {number} volume */
  setVolume(volume) { this.#video.volume = volume; }

  /** @param {boolean} muted */
  setMuted(muted) { this.#video.muted = muted; }

  /** @returns {Reading} */
  read() {
    const video = this.#video;
    const now = this.#now();
    const state = this.#state();
    const frame = state === 'playing' ? this.#promptestFrame(now) : null;
    return {
      state,
      positionMs: frame ? frame.positionMs : video.currentTime * 1000,
      at: frame ? frame.at : now,
      bufferedAheadMs: this.#ahead(),
      durationMs: Number.isFinite(video.duration) ? video.duration * 1000 : null,
      ready: video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA,
      rate: video.playbackRate, grainMs: frame ? this.#grain() : 0,
    };
  }

  destroy() {
    this.#gone = true;
    this.#video.pause();
    this.#video.removeAttribute('src');
    this.#video.load();
    this.#video.remove();
  }

  /** @returns {Reading['state']} */
  #state() {
    const video = this.#video;
    if (video.readyState < HTMLMediaElement.HAVE_METADATA) return 'loading';
    if (video.seeking) return 'seeking';
    if (video.ended) return 'ended';
    if (video.paused) return 'paused';
    if (video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return 'buffering';
    if (this.#from !== null && video.currentTime === this.#from) return 'buffering';
    this.#from = null;
    return 'playing';
  }

  /** A busy page shows frames late, never early: of the last few the furthest ahead tells the position. @param {number} now */
  #promptestFrame(now) {
    const lead = (/** @type {{positionMs: number, at: number}} */ f) => f.positionMs - f.at * this.#video.playbackRate;
    const fresh = this.#frames.filter((f) => now - f.at < FRAME_FRESH_MS);
    return fresh.reduce((best, f) => (best === null || lead(f) > lead(best) ? f : best), /** @type {typeof fresh[0]|null} */ (null));
  }

  /** Pictures change only when the screen does: positions between two refreshes cannot be shown. */
  #grain() {
    const gaps = this.#frames.slice(1).map((f, i) => f.at - this.#frames[i].at).filter((gap) => gap > 1);
    return gaps.length === 0 ? GRAIN_MS_MAX : Math.min(GRAIN_MS_MAX, ...gaps);
  }

  #ahead() {
    const { buffered, currentTime } = this.#video;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime <= buffered.end(i)) return (buffered.end(i) - currentTime) * 1000;
    }
    return 0;
  }

  #watchFrames() {
    const video = this.#video;
    if (!('requestVideoFrameCallback' in video)) return;
    /** @type {VideoFrameRequestCallback} */
    const onFrame = (_, frame) => {
      if (this.#gone) return;
      if (!video.seeking) this.#frames = [...this.#frames.slice(-7), { positionMs: frame.mediaTime * 1000, at: frame.expectedDisplayTime }];
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  #onError() {
    const code = this.#video.error?.code;
    if (this.#gone || (code !== 2 && code !== 3 && code !== 4)) return;
    const [name, text] = SENTENCES[code];
    this.failed(name, text);
  }
}
