// @ts-check
import { copy_text } from '../lib/clipboard.js';
import { el, find, set_text } from '../lib/dom.js';
import { shown_code, spelled_code } from '../lib/format.js';
import { t } from '../lib/strings.js';

const said_ms = 2_500;

/**
 * The code as ears and eyes want it, and the Copy buttons.
 * @param {{code: string, share_url: string}} page @param {(text: string) => void} announce
 * @param {() => void} by_hand no clipboard: the person copies by themselves
 * @returns {() => void} the code is another one
 */
export function make_share(page, announce, by_hand) {
  // Letters one by one for ears, the usual form for eyes.
  const paint = () => ['room-code', 'share-code', 'stage-code'].forEach((id) => find(`#${id}`).replaceChildren(
    el('span', { class: 'visually-hidden', text: t('share.code_spelled', { code: spelled_code(page.code) }) }),
    el('span', { 'aria-hidden': 'true', text: shown_code(page.code) })));
  paint();

  /** @param {HTMLElement} button @param {HTMLElement} label */
  const copy = async (button, label) => {
    if (await copy_text(page.share_url)) {
      const before = label.dataset.word ?? label.textContent ?? '';
      label.dataset.word = before;
      set_text(label, t('share.copied'));
      announce(t('share.link_copied'));
      setTimeout(() => set_text(label, before), said_ms);
      return;
    }
    by_hand();
  };

  for (const [id, word] of [['copy-link', '.copy-word'], ['stage-copy', ''], ['share-copy', '']]) {
    const button = find(`#${id}`);
    button.addEventListener('click', () => copy(button, word ? find(word, button) : button));
  }
  return paint;
}
