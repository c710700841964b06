// @ts-check
import { el, find, set_attribute, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @typedef {import('../types.js').Badge} Badge */
/** @typedef {import('../types.js').PlayerView} PlayerView */

const announce_every_ms = 5_000;

/**
 * The one action a badge offers. Pure.
 * @param {PlayerView} view @param {boolean} may_control
 * @returns {{name: 'start_now' | 'rejoin' | 'tap' | 'again', text: string} | null}
 */
export function badge_action(view, may_control) {
  if (view.needsTap) return { name: 'tap', text: view.badge.kind === 'sound-off' ? t('badge.tap_sound') : t('badge.tap_play') };
  switch (view.badge.kind) {
    case 'waiting': return may_control ? { name: 'start_now', text: t('badge.start_now') } : null;
    case 'alone': return { name: 'rejoin', text: t('badge.rejoin') };
    case 'sound-off': return { name: 'tap', text: t('badge.tap_sound') };
    case 'failed': return { name: 'again', text: t('badge.again') };
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
  return off === 0 ? t('badge.exact') : t(badge.ms < 0 ? 'badge.ms_behind' : 'badge.ms_ahead', { ms: off });
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
    set_text(word, tap ? t('badge.waits_tap') : view.badge.text);
    const taps = offer?.name === 'tap';
    tap_button.hidden = !taps || kind === 'idle';
    if (taps) set_text(tap_button, offer.text);
    action.hidden = !offer || taps || kind === 'idle';
    action_name = offer?.name ?? '';
    if (offer && !taps) set_text(action, offer.text);
    // The banner tells of a lost connection when it lasts.
    if (kind !== 'idle' && view.badge.kind !== 'reconnecting') say(view.badge);
    set_text(find('#sync-title'), view.badge.text || t('badge.nothing'));
    set_text(find('#sync-ms'), badge_details(view.badge));
    set_text(find('#sync-alone'), view.badge.kind === 'alone' ? t('sync.rejoin') : t('sync.alone'));
    find('#sync-again').hidden = view.badge.kind === 'alone';
    set_text(find('#sync-text'), view.badge.kind === 'alone'
      ? t('sync.alone_text')
      : t('sync.step_text'));
  };
}
