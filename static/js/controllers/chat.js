// @ts-check
import { random_id } from '../lib/ids.js';
import { sentence_for } from '../lib/sentences.js';
import { hour_text } from '../lib/format.js';
import { find, set_text } from '../lib/dom.js';
import { mentions } from '../lib/mentions.js';
import { t } from '../lib/strings.js';
import { Outbox } from '../models/outbox.js';
import { is_silenced, can, refusal } from '../models/rights.js';
import { ChatLog } from '../views/chat_log.js';
import { make_composer } from '../views/composer.js';
import { make_mention_list } from '../views/mention_list.js';

/** @typedef {import('../app.js').App} App */

const page_size = 50;
const told_ms = 5_000;
const most_pages = 40;  // fetched to find what a line answers

/** Chat: composer → model → wire, and back. @param {App} app */
export function control_chat(app) {
  const { chat, connection, people, settings, page } = app;
  let painted = Promise.resolve();
  let dirty = Infinity;
  let asking = false;
  let last_hole = 0;
  let quiet_until = 0;
  let lifted = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  const outbox = new Outbox({ chat, send: (message) => connection.send(message), later: (task, ms) => setTimeout(task, ms) });
  make_mention_list(() => [...people.here.values()].filter((one) => one.id !== people.me).map((one) => one.name));
  const composer = make_composer({ send: post, typing: (on) => connection.send({ type: 'chat.typing', on }) });
  const log = new ChatLog({
    me: page.you.id, earlier, discard: (id) => chat.discard(id),
    retry: (id) => {
      if (chat.retry(id)) outbox.pump();
    },
    seen: (count) => app.emit('unread', count),
    reply: (line) => composer.reply(line), said: (seq) => chat.said(seq), original, jump, mentions_me,
  });

  chat.on('changed', ({ from }) => {
    // Several changes of one task are painted together, still before the next frame.
    if (dirty === Infinity) painted = painted.then(paint);
    dirty = Math.min(dirty, from);
  });
  const paint = () => {
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

  async function earlier() {
    const before = chat.messages[0]?.seq;
    if (before !== undefined) await ask({ before, limit: page_size });
  }

  /** @param {{before: number, limit: number}} question */
  async function ask(question) {
    if (asking) return;
    asking = true;
    const reply = await connection.request({ type: 'chat.history', ...question });
    asking = false;
    if (reply.type === 'chat.page') chat.page(reply, question.before);
  }

  /** To what a line answers, however far back. @param {number} seq */
  async function original(seq) {
    for (let pages = 0; !chat.said(seq) && chat.more_before && pages < most_pages; pages += 1) {
      const oldest = chat.messages[0]?.seq;
      await earlier();
      if (chat.messages[0]?.seq === oldest) break;
    }
    await painted;
    const line = chat.said(seq);
    if (line) log.show(line);
    else app.announce(t('chat.gone'));
  }

  /** By the time bar, which knows who may, who watches alone, and offers Undo. @param {number} at_ms @param {string} [media] what was on then */
  function jump(at_ms, media) {
    const time = /** @type {HTMLInputElement} */ (find('#time'));
    if (media !== undefined && media !== app.playback.now?.media?.url) return tell(t('chat.another_video'));
    if (time.disabled) return tell(t('chat.nothing_to_jump'));
    if (at_ms > Number(time.max) * 1000) return tell(t('chat.too_far'));
    time.value = String(at_ms / 1000);
    for (const name of ['input', 'change']) time.dispatchEvent(new Event(name, { bubbles: true }));
  }

  /** Said above the box for a while. @param {string} sentence */
  function tell(sentence) {
    composer.say(sentence);
    setTimeout(condition, told_ms);
  }

  /** A gap that history does not fill is one the room has no messages for: asked once. */
  function fill_hole() {
    const hole = chat.hole();
    if (!hole || hole.before <= last_hole) return;
    last_hole = hole.before;
    ask(hole);
  }

  /** What stands between this person and writing, as a sentence. */
  function condition() {
    const [me, now] = [people.self, app.server_now];
    if (connection.state !== 'joined' && connection.state !== 'idle') return composer.say(app.offline ? t('chat.offline') : '');
    if (me && is_silenced(me, now)) {
      const until = me.silenced_until_ms ?? 0;
      clearTimeout(lifted);
      if (until) lifted = setTimeout(condition, Math.min(until - now + 50, 60_000));
      return composer.say(until ? t('chat.stopped_until', { time: hour_text(until) }) : t('chat.stopped'), true);
    }
    if (app.room && me && !can(app.room, me, 'chat')) return composer.say(refusal(app.room, 'chat', 'chat', people.name(app.room.owner)), true);
    composer.say(Date.now() < quiet_until ? t('chat.follows') : '');
  }

  /** @param {import('../types.js').WireError} error */
  function refused(error) {
    const id = error.id ?? '';
    if (!chat.unsent.some((one) => one.id === id)) return;
    if (error.code === 'slow_down' || error.code === 'storage_unavailable') {
      const wait = (error.retry_ms ?? 2_000) + Math.random() * 100;
      quiet_until = Date.now() + wait;
      condition();
      setTimeout(condition, wait + 20);
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
    if (message.author !== page.you.id) {
      log.arrived(message.seq);
      if (settings.values.announce === 'mentions' && mentions_me(message.text)) app.announce(t('chat.mention', { name: message.name, text: message.text }));
    }
    fill_hole();
  }

  const announce_rule = () => find('#chat-log').setAttribute('aria-live', settings.values.announce === 'all' ? 'polite' : 'off');
  announce_rule();
  settings.on('change', announce_rule);
  people.on('typing', () => set_text(find('#chat-typing'), people.typing_text(Date.now())));
  setInterval(() => set_text(find('#chat-typing'), people.typing_text(Date.now())), 2_000);
  people.on('change', condition);
  app.on('room', condition);
  app.on('connection', condition);
  document.addEventListener('visibilitychange', () => log.looked());

  return {
    composer, log, heard, refused,
    /** @param {import('../types.js').Welcome} welcome */
    welcome(welcome) {
      log.me = welcome.you;
      const known = chat.last_seq;
      chat.welcome(welcome, people.self?.name ?? page.you.name);
      if (welcome.resumed) for (const message of welcome.messages) if (message.seq > known && message.author !== welcome.you) log.arrived(message.seq);
      last_hole = 0;
      outbox.restart();
      fill_hole();
      condition();
    },
  };
}
