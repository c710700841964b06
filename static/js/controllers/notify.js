// @ts-check
import { find, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { notify_words } from '../models/notify.js';

const shown_characters = 200;

/** @returns {'default' | 'granted' | 'denied' | 'none'} */
const permission = () => window.Notification?.permission ?? 'none';

/** @param {{seq: number, name: string, text: string}} message @param {string} room */
export function notify(message, room) {
  try {
    const note = new Notification(t('notify.title', { name: message.name, room }), { body: message.text.slice(0, shown_characters), tag: `matinee-${message.seq}`, icon: new URL('../../img/icon-192.png', import.meta.url).href });
    note.onclick = () => {
      window.focus();
      note.close();
    };
  } catch {
    // Some phones show notifications of installed pages only: the count in the title has to do.
  }
}

/** The row in Settings: asks the browser only when somebody presses the button. @param {import('../models/settings.js').Settings} settings */
export function control_notify_row(settings) {
  const button = find('#notify-act');
  const paint = () => {
    const { text, act, button: word } = notify_words({ secure: window.isSecureContext, permission: permission(), on: settings.values.notify });
    set_text(find('#notify-hint'), text);
    button.hidden = act === '';
    button.dataset.act = act;
    set_text(button, word);
  };
  button.addEventListener('click', async () => {
    const on = button.dataset.act === 'on' && (await Notification.requestPermission()) === 'granted';
    settings.set({ notify: on });
    paint();
  });
  return { paint };
}
