// @ts-check
import { find } from '../lib/dom.js';
import { sentence_for } from '../lib/sentences.js';
import { t } from '../lib/strings.js';
import { can, is_silenced, roles } from '../models/rights.js';
import { excerpt } from '../views/chat_text.js';
import { confirm_dialog } from '../views/dialogs.js';
import { LineToolbar } from '../views/line_toolbar.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../models/chat.js').Line} Line */
/** @typedef {{log: import('../views/chat_log.js').ChatLog, composer: import('../views/composer.js').Composer, tell(sentence: string): void}} Parts */

const quick = ['👍', '❤️', '😂'];

/**
 * What is done to single lines: react, answer, edit, delete; and the emoji for both uses. Loaded when somebody first points at a line.
 * @param {App} app @param {Parts} parts
 */
export function control_actions(app, { log, composer, tell }) {
  const { chat, connection, people } = app;
  let at_line = /** @type {Line | null} */ (null);
  const toolbar = new LineToolbar(act);

  const may = (/** @type {import('../types.js').Grant} */ grant) => can(app.room, people.self, grant);
  const may_write = () => may('chat') && !is_silenced(people.self, app.server_now);

  /** The server decides; this only keeps hopeless buttons away. @param {Line} line */
  function may_delete(line) {
    if (line.author === people.me) return true;
    const role = people.here.get(line.author)?.role;
    return may('delete_messages') && (people.self?.role === 'owner' || role === undefined || roles.indexOf(role) > roles.indexOf(people.self?.role ?? 'guest'));
  }

  /** @param {Line} line */
  function actions_for(line) {
    const own = line.author === people.me;
    const mine = (/** @type {string} */ emoji) => line.reactions?.some((one) => one.emoji === emoji && one.people.includes(people.me)) ?? false;
    return [
      ...(may('react') ? [...quick.map((emoji) => ({ name: `quick ${emoji}`, emoji, label: t('chat.react_with', { emoji }), pressed: mine(emoji) })), { name: 'pick', icon: 'emoji', label: t('chat.react_more') }] : []),
      ...(may_write() ? [{ name: 'reply', icon: 'reply', label: t('chat.reply') }] : []),
      ...(own && may_write() ? [{ name: 'edit', icon: 'edit', label: t('chat.edit') }] : []),
      ...(may_delete(line) ? [{ name: 'delete', icon: 'delete', label: t('chat.delete') }] : []),
    ];
  }

  /** @param {string} name @param {HTMLElement} button */
  function act(name, button) {
    const line = at_line && chat.said(at_line.seq ?? -1);
    if (!line) return undefined;
    if (name === 'reply') return composer.reply(line);
    if (name === 'edit') return composer.edit(line);
    if (name === 'delete') return remove(line);
    if (name === 'pick') return pick(button, (emoji) => react(line, emoji, true));
    return react(line, name.slice('quick '.length));
  }

  /** @param {Line} line @param {string} emoji @param {boolean} [on] without it: the other way than it is */
  async function react(line, emoji, on) {
    const mine = chat.said(line.seq ?? -1)?.reactions?.some((one) => one.emoji === emoji && one.people.includes(people.me)) ?? false;
    const reply = await connection.request({ type: 'chat.react', seq: line.seq, emoji, on: on ?? !mine });
    if (reply.type === 'error') tell(reply.code === 'conflict' ? t('chat.reactions_full') : sentence_for(reply));
    else refresh();
  }

  /** @param {Line} line */
  async function remove(line) {
    const other = line.author !== people.me;
    if (other && !(await confirm_dialog({ title: t('chat.delete_title', { name: line.name }), text: t('chat.delete_text', { text: excerpt(line.text) }), action: t('chat.delete'), danger: true }))) return;
    const reply = await connection.request({ type: 'chat.delete', seq: line.seq });
    if (reply.type === 'error') tell(sentence_for(reply));
  }

  /** The bar says what is pressed. */
  function refresh() {
    const line = at_line && chat.said(at_line.seq ?? -1);
    if (!line || !toolbar.node.isConnected) return;
    for (const button of toolbar.node.children) {
      const emoji = /** @type {HTMLElement} */ (button).dataset.act?.startsWith('quick ') && /** @type {HTMLElement} */ (button).dataset.act?.slice(6);
      if (emoji) button.setAttribute('aria-pressed', String(line.reactions?.some((one) => one.emoji === emoji && one.people.includes(people.me)) ?? false));
    }
  }

  /** @param {HTMLElement} button @param {(emoji: string) => void} chosen */
  async function pick(button, chosen) {
    const picker = await import('../views/emoji_picker.js').catch(() => null);
    if (!picker) return tell(t('parts.not_fetched'));
    return picker.open_picker(button, chosen);
  }

  chat.on('changed', refresh);

  return {
    react,
    /** @param {Line} line @param {import('../views/line_keys.js').How} how */
    at(line, how) {
      const item = log.list.element(line);
      if (!item || (how === 'mouse' && toolbar.has_focus)) return;
      if (how === 'tap' && at_line?.seq === line.seq && toolbar.node.isConnected) return toolbar.hide();
      at_line = line;
      toolbar.show(item, t('chat.actions', { name: line.name, text: excerpt(line.text).slice(0, 60) }), actions_for(line));
      if (how === 'menu') toolbar.focus();
      return undefined;
    },
    leave() {
      if (!toolbar.has_focus && !toolbar.node.querySelector('[aria-expanded="true"]')) toolbar.hide();
    },
    /** @param {number} seq @param {string} text @returns {Promise<boolean>} */
    async edit(seq, text) {
      const reply = await connection.request({ type: 'chat.edit', seq, text });
      if (reply.type === 'error') tell(sentence_for(reply));
      return reply.type !== 'error';
    },
    edit_last() {
      const line = chat.last_own();
      if (line && may_write()) composer.edit(line);
    },
    pick_for_text() {
      return pick(find('#chat-emoji'), (emoji) => {
        composer.insert(emoji);
        composer.focus();
      });
    },
  };
}
