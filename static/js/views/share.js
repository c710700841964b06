// @ts-check
import { copy_text } from '../lib/clipboard.js';
import { find, set_text } from '../lib/dom.js';
import { shown_code, spelled_code } from '../lib/format.js';
import { open_dialog } from './dialogs.js';

const said_ms = 2_500;

/** Share dialog and the Copy buttons. @param {{code: string, share_url: string}} page @param {(text: string) => void} announce */
export function make_share(page, announce) {
  const url = /** @type {HTMLInputElement} */ (find('#share-url'));
  url.value = page.share_url;
  for (const id of ['room-code', 'share-code', 'stage-code']) {
    const node = find(`#${id}`);
    node.replaceChildren();
    // Letters one by one for ears, the usual form for eyes.
    const heard = document.createElement('span');
    heard.className = 'visually-hidden';
    heard.textContent = `Room code ${spelled_code(page.code)}`;
    const seen = document.createElement('span');
    seen.setAttribute('aria-hidden', 'true');
    seen.textContent = shown_code(page.code);
    node.append(heard, seen);
  }

  const open = async () => {
    set_text(find('#share-hint'), '');
    open_dialog('share');
    await draw_code(find('#share-qr'), page.share_url);
  };

  /** @param {HTMLElement} button @param {HTMLElement} label */
  const copy = async (button, label) => {
    if (await copy_text(page.share_url)) {
      const before = label.dataset.word ?? label.textContent ?? '';
      label.dataset.word = before;
      set_text(label, 'Copied');
      announce('Link copied');
      setTimeout(() => set_text(label, before), said_ms);
      return;
    }
    // No clipboard without https: show the link, selected, and say which keys copy it.
    await open();
    url.focus();
    url.select();
    set_text(find('#share-hint'), 'The link is selected: copy it with your usual keys or a long press.');
  };

  find('#open-share').addEventListener('click', open);
  find('#stage-qr').addEventListener('click', open);
  for (const [id, word] of [['copy-link', '.copy-word'], ['stage-copy', ''], ['share-copy', '']]) {
    const button = find(`#${id}`);
    button.addEventListener('click', () => copy(button, word ? find(word, button) : button));
  }
  url.addEventListener('focus', () => url.select());
}

/** The library is loaded when the first QR code is asked for. @param {HTMLElement} holder @param {string} text */
async function draw_code(holder, text) {
  if (holder.firstChild) return;
  try {
    const { default: qrcode } = await import('../vendor/qrcode.js');
    const code = qrcode(0, 'M');
    code.addData(text);
    code.make();
    holder.append(drawing(code.getModuleCount(), (row, column) => code.isDark(row, column)));
  } catch {
    holder.textContent = 'The QR code could not be drawn. Use the link below.';
  }
}

/** @param {number} size @param {(row: number, column: number) => boolean} dark */
function drawing(size, dark) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', 'QR code of the link');
  svg.setAttribute('shape-rendering', 'crispEdges');
  let path = '';
  for (let row = 0; row < size; row += 1) for (let column = 0; column < size; column += 1) if (dark(row, column)) path += `M${column} ${row}h1v1h-1z`;
  const shape = document.createElementNS(space, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}
