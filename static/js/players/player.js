// @ts-check
// What every player adapter offers, and the choice of one for a medium. An adapter touches its player and decides nothing:
// the controllers of ../sync do that.
//
// Events: `change` (read it again now) · `blocked` (the browser wants a tap first) · `failed` (detail: {code, text}).

/** @typedef {import('../types.js').Media} Media */
/** @typedef {import('../sync/types.js').Reading} Reading */

/**
 * @typedef {EventTarget & {
 *   load(media: Media, startMs: number): void,
 *   play(): void,
 *   pause(): void,
 *   seek(ms: number): void,
 *   setRate(rate: number): void,
 *   setVolume(volume: number): void,
 *   setMuted(muted: boolean): void,
 *   read(): Reading,
 *   destroy(): void,
 * }} Player
 */

/** @typedef {{stage: HTMLElement, now: () => number}} Surroundings */

export class PlayerEvents extends EventTarget {
  changed() { this.dispatchEvent(new Event('change')); }

  blocked() { this.dispatchEvent(new Event('blocked')); }

  /** @param {string} code @param {string} text one sentence for the person */
  failed(code, text) { this.dispatchEvent(new CustomEvent('failed', { detail: { code, text } })); }
}

/** Does showing this medium ask another site for something? @param {Media} media @param {string} ownOrigin */
export function isThirdParty(media, ownOrigin) {
  return media.kind === 'youtube' || new URL(media.url, ownOrigin).origin !== ownOrigin;
}
