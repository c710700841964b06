// @ts-check
// The account page: choosing a picture, the one thing on it that needs script.
import { el, find, set_text } from './lib/dom.js';
import { t } from './lib/strings.js';
import { square_picture } from './lib/square_picture.js';

const portrait = find('#portrait');
const file_field = /** @type {HTMLInputElement} */ (find('#picture-file'));
const label = find('#choose-picture');
const remove = find('#remove-picture');

/** @param {string} id @param {string} text nothing: hidden */
function say(id, text) {
  const node = find(`#${id}`);
  set_text(node, text);
  node.hidden = !text;
}

/** @param {Blob} picture @returns {Promise<string>} its address; fails with a sentence */
async function send(picture) {
  const headers = { 'X-CSRF-Token': portrait.dataset.csrf ?? '', 'Content-Type': picture.type, Accept: 'application/json' };
  const answer = await fetch('/account/avatar', { method: 'POST', headers, body: picture }).catch(() => null);
  if (!answer) throw new Error(t('account.unreachable'));
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.sentence ?? t('account.page_old'));
  return told.avatar;
}

/** Here and in the header. @param {string} address */
function show(address) {
  for (const face of document.querySelectorAll('.avatar')) {
    face.querySelector('img')?.remove();
    face.append(el('img', { src: address, alt: '', width: 32, height: 32 }));
  }
  remove.hidden = false;
}

file_field.addEventListener('change', async () => {
  const [file] = file_field.files ?? [];
  if (!file) return;
  say('picture-error', '');
  say('picture-saved', '');
  file_field.disabled = true;
  try {
    show(await send(await square_picture(file)));
    say('picture-saved', t('account.picture_changed'));
  } catch (problem) {
    say('picture-error', /** @type {Error} */ (problem).message);
  }
  file_field.disabled = false;
  file_field.value = '';  // the same file may be chosen again
});

file_field.disabled = false;
label.hidden = false;
find('#picture-needs-script').hidden = true;
