// @ts-check
import '../forms.js';
import { find, set_text } from '../lib/dom.js';
import { sentence_for } from '../lib/sentences.js';
import { t } from '../lib/strings.js';
import { can } from '../models/rights.js';
import { changed_room_settings } from '../models/room_change.js';
import { preferences_form } from '../models/settings.js';
import { confirm_dialog, open_dialog } from '../views/dialogs.js';
import { fill_room_settings, follow_preset, room_settings_problem, said_room_settings, say_password, say_room_settings, show_password } from '../views/room_settings.js';
import { control_notify_row } from './notify.js';

/** The Settings dialog: the room's part for those who may, and one's own part, which acts at once. @param {import('../app.js').App} app */
export function control_settings(app) {
  const { settings, connection, people } = app;
  const mine = /** @type {HTMLFormElement} */ (find('#my-form'));
  const dialog = /** @type {HTMLDialogElement} */ (find('#settings'));
  let seen = app.room;

  find('#open-help').addEventListener('click', () => {
    dialog.close();
    open_dialog('help');
  });

  find('#room-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const problem = app.room ? room_settings_problem(app.room) : '';
    say_password(problem);
    if (problem) return undefined;
    const change = app.room && seen && changed_room_settings(seen, said_room_settings(), app.room);
    if (!change) return dialog.close();
    const reply = await connection.request({ type: 'room.settings', ...change });
    if (reply.type === 'error') say_room_settings(sentence_for(reply));
    else dialog.close();
  });
  find('#room-form').addEventListener('change', (event) => {
    show_password();
    follow_preset(event, app.page.presets);
  });
  find('#new-code').addEventListener('click', async () => {
    const sure = await confirm_dialog({ title: t('settings.new_code_title'), text: t('settings.new_code_text'), action: t('settings.new_code') });
    if (!sure) return;
    const told = new Promise((done) => { const stop = app.on('code', () => done(stop())); });
    const reply = await connection.request({ type: 'room.new_code' });
    if (reply.type === 'error') return say_room_settings(sentence_for(reply));
    dialog.close();
    await told;
    find('#open-share').click();  // it wants to be passed on
  });
  find('#close-room').addEventListener('click', async () => {
    const sure = await confirm_dialog({ title: t('settings.close_title'), text: t('settings.close_text'), action: t('settings.close_room'), danger: true });
    if (!sure) return;
    const reply = await connection.request({ type: 'room.close' });
    // Closed, the line has broken for good, and the page says so.
    if (reply.type === 'error' && connection.state !== 'ended') say_room_settings(sentence_for(reply));
  });

  mine.addEventListener('submit', (event) => event.preventDefault());
  mine.addEventListener('change', () => {
    const data = new FormData(mine);
    settings.set({
      theme: /** @type {any} */ (data.get('theme')), motion: /** @type {any} */ (data.get('motion')), announce: /** @type {any} */ (data.get('announce')),
      ask_first: data.has('ask_first'), letter_keys: data.has('letter_keys'), lock_screen: data.has('lock_screen'),
    });
  });
  settings.on('change', (values) => wear(values, app.page.preferences !== undefined));
  if (app.page.preferences) {
    const unsaved = find('#my-form-error');
    settings.on('preferences', keep_preferences(app.page.csrf, (sentence) => {
      unsaved.hidden = !sentence;
      set_text(unsaved, sentence);
    }));
  }
  find('input[name="lock_screen"]', mine).closest('label')?.toggleAttribute('hidden', !('mediaSession' in navigator));
  const notify_row = control_notify_row(settings);

  return {
    open() {
      seen = app.room;
      if (app.room) fill_room_settings(app.room, { edit: can(app.room, people.self, 'edit_room'), owner: people.self?.role === 'owner' });
      fill_mine();
      notify_row.paint();
      open_dialog('settings');
    },
  };

  function fill_mine() {
    const values = settings.values;
    for (const name of /** @type {const} */ (['theme', 'motion', 'announce'])) /** @type {HTMLSelectElement} */ (find(`#set-${name}`)).value = values[name];
    for (const name of /** @type {const} */ (['ask_first', 'letter_keys', 'lock_screen'])) /** @type {HTMLInputElement} */ (find(`input[name="${name}"]`, mine)).checked = values[name];
  }
}

/**
 * With an account the server writes it into the next page; without one theme.js reads the same keys before the first paint.
 * @param {import('../models/settings.js').Preferences} values @param {boolean} account
 */
function wear(values, account) {
  const root = document.documentElement;
  for (const name of /** @type {const} */ (['theme', 'motion'])) {
    const value = values[name];
    if (account || value !== 'system') root.dataset[name] = value;
    else delete root.dataset[name];
    if (account) continue;
    try {
      if (value === 'system') localStorage.removeItem(`matinee.${name}`);
      else localStorage.setItem(`matinee.${name}`, value);
    } catch {
      // Storage is blocked: this page wears it, the next one will not.
    }
  }
}

const save_after_ms = 400;

/** Saves to the account a moment after the last change, or when the page is left. @param {string} csrf @param {(sentence: string) => void} say "" when it is saved */
function keep_preferences(csrf, say) {
  /** @type {import('../models/settings.js').Preferences | null} */
  let unsaved = null;
  let timer = 0;
  const save = async () => {
    clearTimeout(timer);
    if (!unsaved) return;
    const body = preferences_form(unsaved);
    body.set('csrf', csrf);
    unsaved = null;
    // The answer leads to the account page, which nobody needs here.
    const answer = await fetch('/account/preferences', { method: 'POST', body, redirect: 'manual', keepalive: true }).catch(() => null);
    say(answer?.type === 'opaqueredirect' ? '' : t('settings.not_kept'));
  };
  addEventListener('pagehide', save);
  return (/** @type {import('../models/settings.js').Preferences} */ values) => {
    unsaved = values;
    clearTimeout(timer);
    timer = window.setTimeout(save, save_after_ms);
  };
}
