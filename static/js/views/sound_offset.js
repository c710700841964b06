// @ts-check
import { el, find, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { Clapper } from '../sync/clap.js';

/** @param {number} ms */
export const offset_text = (ms) => (ms === 0 ? t('sound.as_it_is') : t(ms > 0 ? 'sound.earlier' : 'sound.later', { ms: Math.abs(ms) }));

/**
 * In the details of the badge: when this person's sound (and picture) plays, and the clap that tells whether it is right.
 * @param {{value: number, change(ms: number): void, server_now(): number}} options
 */
export function make_sound_offset({ value, change, server_now }) {
  const dialog = /** @type {HTMLDialogElement} */ (find('#sync-details'));
  const input = /** @type {HTMLInputElement} */ (el('input', { id: 'sound-offset', class: 'range', type: 'range', min: '-1000', max: '1000', step: '10', value: String(value), 'aria-describedby': 'sound-offset-hint' }));
  const shown = el('output', { for: 'sound-offset', text: offset_text(value) });
  const flash = el('span', { class: 'clap-flash', 'aria-hidden': 'true' });
  const button = el('button', { id: 'clap', class: 'button small', type: 'button', 'aria-pressed': 'false' }, t('sound.clap_test'));
  const clapper = new Clapper({
    serverNow: server_now, offset: () => Number(input.value),
    flash: () => flash.animate?.([{ opacity: 1 }, { opacity: 1, offset: 0.5 }, { opacity: 0 }], 160),
  });
  const stop = () => {
    clapper.stop();
    button.setAttribute('aria-pressed', 'false');
    set_text(button, t('sound.clap_test'));
  };
  input.addEventListener('input', () => {
    set_text(shown, offset_text(Number(input.value)));
    change(Number(input.value));
  });
  button.addEventListener('click', () => {
    if (clapper.running) return stop();
    clapper.start();
    button.setAttribute('aria-pressed', 'true');
    set_text(button, t('sound.stop'));
    return undefined;
  });
  dialog.addEventListener('close', stop);
  dialog.querySelector('.dialog-actions')?.before(el('div', { class: 'sound-offset' },
    el('label', { for: 'sound-offset' }, t('sound.label')), shown, input,
    el('p', { class: 'field-hint', id: 'sound-offset-hint' }, t('sound.hint')),
    el('p', { class: 'clap-row' }, button, flash)));
}
