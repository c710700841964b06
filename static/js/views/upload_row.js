// @ts-check
import { el, icon, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @param {import('../models/upload.js').Upload} upload @returns {string} */
export function upload_words({ state, offset, file, sentence }) {
  const percent = Math.floor((offset / file.size) * 100);
  switch (state) {
    case 'waiting': return t('library.row_waiting');
    case 'sending': return t('library.row_sending', { n: percent });
    case 'retrying': return t('library.row_retrying', { n: percent });
    case 'checking': return t('library.checking');
    case 'ready': return t('library.row_ready');
    case 'ended': return t('library.row_ended');
    default: return sentence || t('library.row_failed');
  }
}

/**
 * One upload: its name, how far it is, and the way out of it.
 * @param {import('../models/upload.js').Upload} upload @param {{end(): void}} act
 */
export function make_upload_row(upload, act) {
  const bar = /** @type {HTMLProgressElement} */ (el('progress', { class: 'upload-bar', max: upload.file.size, value: 0, 'aria-label': upload.file.name }));
  const words = el('p', { class: 'upload-words-now' });
  const close = el('button', { class: 'icon-button', type: 'button', 'aria-label': t('library.row_end', { name: upload.file.name }), onclick: act.end }, icon('close'));
  const node = el('li', { class: 'upload-row' }, el('div', { class: 'upload-row-words' }, el('bdi', { class: 'upload-name', text: upload.file.name }), words, bar), close);
  const paint = () => {
    node.dataset.state = upload.state;
    bar.value = upload.state === 'checking' || upload.state === 'ready' ? upload.file.size : upload.offset;
    bar.hidden = upload.state === 'failed' || upload.state === 'ready';
    set_text(words, upload_words(upload));
    words.classList.toggle('field-error', upload.state === 'failed');
  };
  upload.on('change', paint);
  paint();
  return node;
}
