// @ts-check
import { el, find, set_text } from '../lib/dom.js';

/** @typedef {{title: string, text: string, actions: Array<{text: string, href?: string, act?: 'reload'}>}} Ending */

/** Why the room is over for this page, and what to do about it. @param {string} reason @param {string} code @returns {Ending} */
export function ending_words(reason, code) {
  const start = { text: 'Go to the start page', href: '/' };
  const again = { text: 'Try again', act: /** @type {const} */ ('reload') };
  switch (reason) {
    case 'logged_out': return { title: 'You are logged out', text: 'You logged out here or on another device. Log in to come back to this room.', actions: [{ text: 'Log in', href: `/login?next=/rooms/${code}` }, start] };
    case 'removed': return { title: 'You were removed', text: 'A moderator removed you from this room.', actions: [start] };
    case 'no_such_room': return { title: 'No room with this code, or you cannot enter it', text: 'Check the code, or start a room of your own.', actions: [{ text: 'Start a room', href: '/' }] };
    case 'room_closed': return { title: 'This room is closed', text: 'Its owner closed it. Thank you for watching.', actions: [{ text: 'Start a room', href: '/' }] };
    case 'room_full': return { title: 'This room is full', text: 'Nobody else fits in just now. Try again when somebody has left.', actions: [again, start] };
    case 'new_version': return { title: 'Matinee was updated', text: 'Reload to continue. What you were writing is kept.', actions: [{ text: 'Reload', act: 'reload' }] };
    case 'too_many_tabs': return { title: 'Too many tabs', text: 'You have this room open in too many tabs. Close some, then reload.', actions: [{ text: 'Reload', act: 'reload' }] };
    default: return { title: 'The connection was refused', text: 'The server did not accept what this page sent. Reload to continue.', actions: [{ text: 'Reload', act: 'reload' }] };
  }
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
