// @ts-check
import { find } from '../lib/dom.js';
import { sentence_for } from '../lib/sentences.js';
import { t } from '../lib/strings.js';
import { actions_on, can } from '../models/rights.js';
import { confirm_dialog } from '../views/dialogs.js';
import { picture_is } from '../views/avatar.js';
import { open_menu } from '../views/menu.js';
import { PeopleList, paint_blocked } from '../views/people_list.js';

/** @typedef {import('../app.js').App} App */

const stop_chat_ms = 10 * 60_000;

const bad = ['remove', 'block'];

/** The list of people and the menu at each of them. @param {App} app @param {(text: string) => void} say */
export function control_people(app, say) {
  const { people, playback, connection } = app;
  const list = new PeopleList();
  let queued = false;

  /** @param {import('../types.js').Participant} person @returns {(import('../models/rights.js').Act | 'stop_chat_for_good')[]} */
  const actions = (person) => {
    const me = people.self;
    if (!app.room || !me) return [];
    return actions_on(app.room, me, person, app.server_now).flatMap((name) => (name === 'stop_chat' ? ['stop_chat', 'stop_chat_for_good'] : [name]));
  };

  const paint = () => {
    queued = false;
    paint_blocked(people.blocked);
    list.paint(people.sorted(), { me: people.me, playing: playback.now?.media != null, has_menu: (person) => actions(person).length > 0, now_ms: app.server_now });
  };
  const soon = () => {
    if (queued) return;
    queued = true;
    setTimeout(paint, 50);
  };

  let told = '';
  /** Somebody of one's name is here: whoever is called otherwise because of it is told so, once. */
  const tell_name = () => {
    const name = people.self?.name ?? '';
    const base = / \(\d+\)$/.test(name) ? name.slice(0, name.lastIndexOf(' (')) : '';
    if (!base || name === told || name === app.page.you.name || !app.page.you.name.startsWith(base)) return;
    told = name;
    say(t('people.shown_as', { name }));
  };

  find('#people-list').addEventListener('click', (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-menu]'));
    const person = people.here.get(button?.dataset.menu ?? '');
    if (!button || !person) return;
    open_menu(button, actions(person).map((name) => ({ name, text: t(`people.${name}`), bad: bad.includes(name) })), (name) => act(name, person));
  });

  find('#blocked-list').addEventListener('click', async (event) => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('[data-unblock]'));
    const person = button?.dataset.unblock;
    if (!person) return;
    const reply = await connection.request({ type: 'participant.unblock', person });
    say(reply.type === 'error' ? sentence_for(reply) : t('people.unblocked', { name: people.name(person) }));
  });

  /** @param {string} name @param {import('../types.js').Participant} person */
  async function act(name, person) {
    if (!(await agreed(name, person.name))) return;
    const reply = await connection.request(message_for(name, person.id));
    if (reply.type === 'error') say(sentence_for(reply));
    else if (name === 'remove') say(t('people.removed', { name: person.name }));
    else if (name === 'block') {
      say(t('people.is_blocked', { name: person.name }));
      if (person.kind === 'guest' && app.room?.access === 'open' && can(app.room, people.self, 'edit_room')) await offer_asking(person.name);
    }
  }

  /** A guest is only a cookie: who was blocked may come again as somebody else. @param {string} name */
  async function offer_asking(name) {
    if (!(await confirm_dialog({ title: t('people.offer_title'), text: t('people.offer_text', { name }), action: t('settings.access_ask') }))) return;
    const reply = await connection.request({ type: 'room.settings', access: 'ask' });
    say(reply.type === 'error' ? sentence_for(reply) : t('people.asking_on'));
  }

  people.on('change', tell_name);
  people.on('change', () => {
    for (const person of people.here.values()) picture_is(person.id, person.avatar);
    soon();
  });
  playback.on('change', soon);
  app.on('room', soon);
}

/** @param {string} name @param {string} person */
function message_for(name, person) {
  switch (name) {
    case 'make_moderator': return { type: 'participant.role', person, role: 'moderator' };
    case 'make_member': return { type: 'participant.role', person, role: 'member' };
    case 'make_owner': return { type: 'participant.role', person, role: 'owner' };
    case 'stop_chat': return { type: 'participant.silence', person, on: true, for_ms: stop_chat_ms };
    case 'stop_chat_for_good': return { type: 'participant.silence', person, on: true, for_ms: 0 };
    case 'allow_chat': return { type: 'participant.silence', person, on: false, for_ms: 0 };
    case 'block': return { type: 'participant.block', person };
    default: return { type: 'participant.remove', person };
  }
}

/** What cannot be taken back is asked for. @param {string} name @param {string} person */
async function agreed(name, person) {
  if (name === 'block') return confirm_dialog({ title: t('people.block_title', { name: person }), text: t('people.block_text'), action: t('people.block'), danger: true });
  if (name === 'make_owner') return confirm_dialog({ title: t('people.hand_over_title', { name: person }), text: t('people.hand_over_text'), action: t('people.hand_over') });
  return true;
}
