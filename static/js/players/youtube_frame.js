// @ts-check
// The messages between us and the embedded YouTube player. YouTube does not document them; this is the one file that speaks
// them, and docs/youtube-player-messages.md lists them. No third-party script runs in our page for it.
import { t } from '../lib/strings.js';

export const ORIGIN = 'https://www.youtube-nocookie.com';
const LISTENING_EVERY_MS = 250;
const SILENCE_MS = 10_000;
const HEARD = ['onStateChange', 'onError', 'onAutoplayBlocked', 'onPlaybackRateChange'];

/**
 * @typedef {{
 *   onReady: () => void,
 *   onInfo: (info: Record<string, any>) => void,
 *   onState: (state: number) => void,
 *   onError: (number: unknown) => void,
 *   onBlocked: () => void,
 *   onSilence: () => void,
 * }} Listener
 */

let count = 0;

export class YoutubeFrame {
  element = document.createElement('iframe');
  #id = `matinee-${++count}`;
  #listener;
  #answered = false;
  #ready = false;
  #listening = 0;
  #silence = 0;
  /** @type {[string, unknown[]][]} */ #queued = [];

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.element.className = 'player-youtube';
    this.element.title = t('youtube.title');
    this.element.setAttribute('allow', 'autoplay; encrypted-media; fullscreen; picture-in-picture');
    this.element.referrerPolicy = 'strict-origin-when-cross-origin';
    addEventListener('message', this.#onMessage);
    addEventListener('blur', this.#onBlur);
  }

  /** @param {string} videoId */
  load(videoId) {
    const query = new URLSearchParams({
      enablejsapi: '1', origin: location.origin, controls: '0', disablekb: '1', playsinline: '1', rel: '0',
    });
    this.element.src = `${ORIGIN}/embed/${encodeURIComponent(videoId)}?${query}`;
    this.#listening = setInterval(() => this.#post({ event: 'listening' }), LISTENING_EVERY_MS);
    this.#silence = setTimeout(() => this.#listener.onSilence(), SILENCE_MS);
  }

  play() { this.#command('playVideo'); }

  pause() { this.#command('pauseVideo'); }

  /** @param {number} seconds */
  seek(seconds) { this.#command('seekTo', [seconds, true]); }

  /** @param {string} videoId @param {number} startSeconds */
  cue(videoId, startSeconds) { this.#command('cueVideoById', [{ videoId, startSeconds }]); }

  /** @param {number} rate */
  setRate(rate) { this.#command('setPlaybackRate', [rate]); }

  /** @param {number} percent */
  setVolume(percent) { this.#command('setVolume', [percent]); }

  /** @param {boolean} muted */
  setMuted(muted) { this.#command(muted ? 'mute' : 'unMute'); }

  close() {
    clearInterval(this.#listening);
    clearTimeout(this.#silence);
    removeEventListener('message', this.#onMessage);
    removeEventListener('blur', this.#onBlur);
    this.element.remove();
  }

  /** Before the player is ready it hears nothing, so what it is told waits. @param {string} func @param {unknown[]} [args] */
  #command(func, args = []) {
    if (this.#ready) this.#post({ event: 'command', func, args });
    else this.#queued.push([func, args]);
  }

  /** @param {object} message */
  #post(message) {
    this.element.contentWindow?.postMessage(JSON.stringify({ ...message, id: this.#id, channel: 'widget' }), ORIGIN);
  }

  #onMessage = (/** @type {MessageEvent} */ event) => {
    if (event.origin !== ORIGIN || event.source !== this.element.contentWindow) return;
    const message = parse(event.data);
    if (!message) return;
    if (!this.#answered) this.#onFirstAnswer();
    this.#tell(message);
  };

  #onFirstAnswer() {
    this.#answered = true;
    clearInterval(this.#listening);
    clearTimeout(this.#silence);
    for (const name of HEARD) this.#post({ event: 'command', func: 'addEventListener', args: [name] });
  }

  /** @param {{event: string, info?: any}} message */
  #tell({ event, info }) {
    if (event === 'onReady') this.#onReady();
    else if (event === 'initialDelivery' || event === 'infoDelivery') this.#listener.onInfo(info ?? {});
    else if (event === 'onStateChange' && typeof info === 'number') this.#listener.onState(info);
    else if (event === 'onError') this.#listener.onError(info);
    else if (event === 'onAutoplayBlocked') this.#listener.onBlocked();
  }

  #onReady() {
    if (this.#ready) return;
    this.#ready = true;
    for (const [func, args] of this.#queued.splice(0)) this.#command(func, args);
    this.#listener.onReady();
  }

  /** A click into the frame takes the keyboard with it; it comes back to us. */
  #onBlur = () => setTimeout(() => {
    if (document.activeElement !== this.element) return;
    this.element.blur();
    window.focus();
  });
}

/** @param {unknown} data @returns {{event: string, info?: any}|null} */
function parse(data) {
  try {
    const message = typeof data === 'string' ? JSON.parse(data) : null;
    return message && typeof message.event === 'string' ? message : null;
  } catch {
    return null;
  }
}
