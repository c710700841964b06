// @ts-check
import { has, t } from '../lib/strings.js';
import { Pairing } from '../models/pairing.js';
import { open_dialog } from '../views/dialogs.js';
import { make_desktop_dialog } from '../views/desktop.js';

const patience_ms = 10_000;
const unreachable = { sentence: t('desktop.unreachable') };

/** @param {any} answer a refusal speaks by its code @returns {import('../models/pairing.js').Answer} */
function in_words(answer) {
  const key = `pairing.${answer.error}`;
  return has(key) ? { sentence: t(key) } : answer;
}

/** @param {{code: string, csrf: string}} page @returns {Promise<import('../models/pairing.js').Answer>} */
async function ask_server(page) {
  try {
    const answer = await fetch(`/rooms/${page.code}/desktop`, {
      method: 'POST', body: new URLSearchParams({ csrf: page.csrf }), credentials: 'same-origin', signal: AbortSignal.timeout(patience_ms),
    });
    if (answer.headers.get('content-type')?.startsWith('application/json')) return in_words(await answer.json());
    return answer.status === 403 ? { sentence: t('desktop.old_page') } : unreachable;
  } catch {
    return unreachable;
  }
}

/** "Connect desktop": one dialog with one line to paste. @param {import('../app.js').App} app */
export function control_desktop(app) {
  const pairing = new Pairing({
    ask: () => ask_server(app.page), now: () => performance.now(), later: (task, ms) => setTimeout(task, ms), cancel: (timer) => clearTimeout(timer),
  });
  const anew = () => pairing.ask(app.live.now.desktops);
  const view = make_desktop_dialog({ anew, closed: () => pairing.stop() });
  pairing.on('change', () => view.paint(pairing));
  app.live.on('change', () => pairing.seen(app.live.now.desktops));
  return {
    open() {
      open_dialog('desktop');
      anew();
    },
  };
}
