// @ts-check
/** Who may do what, and how to say that somebody may not. Pure. */
import { t } from '../lib/strings.js';

/** @typedef {import('../types.js').Room} Room */
/** @typedef {import('../types.js').Participant} Participant */
/** @typedef {import('../types.js').Grant} Grant */
/** @typedef {import('../types.js').Role} Role */
/** @typedef {'make_moderator' | 'make_member' | 'make_owner' | 'stop_chat' | 'allow_chat' | 'remove' | 'block'} Act */

/** @type {Role[]} */
export const roles = ['owner', 'moderator', 'member', 'guest'];
/** @type {Grant[]} */
export const grants = ['chat', 'react', 'queue_add', 'play_now', 'control', 'reorder', 'skip', 'remove', 'block', 'stop_chat', 'edit_room', 'delete_messages', 'go_live'];

/** @param {Room | null} room @param {Participant | undefined} person @param {Grant} grant @returns {boolean} */
export function can(room, person, grant) {
  if (!room || !person) return false;
  return person.role === 'owner' || (room.grants[person.role] ?? []).includes(grant);
}

/**
 * @param {Room} room
 * @param {Grant} grant
 * @param {'play' | 'pause' | 'seek' | 'speed' | 'choose' | 'queue' | 'chat' | 'this'} verb what was tried
 * @param {string} owner name of the owner
 * @returns {string} "Only moderators can seek here. Ask Olga."
 */
export function refusal(room, grant, verb, owner) {
  const lowest = roles.filter((role) => role === 'owner' || room.grants[role]?.includes(grant)).at(-1);
  const what = t(`verb.${verb}`);
  const sentence = lowest === 'moderator' ? t('rights.moderators', { what }) : lowest === 'member' ? t('rights.members', { what }) : t('rights.owner', { what });
  return owner ? t('rights.ask', { sentence, owner }) : sentence;
}

/**
 * What `me` may do to `other`, in the order of the menu. The server decides; this only keeps hopeless entries out of the menu.
 * @param {Room} room @param {Participant} me @param {Participant} other @param {number} now_ms
 * @returns {Act[]}
 */
export function actions_on(room, me, other, now_ms) {
  if (me.id === other.id) return [];
  const below = roles.indexOf(other.role) > roles.indexOf(me.role);
  /** @type {Act[]} */
  const actions = [];
  if (me.role === 'owner' && other.role !== 'moderator' && other.kind === 'account') actions.push('make_moderator');
  if (me.role === 'owner' && other.role === 'moderator') actions.push('make_member');
  if (below && can(room, me, 'stop_chat')) actions.push(is_silenced(other, now_ms) ? 'allow_chat' : 'stop_chat');
  if (below && can(room, me, 'remove')) actions.push('remove');
  if (below && can(room, me, 'block')) actions.push('block');
  if (me.role === 'owner') actions.push('make_owner');
  return actions;
}

/** @param {Participant | undefined} person @param {number} now_ms */
export function is_silenced(person, now_ms) {
  const until = person?.silenced_until_ms;
  return until !== undefined && (until === 0 || until > now_ms);
}
