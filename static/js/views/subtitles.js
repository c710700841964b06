// @ts-check
import { el, find, set_attribute, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @typedef {import('../lib/subtitles.js').Cue} Cue */
/** @typedef {import('../models/subtitles.js').Subtitles} Subtitles */
/** @typedef {{on(on: boolean): void, size(size: any): void, shift(by_ms: number | null): void, file(file: File): void, link(link: string): void}} Intents */

/** @param {number} ms @returns {string} "+0.5 s", "−1 s", "0 s" */
export function shift_text(ms) {
  const seconds = Math.abs(ms) / 1000;
  return t('subtitles.seconds', { sign: ms > 0 ? '+' : ms < 0 ? '−' : '', n: seconds });
}

/** @param {Cue} cue @returns {HTMLElement} data becomes text nodes: whatever a file holds is shown, nothing of it runs */
function drawn(cue) {
  return el('p', { class: 'subtitle', dir: 'auto' }, ...cue.runs.map(({ text, i, b, u }) => (i || b || u ? el('span', { class: [i && 'is-i', b && 'is-b', u && 'is-u'].filter(Boolean).join(' '), text }) : text)));
}

/** The lines over a file's picture, the button and the dialog that turns them on, sizes and shifts them. @param {Intents} intents */
export function make_subtitles(intents) {
  const lines = el('div', { class: 'subtitles', id: 'subtitle-lines', hidden: true });
  find('#stage').append(lines);
  const button = find('#subtitles-open');
  const on = /** @type {HTMLInputElement} */ (find('#subtitles-on'));
  const file = /** @type {HTMLInputElement} */ (find('#subtitles-file'));
  const link = /** @type {HTMLInputElement} */ (find('#subtitles-link'));
  const error = find('#subtitles-error');
  const size = /** @type {HTMLSelectElement} */ (find('#subtitles-size'));
  const form = /** @type {HTMLFormElement} */ (find('#subtitles-form'));
  /** @type {Cue[]} */
  let shown = [];

  on.addEventListener('change', () => intents.on(on.checked));
  size.addEventListener('change', () => intents.size(size.value));
  for (const [id, by] of /** @type {[string, number | null][]} */ ([['earlier', -1], ['later', 1], ['reset', null]])) {
    find(`#subtitles-${id}`).addEventListener('click', () => intents.shift(by));
  }
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    if (chosen) intents.file(chosen);
    file.value = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    intents.link(link.value.trim());
  });
  link.addEventListener('input', () => say(''));

  /** @param {string} sentence "" = nothing to complain of */
  function say(sentence) {
    error.hidden = !sentence;
    set_text(error, sentence);
    set_attribute(link, 'aria-invalid', sentence ? 'true' : null);
  }

  return {
    say,
    /** @param {Subtitles} subtitles */
    paint(subtitles) {
      button.toggleAttribute('data-on', subtitles.shown && subtitles.cues.length > 0);
      lines.dataset.size = subtitles.size;
      on.checked = subtitles.shown;
      if (document.activeElement !== size) size.value = subtitles.size;
      set_text(find('#subtitles-shift'), shift_text(subtitles.shift_ms));
      set_text(find('#subtitles-source'), subtitles.source ? t('subtitles.from', { source: subtitles.source, n: subtitles.cues.length }) : t('subtitles.none_yet'));
    },
    /** @param {Cue[]} cues */
    show(cues) {
      if (cues.length === shown.length && cues.every((cue, i) => cue === shown[i])) return;
      shown = cues;
      lines.hidden = cues.length === 0;
      lines.replaceChildren(...cues.map(drawn));
    },
  };
}
