// @ts-check
// Choosing a video of the library from inside the room: it goes into the source box, where it is watched or queued like any other link.
import { find } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { open_dialog } from '../views/dialogs.js';
import { make_library_dialog } from '../views/library_dialog.js';

const patience_ms = 10_000;

/** @param {number} page @returns {Promise<{items: import('../views/library_dialog.js').Video[], more: boolean} | null>} */
async function ask_server(page) {
  try {
    const answer = await fetch(`/library/items?page=${page}`, { credentials: 'same-origin', signal: AbortSignal.timeout(patience_ms) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

export function control_library() {
  const link = /** @type {HTMLInputElement} */ (find('#source-link'));
  let page = 0;
  let asked = 0;

  const view = make_library_dialog({
    chosen(video) {
      /** @type {HTMLDialogElement} */ (find('#library')).close();
      if (link.readOnly) return;
      find('#source').toggleAttribute('data-open', true);
      link.value = `${location.origin}/library/${video.id}`;
      link.dispatchEvent(new Event('input', { bubbles: true }));
      find('#source-watch').focus();
    },
    more: () => void fetch_next(),
  });

  async function fetch_next() {
    const mine = ++asked;
    const found = await ask_server(page + 1);
    if (mine !== asked) return;
    if (found) page += 1;
    const none = found && page === 1 && found.items.length === 0;
    view.paint(found?.items ?? [], found?.more ?? false, !found ? t('library.unreachable') : none ? t('library.none_here') : '');
  }

  return {
    open() {
      open_dialog('library');
      page = 0;
      view.clear();
      void fetch_next();
    },
  };
}
