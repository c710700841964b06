// @ts-check
import { el, find, set_text } from '../lib/dom.js';
import { has, t } from '../lib/strings.js';

/** @typedef {import('../models/door.js').Door} Door */
/** @typedef {{title: string, text: string, note: string, action: string, busy?: boolean}} Words */

/** @param {Pick<Door, 'state' | 'note' | 'retry_ms'>} door @param {string} room @param {string} name of this person @returns {Words} Pure. */
export function door_words({ state, note, retry_ms }, room, name) {
  const key = `door.note_${note}`;
  const said = has(key) ? t(key, { n: Math.max(1, Math.ceil(retry_ms / 1000)) }) : '';
  switch (state) {
    case 'password': return { title: t('door.password', { room }), text: t('door.password_text'), note: said, action: t('door.enter') };
    case 'checking': return { title: t('door.checking', { room }), text: t('door.checking_text'), note: '', action: '', busy: true };
    case 'account': return { title: t('door.account'), text: t('wire.account_needed'), note: '', action: '' };
    case 'asking': return { title: t('door.asking', { room }), text: t('door.asking_text', { name }), note: '', action: t('door.cancel'), busy: true };
    default: return { title: t('door.ask', { room }), text: t('door.ask_text', { name }), note: said, action: t('door.ask_action') };
  }
}

/** The page in front of the room. @param {{room: string, me: string, code: string, signup: boolean}} facts @param {Door} door */
export function make_door({ room, me, code, signup }, door) {
  const title = el('h2', { id: 'door-title', tabindex: '-1' });
  const text = el('p', { role: 'status' });
  const input = /** @type {HTMLInputElement} */ (el('input', { id: 'door-password', type: 'password', autocomplete: 'off', maxlength: '128', required: true, 'aria-describedby': 'door-note' }));
  const note = el('p', { id: 'door-note', class: 'field-error', role: 'alert', hidden: true });
  const field = el('div', { class: 'field' }, el('label', { for: 'door-password', text: t('door.password_label') }), input);
  const button = el('button', { class: 'button primary', type: 'submit' });
  const form = el('form', { class: 'door-form', action: '', method: 'post', novalidate: true }, field, note, button);
  const pulse = el('div', { class: 'door-pulse', 'aria-hidden': 'true' }, el('span'), el('span'), el('span'));
  const links = el('div', { class: 'ending-actions' },
    el('a', { class: 'button primary', href: `/login?next=/rooms/${code}`, text: t('nav.log_in') }),
    signup && el('a', { class: 'button', href: `/signup?next=/rooms/${code}`, text: t('nav.sign_up') }));
  const start = el('a', { class: 'door-leave', href: '/', text: t('ending.start_page') });
  const page = el('main', { id: 'door', class: 'ending door', 'aria-labelledby': 'door-title' }, pulse, title, text, form, links, start);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (door.state === 'asking') door.cancel();
    else if (door.state === 'ask') void door.knock();
    else if (input.value.length < 4) say(t('door.password_short'));
    else door.give(input.value);
  });
  /** @param {string} sentence */
  const say = (sentence) => {
    note.hidden = sentence === '';
    set_text(note, sentence);
    if (sentence && door.state === 'password') input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };

  let shown = '';
  return {
    paint() {
      const words = door_words(door, room, me);
      page.dataset.state = door.state;
      set_text(title, words.title);
      set_text(text, words.text);
      say(words.note);
      form.hidden = words.action === '';
      field.hidden = door.state !== 'password';
      set_text(button, words.action);
      button.classList.toggle('primary', door.state !== 'asking');
      pulse.hidden = !words.busy;
      links.hidden = door.state !== 'account';
      start.hidden = words.busy === true;
      if (!page.isConnected) find('#main').before(page);
      if (shown === door.state) return;
      shown = door.state;
      if (door.state === 'password') input.focus();
      else title.focus();
      if (door.state === 'password' && door.note === 'wrong') input.select();
    },
    remove() {
      shown = '';
      input.value = '';
      page.remove();
    },
  };
}
