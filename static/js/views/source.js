// @ts-check
import { find, set_attribute, set_text } from '../lib/dom.js';
import { make_preview_card } from './preview_card.js';

/**
 * The box that chooses what the room watches. Errors of a link stand at the box.
 * @param {{watch(url: string): Promise<string | null>, close(): void}} options `watch` gives the sentence to show, or null
 */
export function make_source({ watch, close }) {
  const form = find('#source');
  const link = /** @type {HTMLInputElement} */ (find('#source-link'));
  const button = /** @type {HTMLButtonElement} */ (find('#source-watch'));
  const error = find('#source-error');
  const opener = find('#source-open');
  const preview = make_preview_card(form, link);
  let refused = '';

  const say = (/** @type {string | null} */ sentence) => {
    error.hidden = !sentence;
    set_text(error, sentence ?? '');
    set_attribute(link, 'aria-invalid', sentence ? 'true' : null);
  };
  const open = (/** @type {boolean} */ on) => {
    form.toggleAttribute('data-open', on);
    opener.setAttribute('aria-expanded', String(on));
  };

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (refused) return say(refused);
    if (button.disabled) return;
    button.disabled = true;
    const sentence = await watch(link.value.trim());
    button.disabled = false;
    say(sentence);
    if (sentence) {
      link.focus();
      return;
    }
    link.value = '';
    preview.clear();
    open(false);
  });
  link.addEventListener('input', () => say(null));
  find('#source-close').addEventListener('click', close);
  opener.addEventListener('click', () => {
    open(!form.hasAttribute('data-open'));
    if (form.hasAttribute('data-open')) link.focus();
  });

  return {
    /** @param {boolean} on_stage something is there to be replaced @param {string} refusal why this person may not choose, or "" */
    paint(on_stage, refusal) {
      refused = refusal;
      set_text(button, on_stage ? 'Watch this now' : 'Watch this');
      button.setAttribute('aria-disabled', String(refusal !== ''));
      link.readOnly = refusal !== '';
      link.placeholder = refusal || 'https://';
      find('#source-close').hidden = !on_stage || refusal !== '';
    },
    say,
    /** No longer true. @param {string} sentence */
    take_down(sentence) {
      if (error.textContent === sentence) say(null);
    },
    focus() {
      open(true);
      link.focus();
    },
  };
}
