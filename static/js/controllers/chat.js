// @ts-check
import { random_id } from '../lib/ids.js';
import { sentence_for } from '../lib/sentences.js';
import { find, set_text } from '../lib/dom.js';
import { lazy } from '../lib/lazy.js';
import { t } from '../lib/strings.js';
import { mentions } from '../lib/mentions.js';
import { Outbox } from '../models/outbox.js';
import { ChatLog } from '../views/chat_log.js';
import { make_composer } from '../views/composer.js';
import { listen_to_lines } from '../views/line_keys.js';
import { make_mention_list } from '../views/mention_list.js';
import { make_condition } from './chat_condition.js';
import { make_history } from './chat_history.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../models/chat.js').Line} Line */

const names_told = 20;

/** Chat: composer → model → wire, and back. What is done to single lines, the emoji and the search are loaded when they are first wanted. @param {App} app */
export function control_chat(app) {
  const { chat, connection, people, settings, page } = app;
  let painted = Promise.resolve();
  let dirty = Infinity;

  const outbox = new Outbox({ chat, send: (message) => connection.send(message), later: (task, ms) => setTimeout(task, ms) });
  const history = make_history(app);
  make_mention_list(() => [...people.here.values()].filter((one) => one.id !== people.me).map((one) => one.name));
  const composer = make_composer({
    send: post, typing: (on) => connection.send({ type: 'chat.typing', on }), announce: (sentence) => app.announce(sentence),
    edit: async (seq, text) => (await actions()).edit(seq, text), edit_last: () => actions().then((it) => it.edit_last(), not_fetched),
  });
  const conditions = make_condition(app, composer);
  const log = new ChatLog({
    me: page.you.id, earlier: history.earlier, fill: history.fill, discard: (id) => chat.discard(id),
    retry: (id) => {
      if (chat.retry(id)) outbox.pump();
    },
    seen: (count) => app.emit('unread', count), unfolded: new Set(), names,
    react: (line, emoji) => actions().then((it) => it.react(line, emoji), not_fetched),
    said: (seq) => chat.said(seq), place: (seq) => chat.messages.place(seq), gap: (before, line) => chat.messages.gap(before?.seq, line.seq), original, jump, mentions_me,
  });

  /** @type {ReturnType<typeof import('./chat_actions.js').control_actions> | null} */
  let actions_here = null;
  const actions = lazy(async () => (actions_here = (await import('./chat_actions.js')).control_actions(app, { log, composer, tell: conditions.tell })));
  const not_fetched = () => conditions.tell(t('parts.not_fetched'));
  /** Pointing at a line in passing asks for nothing: no word when it cannot be fetched. @param {Line} line @param {import('../views/line_keys.js').How} how */
  const wanted = (line, how) => actions().then((it) => it.at(line, how), how === 'tap' || how === 'menu' ? not_fetched : () => {});
  // Not at once: the focus leaves a line also while the bar with the focus is being moved to another one.
  const left = async () => (await actions_here)?.leave();
  listen_to_lines(log, { wanted, left, out: () => composer.focus() });
  find('#chat-emoji').addEventListener('click', () => actions().then((it) => it.pick_for_text(), not_fetched));
  const search = () => import('./chat_search.js').then(({ open_search }) => open_search(app, { go_to: original }), not_fetched);
  find('#chat-search-open').addEventListener('click', search);

  chat.on('changed', ({ from }) => {
    // Several changes of one task are painted together, still before the next frame.
    if (dirty === Infinity) painted = painted.then(paint);
    dirty = Math.min(dirty, from);
  });
  const paint = () => {
    if (dirty === Infinity) return;
    const lines = chat.lines();
    log.paint(lines, Math.min(dirty, lines.length), chat.more_before);
    dirty = Infinity;
  };

  /** @param {string} text @param {number} [reply_to] */
  function post(text, reply_to) {
    chat.post(text, random_id(), Date.now(), reply_to);
    outbox.pump();
    paint();
    log.to_newest();
  }

  /** @param {string} text */
  function mentions_me(text) {
    return mentions(text, people.self?.name ?? page.you.name);
  }

  /** Who reacted. @param {import('../types.js').Reaction} reaction */
  function names({ people: ids, count }) {
    const told = ids.slice(0, names_told).map((id) => (id === people.me ? t('chat.you') : people.name(id))).join(', ');
    const n = count - Math.min(names_told, ids.length);
    return n > 0 ? t('chat.names_more', { names: told, n }) : told;
  }

  /** To a line, however far back. @param {number} seq */
  async function original(seq) {
    const line = await history.around(seq);
    await painted;
    if (line) log.show(line);
    else app.announce(t('chat.gone'));
    return line !== null;
  }

  /** By the time bar, which knows who may, who watches alone, and offers Undo. @param {number} at_ms @param {string} [media] what was on then */
  function jump(at_ms, media) {
    const time = /** @type {HTMLInputElement} */ (find('#time'));
    if (media !== undefined && media !== app.playback.now?.media?.url) return conditions.tell(t('chat.another_video'));
    if (time.disabled) return conditions.tell(t('chat.nothing_to_jump'));
    if (at_ms > Number(time.max) * 1000) return conditions.tell(t('chat.too_far'));
    time.value = String(at_ms / 1000);
    for (const name of ['input', 'change']) time.dispatchEvent(new Event(name, { bubbles: true }));
    return undefined;
  }

  /** @param {import('../types.js').WireError} error */
  function refused(error) {
    const id = error.id ?? '';
    if (!chat.unsent.some((one) => one.id === id)) return;
    if (error.code === 'slow_down' || error.code === 'storage_unavailable') {
      const wait = (error.retry_ms ?? 2_000) + Math.random() * 100;
      conditions.pause(wait);
      outbox.pause(wait);
    } else {
      chat.refused(id, sentence_for(error));
      outbox.pump();
    }
  }

  /** @param {import('../types.js').ChatMessage} message */
  function heard(message) {
    chat.receive(message);
    outbox.pump();
    people.typing(message.author, false, Date.now());
    if (message.author === people.me) conditions.slow_mode();
    else {
      log.arrived(message.seq);
      const { announce } = settings.values;
      // Where new lines are painted out of sight the log does not read them out.
      if ((announce === 'mentions' && mentions_me(message.text)) || (announce === 'all' && !log.follows)) app.announce(t('chat.mention', { name: message.name, text: message.text }));
    }
    history.fill_hole();
  }

  const announce_rule = () => { log.read_out = settings.values.announce === 'all'; };
  announce_rule();
  settings.on('change', announce_rule);
  people.on('typing', () => set_text(find('#chat-typing'), people.typing_text(Date.now())));
  setInterval(() => set_text(find('#chat-typing'), people.typing_text(Date.now())), 2_000);
  document.addEventListener('visibilitychange', () => log.looked());

  return {
    composer, log, heard, refused, search,
    /** @param {import('../types.js').Welcome} welcome */
    welcome(welcome) {
      log.me = welcome.you;
      const known = chat.last_seq;
      chat.welcome(welcome, people.self?.name ?? page.you.name);
      if (welcome.resumed) for (const message of welcome.messages) if (message.seq > known && message.author !== welcome.you) log.arrived(message.seq);
      // Deleted while this page was away, or before it was there.
      if (chat.said(composer.aim())?.deleted) composer.gone(composer.aim());
      history.forget();
      outbox.restart();
      history.fill_hole();
      conditions.condition();
    },
  };
}
