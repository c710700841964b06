// @ts-check
import { find, set_attribute, set_icon, set_text } from '../lib/dom.js';
import { clock_text, spoken_position } from '../lib/format.js';
import { language, t } from '../lib/strings.js';

/** @typedef {import('../types.js').PlayerView} PlayerView */
/** @typedef {{play(): void, pause(): void, seek(ms: number): void, rate(rate: number): void, volume(part: number): void, mute(on: boolean): void}} BarIntents */

/** @param {number} rate @returns {string} "1.25×" */
const speed_text = (rate) => `${rate.toLocaleString(language)}×`;

const key_step_ms = 5_000;

/** The controls below the picture. A drag on the time bar only previews; it is committed when it ends. */
export class Bar {
  #time = /** @type {HTMLInputElement} */ (find('#time'));
  #volume = /** @type {HTMLInputElement} */ (find('#volume'));
  #speed = /** @type {HTMLSelectElement} */ (find('#speed'));
  /** @type {PlayerView | null} */
  #view = null;
  #dragging = false;
  #intents;

  /** @param {BarIntents} intents */
  constructor(intents) {
    this.#intents = intents;
    find('#play').addEventListener('click', () => this.toggle());
    find('#back').addEventListener('click', () => this.step(-10_000));
    find('#forward').addEventListener('click', () => this.step(10_000));
    find('#mute').addEventListener('click', () => intents.mute(find('#mute').getAttribute('aria-pressed') !== 'true'));
    this.#volume.addEventListener('input', () => intents.volume(this.#volume.valueAsNumber / 100));
    this.#speed.addEventListener('change', () => intents.rate(Number(this.#speed.value)));
    for (const option of this.#speed.options) option.text = speed_text(Number(option.value));
    this.#wire_time();
  }

  #wire_time() {
    const time = this.#time;
    time.addEventListener('input', () => {
      this.#dragging = true;
      this.#paint_time(time.valueAsNumber * 1000);
    });
    time.addEventListener('change', () => {
      if (!this.#dragging) return;
      this.#dragging = false;
      this.#intents.seek(time.valueAsNumber * 1000);
    });
    const give_up = () => {
      this.#dragging = false;
      if (this.#view) this.paint(this.#view);
    };
    time.addEventListener('pointercancel', give_up);
    time.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -key_step_ms, ArrowDown: -key_step_ms, ArrowRight: key_step_ms, ArrowUp: key_step_ms, PageUp: 60_000, PageDown: -60_000 }[event.key];
      if (event.key === 'Escape' && this.#dragging) give_up();
      if (step === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.step(step);
    });
  }

  /** An explicit target, never "toggle": what the button shows is what it sends. */
  toggle() {
    if (!this.#view || this.#view.phase === 'idle') return;
    if (this.#view.phase === 'paused') this.#intents.play();
    else this.#intents.pause();
  }

  /** @param {number} ms */
  step(ms) {
    if (!this.#view || this.#view.phase === 'idle' || this.#view.live) return;
    this.#intents.seek(Math.max(0, Math.min(this.#view.positionMs + ms, this.#view.durationMs ?? Infinity)));
  }

  /** @param {PlayerView} view */
  paint(view) {
    this.#view = view;
    const idle = view.phase === 'idle';
    const paused = view.phase === 'paused' || idle;
    set_icon(find('#play'), paused ? 'play' : 'pause');
    set_attribute(find('#play'), 'aria-label', !paused ? t('player.pause') : view.live ? t('player.to_live') : t('player.play'));
    /** @type {HTMLButtonElement} */ (find('#play')).disabled = idle;
    for (const id of ['#back', '#forward']) /** @type {HTMLButtonElement} */ (find(id)).disabled = idle || !view.canSeek;
    this.#speed.disabled = idle || view.live === true;
    if (document.activeElement !== this.#speed) this.#show_speed(view.rate);
    this.#time.disabled = idle || !view.canSeek || view.durationMs === null;
    this.#time.max = String((view.durationMs ?? 1000) / 1000);
    find('#bar').toggleAttribute('data-buffering', view.buffering);
    if (!this.#dragging) {
      this.#time.value = String(view.durationMs === null ? 0 : view.positionMs / 1000);
      this.#paint_time(view.positionMs);
    }
  }

  /** A speed that another client chose may be missing in the list. @param {number} rate */
  #show_speed(rate) {
    const value = String(rate);
    if (![...this.#speed.options].some((option) => option.value === value)) this.#speed.add(new Option(speed_text(rate), value));
    this.#speed.value = value;
  }

  /** @param {number} position_ms */
  #paint_time(position_ms) {
    const duration = this.#view?.durationMs ?? null;
    const live = this.#view?.live === true;
    find('#clock').toggleAttribute('data-live', live && this.#view?.phase === 'playing');
    set_text(find('#clock-now'), live ? t('live.live') : this.#dragging ? `→ ${clock_text(position_ms)}` : clock_text(position_ms));
    set_text(find('#clock-all'), duration === null ? '' : `/ ${clock_text(duration)}`);
    find('#clock').toggleAttribute('data-preview', this.#dragging);
    set_attribute(this.#time, 'aria-valuetext', live ? t('live.live') : spoken_position(position_ms, duration));
    this.#time.style.setProperty('--done', `${live ? 100 : duration ? Math.min(100, (position_ms / duration) * 100) : 0}%`);
  }

  /** @param {number} volume 0..1 @param {boolean} muted */
  paint_sound(volume, muted) {
    const silent = muted || volume === 0;
    set_icon(find('#mute'), silent ? 'muted' : 'volume');
    set_attribute(find('#mute'), 'aria-pressed', String(muted));
    this.#volume.value = String(Math.round(volume * 100));
    this.#volume.style.setProperty('--done', `${muted ? 0 : Math.round(volume * 100)}%`);
  }
}
