// @ts-check
import { el, find, set_text } from '../lib/dom.js';
import { spelled_words } from '../lib/spelling.js';
import { t } from '../lib/strings.js';
import { open_dialog } from './dialogs.js';

/**
 * The share dialog, with the link selected for a person whose browser has no clipboard (without https).
 * @param {string} url @param {boolean} [by_hand]
 */
export async function open_share(url, by_hand = false) {
  const field = /** @type {HTMLInputElement} */ (find('#share-url'));
  field.value = url;
  field.onfocus = () => field.select();
  open_dialog('share');
  set_text(find('#share-hint'), by_hand ? t('share.selected') : '');
  if (by_hand) field.focus();
  spell(url.slice(-8));
  offer_sheet(url);
  await draw_code(find('#share-qr'), url);
}

/** Letter by letter, for somebody at the telephone. @param {string} code */
function spell(code) {
  find('#share-spelled').replaceChildren(...spelled_words(code).map(({ letter, word }) => el('li', null, el('b', { class: 'code', text: letter }), word)));
}

/** The system's own sheet, where there is one: mostly phones, and only with https. @param {string} url */
function offer_sheet(url) {
  const button = find('#share-native');
  button.hidden = !('share' in navigator);
  // Closed again without a choice: nothing to say.
  button.onclick = () => void navigator.share({ title: document.title, url }).catch(() => {});
}

/** The library is loaded when the first QR code is asked for. @param {HTMLElement} holder @param {string} text */
async function draw_code(holder, text) {
  if (holder.dataset.of === text) return;
  holder.dataset.of = text;
  holder.replaceChildren();
  try {
    const { default: qrcode } = await import('../vendor/qrcode.js');
    const code = qrcode(0, 'M');
    code.addData(text);
    code.make();
    holder.append(drawing(code.getModuleCount(), (row, column) => code.isDark(row, column)));
  } catch {
    holder.textContent = t('share.no_qr');
  }
}

/** @param {number} size @param {(row: number, column: number) => boolean} dark */
function drawing(size, dark) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', t('share.qr'));
  svg.setAttribute('shape-rendering', 'crispEdges');
  let path = '';
  for (let row = 0; row < size; row += 1) for (let column = 0; column < size; column += 1) if (dark(row, column)) path += `M${column} ${row}h1v1h-1z`;
  const shape = document.createElementNS(space, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
