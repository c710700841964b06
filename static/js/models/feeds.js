// @ts-check
// The streams of a room as the list of them shows each: what is stored, and what runs just now. Pure.
import { t } from '../lib/strings.js';

/** @typedef {{id: number, name: string, kind: 'feed' | 'camera' | 'screen', owner_name: string, mine: boolean, ended: boolean}} Stored */
/** @typedef {Stored & {state: 'live' | 'away' | 'ended' | 'silent', text: string}} Feed */

/**
 * Those with keys, and of what pages send, which is made anew each time, that of others while it runs: one's own has its button.
 * @param {Stored[]} stored what this person may change @param {import('../types.js').LiveStream[]} live
 * @returns {Feed[]}
 */
export function feeds_of(stored, live) {
  const running = new Map(live.map((stream) => [stream.id, stream]));
  return stored.filter((one) => one.kind === 'feed' || (!one.mine && running.has(one.id))).map((one) => {
    const stream = running.get(one.id);
    const state = stream ? (stream.online ? 'live' : 'away') : one.ended ? 'ended' : 'silent';
    const text = t(`feeds.state_${state}`, { n: stream?.viewers ?? 0 });
    return { ...one, state, text: one.mine ? text : t('feeds.by', { state: text, name: one.owner_name }) };
  });
}
