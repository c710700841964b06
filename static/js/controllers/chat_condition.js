// @ts-check
import { hour_text, span_text } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { can, is_silenced, refusal } from '../models/rights.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../views/composer.js').Composer} Composer */

const told_ms = 5_000;

/** What stands between this person and writing, as a sentence above the box. @param {App} app @param {Composer} composer */
export function make_condition(app, composer) {
  const { chat, connection, people } = app;
  let quiet_until = 0;   // performance.now()
  let told = '';
  let told_timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let lifted = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let next_tick = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  function condition() {
    const [me, now] = [people.self, app.server_now];
    slow_mode();
    if (told) return composer.say(told);
    if (connection.state !== 'joined' && connection.state !== 'idle') return composer.say(app.offline ? t('chat.offline') : '');
    if (me && is_silenced(me, now)) {
      const until = me.silenced_until_ms ?? 0;
      clearTimeout(lifted);
      if (until) lifted = setTimeout(condition, Math.min(until - now + 50, 60_000));
      return composer.say(until ? t('chat.stopped_until', { time: hour_text(until) }) : t('chat.stopped'), true);
    }
    if (app.room && me && !can(app.room, me, 'chat')) return composer.say(refusal(app.room, 'chat', 'chat', people.name(app.room.owner)), true);
    return composer.say(performance.now() < quiet_until ? t('chat.follows') : '');
  }

  /** How long until the room takes another message of this person. */
  function slow_wait() {
    const slow_ms = app.room?.slow_ms ?? 0;
    if (!slow_ms || can(app.room, people.self, 'stop_chat')) return 0;
    const last = chat.messages.lines.findLast((line) => line.author === people.me);
    return last ? Math.min(slow_ms, last.at_ms + slow_ms - app.server_now) : 0;
  }

  /** A calm countdown, once a second and only while there is one. */
  function slow_mode() {
    clearTimeout(next_tick);
    const slow_ms = app.room?.slow_ms ?? 0;
    const wait_ms = slow_wait();
    const free = !slow_ms || can(app.room, people.self, 'stop_chat');
    const words = wait_ms > 0 ? t('chat.wait', { time: span_text(Math.ceil(wait_ms / 1000) * 1000) }) : t('chat.pace', { time: span_text(slow_ms) });
    composer.slow(free ? '' : words, wait_ms > 0);
    if (wait_ms > 0) next_tick = setTimeout(slow_mode, wait_ms % 1000 + 20);
  }

  for (const [from, name] of /** @type {const} */ ([[people, 'change'], [app, 'room'], [app, 'connection']])) from.on(name, condition);

  return {
    condition, slow_mode,
    /** Said above the box for a while. @param {string} sentence */
    tell(sentence) {
      told = sentence;
      clearTimeout(told_timer);
      told_timer = setTimeout(() => {
        told = '';
        condition();
      }, told_ms);
      condition();
    },
    /** The room asks for a pause. @param {number} wait_ms */
    pause(wait_ms) {
      quiet_until = performance.now() + wait_ms;
      condition();
      setTimeout(condition, wait_ms + 20);
    },
  };
}
