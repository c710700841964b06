// @ts-check
// The stage's one player at a time: makes the adapter it is given, carries actions out, and deals with browsers that want a tap
// before they play with sound.
import { PlayerEvents } from './player.js';

/** @typedef {import('./player.js').Media} Media */
/** @typedef {import('./player.js').Player} Player */
/** @typedef {new (surroundings: import('./player.js').Surroundings) => Player} PlayerMaker */
/** @typedef {import('../sync/types.js').Action} Action */
/** @typedef {import('../sync/types.js').SyncError} SyncError */

export class PlayerHost extends PlayerEvents {
  #surroundings;
  #player = /** @type {Player|null} */ (null);
  #volume = 1;
  #muted = false;
  #key = '';
  /** Muted by us because the browser refused sound without a tap. */
  #hushed = false;
  /** Even without sound the browser refused. */
  #stuck = false;
  error = /** @type {SyncError|null} */ (null);

  /** @param {import('./player.js').Surroundings} surroundings */
  constructor(surroundings) {
    super();
    this.#surroundings = surroundings;
  }

  get needsTap() { return this.#stuck || this.#hushed; }
  get soundOff() { return this.#hushed; }
  get stuck() { return this.#stuck; }

  /** Shows this medium; the same medium again stays as it is. @param {Media} media @param {number} startMs @param {PlayerMaker} Player @returns {boolean} it is another one */
  show(media, startMs, Player) {
    const key = `${media.kind} ${media.video_id ?? media.url}`;
    if (key === this.#key) return false;
    this.clear();
    this.#key = key;
    const player = new Player(this.#surroundings);
    this.#player = player;
    player.addEventListener('change', () => this.changed());
    player.addEventListener('blocked', () => this.#onBlocked());
    player.addEventListener('failed', (event) => this.fail(/** @type {CustomEvent} */ (event).detail));
    player.setVolume(this.#volume);
    player.setMuted(this.#muted || this.#hushed);
    player.load(media, startMs);
    return true;
  }

  /** Nothing on the stage, and no error. */
  clear() {
    this.#player?.destroy();
    this.#player = null;
    this.#key = '';
    this.error = null;
    this.#stuck = false;
  }

  /** This medium cannot be shown. @param {SyncError} error */
  fail(error) {
    this.error = error;
    this.changed();
  }

  read() { return this.#player && !this.error ? this.#player.read() : null; }

  /** @param {Action[]} actions */
  act(actions) {
    const player = this.#player;
    if (!player) return;
    for (const action of actions) {
      if (action.do === 'play') player.play();
      else if (action.do === 'pause') player.pause();
      else if (action.do === 'seek') player.seek(action.toMs);
      else player.setRate(action.rate);
    }
  }

  /** @param {number} volume 0..1 */
  setVolume(volume) {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#player?.setVolume(this.#volume);
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.#muted = muted;
    // Whoever touches the sound has tapped.
    this.#hushed = false;
    this.#player?.setMuted(muted);
  }

  /** Call it inside the tap: only then does the browser let the sound on. */
  tapForSound() {
    const stuck = this.#stuck;
    this.#stuck = false;
    this.setMuted(false);
    if (stuck) this.#player?.play();
    this.changed();
  }

  #onBlocked() {
    if (!this.#hushed && !this.#muted) {
      this.#hushed = true;
      this.#player?.setMuted(true);
      this.#player?.play();
    } else {
      this.#stuck = true;
    }
    this.changed();
  }
}
