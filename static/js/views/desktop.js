// @ts-check
import { copy_text } from '../lib/clipboard.js';
import { find, set_text } from '../lib/dom.js';
import { clock_text } from '../lib/format.js';
import { t } from '../lib/strings.js';

/** @typedef {import('../models/pairing.js').Pairing} Pairing */

const said_ms = 2_500;

/** @param {Pairing} pairing @returns {string} what stands below the line */
function hint_of(pairing) {
  switch (pairing.state) {
    case 'ready': return t('desktop.works_once', { time: clock_text(pairing.left_s * 1000) });
    case 'expired': return t('desktop.expired');
    case 'used': return t('desktop.used');
    default: return '';
  }
}

/** What a screen reader is told: the state, not every second of it. @param {Pairing} pairing */
function spoken_of(pairing) {
  if (pairing.state === 'ready') return t('desktop.ready');
  return pairing.state === 'asking' ? t('desktop.making') : hint_of(pairing) || pairing.sentence;
}

/**
 * The dialog "Connect desktop". @param {{anew(): void, closed(): void}} intents
 */
export function make_desktop_dialog(intents) {
  const dialog = /** @type {HTMLDialogElement} */ (find('#desktop'));
  const line = /** @type {HTMLTextAreaElement} */ (find('#desktop-line'));
  const copy = /** @type {HTMLButtonElement} */ (find('#desktop-copy'));
  const anew = /** @type {HTMLButtonElement} */ (find('#desktop-new'));
  const error = find('#desktop-error');
  const hint = find('#desktop-hint');
  let copied = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  copy.addEventListener('click', async () => {
    if (await copy_text(line.value)) {
      set_text(copy, t('desktop.copied'));
      clearTimeout(copied);
      copied = setTimeout(() => set_text(copy, t('desktop.copy')), said_ms);
      return set_text(find('#desktop-said'), t('desktop.line_copied'));
    }
    // No clipboard without https: the line is selected, and the keys are said.
    line.focus();
    line.select();
    set_text(find('#desktop-copy-hint'), t('desktop.selected'));
  });
  line.addEventListener('focus', () => line.select());
  anew.addEventListener('click', intents.anew);
  dialog.addEventListener('close', intents.closed);

  return {
    /** @param {Pairing} pairing */
    paint(pairing) {
      const { state } = pairing;
      const ready = state === 'ready';
      find('#desktop-part').dataset.state = state;
      if (line.value !== pairing.line) {
        line.value = pairing.line;
        set_text(find('#desktop-copy-hint'), '');
      }
      line.placeholder = state === 'asking' ? t('desktop.one_moment') : '';
      copy.disabled = !ready;
      copy.hidden = !ready && state !== 'asking';
      find('#desktop-done').hidden = state !== 'used';
      anew.disabled = state === 'asking';
      anew.classList.toggle('primary', state === 'expired' || state === 'failed');
      copy.classList.toggle('primary', ready);
      set_text(anew, state === 'failed' ? t('desktop.try_again') : t('desktop.new_line'));
      anew.hidden = state === 'used';
      set_text(hint, hint_of(pairing));
      hint.hidden = hint.textContent === '';
      error.hidden = state !== 'failed';
      set_text(error, state === 'failed' ? pairing.sentence : '');
      set_text(find('#desktop-said'), spoken_of(pairing));
    },
  };
}
