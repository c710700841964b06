// @ts-check
import { el, find, set_text } from '../lib/dom.js';
import { has, t } from '../lib/strings.js';

/** @typedef {{title: string, text: string, actions: Array<{text: string, href?: string, act?: 'reload'}>}} Ending */

/** Why the room is over for this page, and what to do about it. @param {string} reason @param {string} code @returns {Ending} */
export function ending_words(reason, code) {
  const start = { text: t('ending.start_page'), href: '/' };
  const again = { text: t('ending.again'), act: /** @type {const} */ ('reload') };
  const room = { text: t('ending.start_room'), href: '/' };
  const reload = { text: t('ending.reload'), act: /** @type {const} */ ('reload') };
  /** @type {Record<string, Ending['actions']>} */
  const actions = {
    logged_out: [{ text: t('ending.log_in'), href: `/login?next=/rooms/${code}` }, start],
    removed: [start], no_such_room: [room], gone_at_door: [room], room_closed: [room], room_full: [again, start], waited_at_door: [again, start],
  };
  const key = `ending.${reason}`;
  const title = has(key) ? key : 'ending.policy';
  return { title: t(title), text: t(/** @type {import('../lib/strings.js').Key} */ (`${title}_text`)), actions: actions[reason] ?? [reload] };
}

/** @param {string} reason @param {string} code */
export function show_ending(reason, code) {
  const { title, text, actions } = ending_words(reason, code);
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  find('#main').hidden = true;
  find('#banner').hidden = true;
  find('.room-actions').hidden = true;
  set_text(find('#ending-title'), title);
  set_text(find('#ending-text'), text);
  find('#ending-actions').replaceChildren(...actions.map((action, index) => {
    const look = index === 0 ? 'button primary' : 'button';
    return action.href ? el('a', { class: look, href: action.href, text: action.text }) : el('button', { class: look, type: 'button', text: action.text, onclick: () => location.reload() });
  }));
  find('#ending').hidden = false;
  find('#ending-title').focus();
}
