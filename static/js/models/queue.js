// @ts-check
import { Emitter } from '../lib/emitter.js';
import { clock_text } from '../lib/format.js';
import { has, parts, t } from '../lib/strings.js';

/** @typedef {import('../types.js').Queue} Queue */
/** @typedef {import('../types.js').QueueItem} QueueItem */
/** @typedef {import('../types.js').Action} Action */

/** @type {Queue} */
const empty = { rev: 0, items: [], autoplay: true, loop: 'off', votes: [], votes_needed: 1 };

/** The words for an item whose title nobody knows: the end of its link. @param {QueueItem} item */
export function item_title(item) {
  return item.title || link_words(item.media.url);
}

/** @param {string} url */
export function link_words(url) {
  try {
    if (url.startsWith('/library/')) return t('queue.library');
    if (url.startsWith('/live/')) return t('queue.stream');
    const { host, pathname, searchParams } = new URL(url);
    if (/(^|\.)youtube\.com$/.test(host)) return t('queue.youtube', { id: searchParams.get('v') ?? '' }).trim();
    const last = pathname.split('/').filter(Boolean).at(-1);
    return last ? decodeURIComponent(last) : host;
  } catch {
    return url;
  }
}

/** @param {Action} action @returns {[import('../lib/strings.js').Key, {item: string, time: string}]} */
function words_of({ what, detail }) {
  const key = `history.${what}`;
  return [has(key) ? key : 'history.undone', { item: link_words(detail), time: what === 'jumped' ? clock_text(Number(detail)) : '' }];
}

/** What somebody did. @param {Action} action @param {string} name */
export function action_text(action, name) {
  const [key, values] = words_of(action);
  return t(key, { ...values, name });
}

/** The same around an element with their name. @param {Action} action @param {Node} name */
export function action_parts(action, name) {
  const [key, values] = words_of(action);
  return parts(key, { ...values, name });
}

/**
 * Where an item goes when it is moved by a number of places: the id it then stands before, null for the end, undefined when it does not move.
 * @param {QueueItem[]} items @param {number} item @param {number} by
 * @returns {number | null | undefined}
 */
export function place_after_move(items, item, by) {
  const from = items.findIndex((one) => one.id === item);
  const to = Math.min(Math.max(from + by, 0), items.length - 1);
  if (from < 0 || to === from) return undefined;
  return items[to > from ? to + 1 : to]?.id ?? null;
}

/** The queue and the last steps, whole states as the server tells them. Says `change` and `actions`. */
export class QueueModel extends Emitter {
  /** @type {Queue} */
  now = empty;
  /** @type {Action[]} newest first */
  actions = [];

  /** @param {{queue?: Queue, actions?: Action[]}} welcome revisions count anew with each epoch, so a welcome is taken as it is */
  welcome({ queue, actions }) {
    this.now = queue ?? empty;
    this.actions = [...(actions ?? [])].reverse();
    this.emit('change');
    this.emit('actions');
  }

  /** @param {Queue} queue */
  apply(queue) {
    if (queue.rev < this.now.rev) return;
    this.now = queue;
    this.emit('change');
  }

  /** @param {Action[]} actions */
  steps(actions) {
    this.actions = [...actions].reverse();
    this.emit('actions');
  }
}

const just_changed_ms = 700;

/** Two people skip the same video: the second one did not mean the next, which has hardly begun. */
export class SkipGuard {
  #url = '';
  #changed_ms = -Infinity;

  /** @param {import('../types.js').Playback | null} playback @param {string} me @param {number} now_ms */
  saw(playback, me, now_ms) {
    const url = playback?.media?.url ?? '';
    if (this.#url && url !== this.#url && playback?.by !== me) this.#changed_ms = now_ms;
    this.#url = url;
  }

  /** @param {number} now_ms */
  meant(now_ms) {
    return now_ms - this.#changed_ms >= just_changed_ms;
  }
}
