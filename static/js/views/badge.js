// @ts-check
import { el, find, set_attribute, set_text } from '../lib/dom.js';

/** @typedef {import('../types.js').Badge} Badge */
/** @typedef {import('../types.js').PlayerView} PlayerView */

const announce_every_ms = 5_000;

/**
 * The one action a badge offers. Pure.
 * @param {PlayerView} view @param {boolean} may_control
 * @returns {{name: 'start_now' | 'rejoin' | 'tap' | 'again', text: string} | null}
 */
export function badge_action(view, may_control) {
  if (view.needsTap) return { name: 'tap', text: view.badge.kind === 'sound-off' ? 'Tap for sound' : 'Tap to play' };
  switch (view.badge.kind) {
    case 'waiting': return may_control ? { name: 'start_now', text: 'Start now' } : null;
    case 'alone': return { name: 'rejoin', text: 'Rejoin' };
    case 'sound-off': return { name: 'tap', text: 'Tap for sound' };
    case 'failed': return { name: 'again', text: 'Try again' };
    default: return null;
  }
}

/**
 * Without a connection nobody knows whether the room went on: what would be said about being in step gives way to that. Pure.
 * @param {Badge} badge @param {string} lost what is said of the lost connection, or ""
 * @returns {Badge}
 */
export function badge_now(badge, lost) {
  return lost && ['in-step', 'catching-up', 'waiting'].includes(badge.kind) ? { kind: 'reconnecting', text: lost } : badge;
}

/** What the details say about the figure. @param {Badge} badge */
export function badge_details(badge) {
  if (badge.ms === undefined) return '';
  const off = Math.round(Math.abs(badge.ms));
  return off === 0 ? 'Exactly with the room.' : `${off} milliseconds ${badge.ms < 0 ? 'behind' : 'ahead of'} the room.`;
}

/** @param {{act(name: string): void, announce(text: string): void}} options */
export function make_badge({ act, announce }) {
  const badge = find('#badge');
  const word = find('#badge-open');
  const action = find('#badge-action');
  let action_name = '';
  let said = '';
  let said_at = -Infinity;
  let waits = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  // A tap that everything waits for is worth more than a word in a corner. Beside the picture: YouTube's must not be covered.
  const tap_button = el('button', { id: 'tap', class: 'button primary tap', type: 'button', hidden: true, onclick: () => act('tap') });
  find('#stage').after(tap_button);
  action.addEventListener('click', () => act(action_name));

  /** Changes of kind are read out, at most one in five seconds; countdowns are not. @param {Badge} now */
  const say = (now) => {
    if (now.kind === said) return;
    clearTimeout(waits);
    const wait = said_at + announce_every_ms - performance.now();
    if (wait > 0) {
      waits = setTimeout(() => say(now), wait);
      return;
    }
    // The first "in step" after joining is no news.
    if (said !== '' || now.kind !== 'in-step') announce(now.text);
    said = now.kind;
    said_at = performance.now();
  };

  /** @param {PlayerView} seen @param {boolean} may_control @param {string} lost */
  return (seen, may_control, lost) => {
    const view = { ...seen, badge: badge_now(seen.badge, lost) };
    const offer = badge_action(view, may_control);
    const tap = view.needsTap && view.badge.kind !== 'sound-off';
    const kind = view.needsConsent ? 'idle' : tap ? 'sound-off' : view.badge.kind;
    set_attribute(badge, 'data-kind', kind);
    set_text(word, tap ? 'Your browser waits for a tap' : view.badge.text);
    const taps = offer?.name === 'tap';
    tap_button.hidden = !taps || kind === 'idle';
    if (taps) set_text(tap_button, offer.text);
    action.hidden = !offer || taps || kind === 'idle';
    action_name = offer?.name ?? '';
    if (offer && !taps) set_text(action, offer.text);
    // The banner tells of a lost connection when it lasts.
    if (kind !== 'idle' && view.badge.kind !== 'reconnecting') say(view.badge);
    set_text(find('#sync-title'), view.badge.text || 'Nothing is playing');
    set_text(find('#sync-ms'), badge_details(view.badge));
    set_text(find('#sync-alone'), view.badge.kind === 'alone' ? 'Rejoin the room' : 'Watch on my own');
    set_text(find('#sync-again'), 'Catch up now');
    find('#sync-again').hidden = view.badge.kind === 'alone';
    set_text(find('#sync-text'), view.badge.kind === 'alone'
      ? 'Play, pause and seek act only for you until you rejoin.'
      : 'Everybody sees the same picture at the same moment. If yours does not, catch up now.');
  };
}
