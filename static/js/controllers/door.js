// @ts-check
import { find } from '../lib/dom.js';
import { Door } from '../models/door.js';
import { make_door } from '../views/door.js';

/** @typedef {import('../app.js').App} App */

/** In front of a room that does not let everybody in. Loaded when the server first says so. @param {App} app */
export function control_door(app) {
  const { connection } = app;
  const door = new Door({ enter: (password) => connection.enter(password), knock: (on) => connection.knock(on) });
  const signup = !('closed' in find('#keep-room').dataset);
  const view = make_door({ room: app.page.name, me: app.page.you.name, code: app.page.code, signup }, door);

  const inside = (/** @type {boolean} */ on) => {
    find('#main').hidden = !on;
    find('.room-actions').hidden = !on;
    find('.skip-link').hidden = !on;
  };
  door.on('change', () => {
    const closed = door.state !== 'none';
    inside(!closed);
    if (closed) view.paint();
    else view.remove();
  });
  connection.on('state', (state) => {
    if (state === 'joined') door.opened();
    else if (state === 'ended') view.remove();
  });
  connection.on('message', (message) => {
    if (message.type !== 'room.admitted') return undefined;
    return message.why === 'closed' ? connection.end('room_closed') : door.answered(message);
  });
  return door;
}
