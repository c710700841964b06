// @ts-check
// The embedded YouTube player as a player. What it says of itself is a few (time, stamp) pairs a second and a state; this file
// makes readings of them. youtube_frame.js speaks the messages.
import { t } from '../lib/strings.js';
import { PlayerEvents } from './player.js';
import { describeError } from './youtube_errors.js';
import { YoutubeFrame } from './youtube_frame.js';

/** @typedef {import('./player.js').Media} Media */
/** @typedef {import('./player.js').Surroundings} Surroundings */
/** @typedef {import('../sync/types.js').Reading} Reading */

/** Playing without moving for this long is an advertisement. */
const AD_AFTER_MS = 2000;
/** Told to play and not playing yet: starting, until this long has passed. */
const PLAY_PATIENCE_MS = 5000;
const BLOCKED_AFTER_MS = 2500;
const SEEK_PATIENCE_MS = 4000;
const State = { unstarted: -1, ended: 0, playing: 1, paused: 2, buffering: 3, cued: 5 };

export class YoutubePlayer extends PlayerEvents {
  #now;
  #frame;
  #videoId = '';
  #state = State.unstarted;
  #ready = false;
  #positionMs = 0;
  #at = 0;
  #movedAt = 0;
  #durationMs = /** @type {number|null} */ (null);
  #loaded = 0;
  #rate = 1;
  #wantedRate = 1;
  #askedAt = /** @type {number|null} */ (null);
  #seeking = /** @type {{toMs: number, since: number}|null} */ (null);
  #blockedTimer = 0;

  /** @param {Surroundings} surroundings */
  constructor({ stage, now }) {
    super();
    this.#now = now;
    this.#frame = new YoutubeFrame({
      onReady: () => this.#onReady(),
      onInfo: (info) => this.#onInfo(info),
      onState: (state) => this.#onState(state),
      onError: (number) => this.failed(...describeError(number)),
      onBlocked: () => this.blocked(),
      onSilence: () => this.failed('youtube_silent', t('youtube.silent')),
    });
    stage.append(this.#frame.element);
  }

  /** @param {Media} media @param {number} startMs */
  load(media, startMs) {
    this.#videoId = media.video_id ?? '';
    this.#frame.load(this.#videoId);
    if (startMs > 0) this.seek(startMs);
  }

  play() {
    this.#askedAt = this.#now();
    this.#frame.play();
    clearTimeout(this.#blockedTimer);
    this.#blockedTimer = setTimeout(() => {
      if (this.#state !== State.playing && this.#state !== State.buffering) this.blocked();
    }, BLOCKED_AFTER_MS);
  }

  pause() {
    this.#askedAt = null;
    clearTimeout(this.#blockedTimer);
    this.#frame.pause();
  }

  /** @param {number} ms */
  seek(ms) {
    if (this.#resting()) {
      // Seeking would start a player that has not played yet; cueing does not.
      this.#frame.cue(this.#videoId, ms / 1000);
      this.#positionMs = ms;
      return;
    }
    this.#seeking = { toMs: ms, since: this.#now() };
    this.#frame.seek(ms / 1000);
  }

  /** @param {number} rate */
  setRate(rate) {
    if (Math.abs(rate - this.#wantedRate) < 0.001) return;
    this.#wantedRate = rate;
    this.#frame.setRate(rate);
  }

  /** @param {number} volume */
  setVolume(volume) { this.#frame.setVolume(Math.round(volume * 100)); }

  /** @param {boolean} muted */
  setMuted(muted) { this.#frame.setMuted(muted); }

  /** @returns {Reading} */
  read() {
    const now = this.#now();
    const state = this.#reported(now);
    return {
      state, positionMs: this.#positionMs, at: state === 'playing' || state === 'ad' ? this.#at : now,
      bufferedAheadMs: this.#durationMs === null ? 0 : Math.max(0, this.#loaded * this.#durationMs - this.#positionMs),
      durationMs: this.#durationMs, ready: this.#ready, rate: this.#rate,
    };
  }

  destroy() {
    clearTimeout(this.#blockedTimer);
    this.#frame.close();
  }

  #resting() { return this.#state === State.unstarted || this.#state === State.cued; }

  /** @param {number} now @returns {Reading['state']} */
  #reported(now) {
    if (!this.#ready) return 'loading';
    if (this.#seeking && now - this.#seeking.since > SEEK_PATIENCE_MS) this.#seeking = null;
    if (this.#seeking) return 'seeking';
    if (this.#state === State.ended) return 'ended';
    if (this.#state === State.buffering) return 'buffering';
    if (this.#state !== State.playing) {
      return this.#askedAt !== null && now - this.#askedAt < PLAY_PATIENCE_MS ? 'buffering' : 'paused';
    }
    return now - this.#movedAt > AD_AFTER_MS ? 'ad' : 'playing';
  }

  #onReady() {
    this.#ready = true;
    this.changed();
  }

  /** @param {Record<string, any>} info */
  #onInfo(info) {
    if (typeof info.duration === 'number' && info.duration > 0) this.#durationMs = info.duration * 1000;
    if (typeof info.videoLoadedFraction === 'number') this.#loaded = info.videoLoadedFraction;
    if (typeof info.playbackRate === 'number') this.#rate = info.playbackRate;
    if (typeof info.playerState === 'number') this.#onState(info.playerState);
    if (typeof info.currentTime === 'number') this.#onTime(info.currentTime * 1000, info.currentTimeLastUpdated_);
  }

  /** @param {number} positionMs @param {unknown} stamp Unix seconds at which it was true */
  #onTime(positionMs, stamp) {
    const now = this.#now();
    if (this.#seeking) {
      const passed = now - this.#seeking.since;
      if (positionMs < this.#seeking.toMs - 300 || positionMs > this.#seeking.toMs + passed * this.#rate + 300) return;
      this.#seeking = null;
    }
    // A poster frame reports 0 whatever was cued.
    if (this.#resting()) return;
    // A wild stamp is worth less than the time of arrival.
    const age = typeof stamp === 'number' ? Date.now() - stamp * 1000 : 0;
    if (positionMs !== this.#positionMs) this.#movedAt = now;
    this.#positionMs = positionMs;
    this.#at = now - (age > 0 && age < 500 ? age : 0);
    this.changed();
  }

  /** @param {number} state */
  #onState(state) {
    if (state === this.#state) return;
    this.#state = state;
    if (state === State.playing) {
      this.#askedAt = null;
      this.#movedAt = this.#now();
      clearTimeout(this.#blockedTimer);
    }
    this.changed();
  }
}
