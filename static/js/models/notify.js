// @ts-check
import { t } from '../lib/strings.js';

/**
 * What Settings say about notifications of mentions, and what the button there does. Pure.
 * @param {{secure: boolean, permission: 'default' | 'granted' | 'denied' | 'none', on: boolean}} facts permission "none": the browser has no notifications
 * @returns {{text: string, act: '' | 'on' | 'off', button: string}}
 */
export function notify_words({ secure, permission, on }) {
  if (!secure) return { text: t('notify.https'), act: '', button: '' };
  if (permission === 'none') return { text: t('notify.none'), act: '', button: '' };
  if (permission === 'denied') return { text: t('notify.blocked'), act: '', button: '' };
  if (permission === 'granted' && on) return { text: t('notify.is_on'), act: 'off', button: t('notify.turn_off') };
  return { text: t('notify.is_off'), act: 'on', button: t('notify.turn_on') };
}

/**
 * Is this message worth a notification? Only what calls this person, and only when they cannot see it. `granted` is asked last: a browser
 * answers it from another process, which takes a millisecond.
 * @param {{on: boolean, readonly granted: boolean, hidden: boolean, mine: boolean, readonly mentions_me: boolean}} facts
 */
export const worth_telling = (facts) => facts.on && facts.hidden && !facts.mine && facts.mentions_me && facts.granted;
