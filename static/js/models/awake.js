// @ts-check
/**
 * A screen that does not go dark while something plays. The browser takes the lock away by itself when the page is hidden, and may
 * refuse it (battery saver): then the screen goes dark as usual, and nobody is told.
 *
 *   released ─wanted─▶ asking ─granted─▶ held ─not wanted, or taken away─▶ released
 *                        │ refused, or no longer wanted by then ─────────▶ released
 *
 * @typedef {{release(): Promise<void>, addEventListener(name: 'release', heard: () => void): void}} Lock
 */
export class Awake {
  #request;
  #wanted = false;
  #asking = false;
  /** @type {Lock | null} */ #lock = null;

  /** @param {() => Promise<Lock>} request */
  constructor(request) {
    this.#request = request;
  }

  get held() { return this.#lock !== null; }

  /** @param {boolean} wanted */
  want(wanted) {
    this.#wanted = wanted;
    if (wanted) return this.#ask();
    const lock = this.#lock;
    this.#lock = null;
    lock?.release().catch(() => {});
    return undefined;
  }

  async #ask() {
    if (this.#asking || this.#lock) return;
    this.#asking = true;
    const lock = await this.#request().catch(() => null);
    this.#asking = false;
    if (!lock) return;
    if (!this.#wanted) return void lock.release().catch(() => {});
    this.#lock = lock;
    lock.addEventListener('release', () => {
      if (this.#lock === lock) this.#lock = null;
    });
  }
}
