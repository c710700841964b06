// @ts-check
// What a tab in the background tells: how much is new, in its title and its mark; a notification for who asked for them.
import { find } from '../lib/dom.js';
import { lazy } from '../lib/lazy.js';
import { mentions } from '../lib/mentions.js';
import { worth_telling } from '../models/notify.js';

/** @param {import('../app.js').App} app @param {(name: string) => boolean} tab_is_open */
export function control_attention(app, tab_is_open) {
  const favicon = lazy(() => import('../views/favicon.js'));
  const notifier = lazy(() => import('./notify.js'));
  let unread = 0;
  let marked = 0;

  const room_name = () => app.room?.name ?? app.page.name;
  const title = () => {
    document.title = `${unread ? `(${unread}) ` : ''}${room_name()} · Matinee`;
  };
  const mark = () => {
    if (marked === unread) return;
    marked = unread;
    favicon().then(({ show_count }) => show_count(unread), () => {});
  };

  app.on('unread', (count) => {
    unread = count;
    find('#chat-unread').hidden = count === 0 || tab_is_open('chat');
    title();
    mark();
  });
  app.on('room', title);

  return {
    /** @param {import('../types.js').Message} message */
    heard(message) {
      const { people, settings } = app;
      const telling = worth_telling({
        on: settings.values.notify, hidden: document.hidden, mine: message.author === people.me,
        get granted() { return window.Notification?.permission === 'granted'; },
        get mentions_me() { return mentions(message.text, people.self?.name ?? app.page.you.name); },
      });
      if (telling) notifier().then(({ notify }) => notify(message, room_name()), () => {});
    },
  };
}
