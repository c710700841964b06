// @ts-check
import { find, set_text } from '../lib/dom.js';
import { random_id } from '../lib/ids.js';
import { lazy } from '../lib/lazy.js';
import { sentence_for } from '../lib/sentences.js';
import { has, t } from '../lib/strings.js';
import { position_at } from '../models/playback.js';
import { item_title, QueueModel, SkipGuard } from '../models/queue.js';
import { can, refusal } from '../models/rights.js';
import { open_menu } from '../views/menu.js';
import { make_queue_list } from '../views/queue_list.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../types.js').Grant} Grant */

const look_for_end_ms = 500;
/** @type {Record<string, Grant>} the right that a step took, and its undoing takes */
const grant_of = { video: 'play_now', cleared: 'play_now', skipped: 'skip', jumped: 'control', item_removed: 'reorder', queue_cleared: 'reorder', queue_shuffled: 'reorder' };

/** The queue, its settings, votes, and the way back. @param {App} app @param {EventTarget} engine @param {(text: string, undo?: (() => void) | null) => void} say */
export function control_queue(app, engine, say) {
  const { connection, people, playback } = app;
  const queue = new QueueModel();
  let duration_ms = /** @type {number | null} */ (null);
  let told_end_of = -1;
  const skips = new SkipGuard();

  const may = (/** @type {Grant} */ grant) => can(app.room, people.self, grant);
  const base = () => ({ base_rev: playback.rev, op: random_id() });

  /** @param {import('../types.js').ClientMessage} message @returns {Promise<string | null>} the sentence of a refusal */
  async function ask(message) {
    const reply = await connection.request(message);
    if (reply.type !== 'error') return null;
    if (reply.code === 'forbidden' && app.room) return refusal(app.room, /** @type {Grant} */ (String(reply.detail)), 'this', people.name(app.room.owner));
    if (reply.code === 'conflict') return reply.detail === 'queue' ? t('queue.full') : t('queue.undone_late');
    if (reply.code === 'not_found') return t('queue.not_there');
    return sentence_for(reply);
  }
  const act = async (/** @type {import('../types.js').ClientMessage} */ message) => {
    const sentence = await ask(message);
    if (!sentence) return;
    say(sentence);
    app.announce(sentence);
  };

  const list = make_queue_list({
    move: (item, before) => act({ type: 'queue.move', item, ...(before === null ? {} : { before }) }),
    play: (item) => act({ type: 'queue.play', item: item.id, ...base() }),
    menu(button, item) {
      const entries = [];
      if (may('play_now')) entries.push({ name: 'play', text: t('queue.watch_now') });
      if (may('reorder') && queue.now.items[0]?.id !== item.id) entries.push({ name: 'first', text: t('queue.play_next') });
      if (may('reorder') || item.by === people.me) entries.push({ name: 'remove', text: t('queue.remove'), bad: true });
      open_menu(button, entries, (name) => {
        if (name === 'play') act({ type: 'queue.play', item: item.id, ...base() });
        else if (name === 'first') act({ type: 'queue.move', item: item.id, before: queue.now.items[0].id });
        else act({ type: 'queue.remove', item: item.id });
      });
    },
  });

  function paint() {
    const { now } = queue;
    const order = may('reorder');
    list.paint(now.items, (item) => ({ may_move: order && now.items.length > 1, may_play: may('play_now'), has_menu: order || may('play_now') || item.by === people.me }));
    const auto = /** @type {HTMLInputElement} */ (find('#queue-autoplay'));
    const loop = /** @type {HTMLSelectElement} */ (find('#queue-loop'));
    [auto.checked, loop.value, auto.disabled, loop.disabled] = [now.autoplay, now.loop, !order, !order];
    const [shuffle, clear] = [find('#queue-shuffle'), find('#queue-clear')];
    shuffle.hidden = !order || now.items.length < 2;
    clear.hidden = !order || now.items.length === 0;
    paint_skip();
  }

  /** Who may skip has the button; the others vote, and see how many have. */
  function paint_skip() {
    const media = playback.now?.media != null;
    const { votes, votes_needed } = queue.now;
    const [skip, vote] = [find('#queue-skip'), find('#queue-vote')];
    skip.hidden = !media || !may('skip');
    vote.hidden = !media || may('skip');
    const mine = votes.includes(people.me);
    vote.setAttribute('aria-pressed', String(mine));
    set_text(vote, votes.length ? t('queue.vote_counted', { votes: votes.length, needed: votes_needed }) : t('queue.vote'));
    set_text(find('#queue-votes'), !skip.hidden && votes.length ? t('queue.votes', { votes: votes.length, needed: votes_needed }) : '');
  }

  const history = lazy(() => import('../views/history.js'));
  async function paint_steps() {
    if (find('#panel-people').hidden) return;
    const view = await history().catch(() => null);
    view?.paint_history(queue.actions, (action) => action.by === people.me || may(grant_of[action.what] ?? 'edit_room'));
  }

  find('#queue-skip').addEventListener('click', () => {
    if (!skips.meant(performance.now())) return say(t('wire.stale'));
    return act({ type: 'queue.skip', ...base() });
  });
  find('#queue-vote').addEventListener('click', () => act({ type: 'queue.vote', rev: playback.rev, on: !queue.now.votes.includes(people.me) }));
  find('#queue-shuffle').addEventListener('click', () => act({ type: 'queue.shuffle' }));
  find('#queue-clear').addEventListener('click', () => act({ type: 'queue.clear' }));
  find('#queue-autoplay').addEventListener('change', (event) => act({ type: 'queue.settings', autoplay: /** @type {HTMLInputElement} */ (event.target).checked }));
  find('#queue-loop').addEventListener('change', (event) => act({ type: 'queue.settings', loop: /** @type {HTMLSelectElement} */ (event.target).value }));
  find('#history-list').addEventListener('click', (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-undo]'));
    if (button) act({ type: 'room.undo', action: Number(button.dataset.undo) });
  });

  // The room's line has passed the end of the film: said once for each state of the playback.
  engine.addEventListener('view', (event) => {
    const view = /** @type {CustomEvent} */ (event).detail;
    duration_ms = view?.durationMs ?? null;
    if (view?.over && playback.now?.phase === 'playing') told_end(playback.now.rev);
  });
  const told_end = (/** @type {number} */ rev) => {
    if (told_end_of === rev) return;
    told_end_of = rev;
    connection.send({ type: 'playback.ended', rev });
  };
  setInterval(() => {
    const now = playback.now;
    if (!now?.media || now.media.live || now.phase !== 'playing' || !duration_ms) return;
    if (position_at(now, app.server_now) >= duration_ms) told_end(now.rev);
  }, look_for_end_ms);

  queue.on('change', paint);
  queue.on('actions', paint_steps);
  people.on('change', () => {
    paint();
    paint_steps();
  });
  playback.on('change', () => {
    duration_ms = null;  // of the video before; the next view tells this one's
    skips.saw(playback.now, people.me, performance.now());
    paint_skip();
  });
  app.on('room', paint);
  app.on('tab', paint_steps);

  // A queue that lost something at somebody else's hand says so, with the way back.
  let newest = Infinity;
  queue.on('actions', () => {
    const step = queue.actions[0];
    const fresh = step && step.id > newest;
    newest = step?.id ?? 0;
    if (!fresh || !step.what.startsWith('queue_') && step.what !== 'item_removed') return;
    const own = step.by === people.me;
    const key = `notice.${step.what}${own ? '_you' : ''}`;
    const undo = step.can_undo && (own || may('reorder')) ? () => void act({ type: 'room.undo', action: step.id }) : null;
    if (has(key)) say(t(key, { name: step.name }), undo);
  });

  return {
    queue,
    /** @param {string} url @param {string} title @returns {Promise<string | null>} what went wrong */
    add: (url, title) => ask({ type: 'queue.add', url, ...(title ? { title } : {}) }),
    /** The newest step of this sort by this person, taken back by the room. @param {import('../models/playback.js').Change} change */
    undo(change) {
      const sorts = { set: ['video', 'skipped'], clear: ['cleared', 'skipped'], seek: ['jumped'] }[/** @type {string} */ (change.kind)] ?? [];
      const step = queue.actions.find((one) => one.by === change.by && sorts.includes(one.what));
      if (!step?.can_undo) return false;
      act({ type: 'room.undo', action: step.id });
      return true;
    },
    next_title: () => (queue.now.items[0] ? item_title(queue.now.items[0]) : ''),
  };
}
