// @ts-check
import { find, set_attribute, set_text } from '../lib/dom.js';
import { lazy } from '../lib/lazy.js';
import { t } from '../lib/strings.js';

/**
 * The box that chooses what the room watches. Errors of a link stand at the box.
 * While something plays, Enter adds to the queue and a second button changes what plays.
 * @param {{watch(url: string): Promise<string | null>, add(url: string, title: string): Promise<string | null>, close(): void}} options
 *   `watch` and `add` give the sentence to show, or null
 */
export function make_source({ watch, add, close }) {
  const form = find('#source');
  const link = /** @type {HTMLInputElement} */ (find('#source-link'));
  const button = /** @type {HTMLButtonElement} */ (find('#source-watch'));
  const now = /** @type {HTMLButtonElement} */ (find('#source-now'));
  const error = find('#source-error');
  const opener = find('#source-open');
  // What a link is: fetched with the first use of the box. Who is quicker, or offline, goes without.
  let preview = /** @type {ReturnType<typeof import('./preview_card.js').make_preview_card> | null} */ (null);
  const see = lazy(async () => { preview = (await import('./preview_card.js')).make_preview_card(form, link); });
  let queues = false;
  let refused = '';
  let now_refused = '';

  const say = (/** @type {string | null} */ sentence) => {
    error.hidden = !sentence;
    set_text(error, sentence ?? '');
    set_attribute(link, 'aria-invalid', sentence ? 'true' : null);
  };
  const open = (/** @type {boolean} */ on) => {
    form.toggleAttribute('data-open', on);
    opener.setAttribute('aria-expanded', String(on));
  };

  /** @param {(url: string) => Promise<string | null>} act */
  async function take(act) {
    if (button.disabled) return;
    // Nothing is not a link: for the room it would mean to close the video.
    if (link.value.trim() === '') {
      say(t('link.empty'));
      return link.focus();
    }
    button.disabled = now.disabled = true;
    const sentence = await act(link.value.trim());
    button.disabled = now.disabled = false;
    say(sentence);
    if (sentence) {
      link.focus();
      return;
    }
    link.value = '';
    preview?.clear();
    open(false);
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (refused) return say(refused);
    take(queues ? (url) => add(url, preview?.title() ?? '') : watch);
  });
  now.addEventListener('click', () => {
    if (now_refused) return say(now_refused);
    take(watch);
  });
  for (const sign of ['focus', 'input']) link.addEventListener(sign, () => void see().catch(() => {}));
  link.addEventListener('input', () => say(null));
  find('#source-close').addEventListener('click', close);
  opener.addEventListener('click', () => {
    open(!form.hasAttribute('data-open'));
    if (form.hasAttribute('data-open')) link.focus();
  });

  return {
    /**
     * @param {boolean} on_stage something plays: the box adds to the queue
     * @param {string} no_watch why this person may not choose the video, or ""
     * @param {string} no_add why they may not add to the queue, or ""
     */
    paint(on_stage, no_watch, no_add) {
      queues = on_stage && no_add === '';
      refused = queues ? '' : no_watch;
      now_refused = no_watch;
      set_text(button, queues ? t('stage.add') : on_stage ? t('stage.watch_now') : t('stage.watch'));
      button.setAttribute('aria-disabled', String(refused !== ''));
      now.hidden = !queues || no_watch !== '';
      link.readOnly = refused !== '';
      link.placeholder = refused || 'https://';
      find('#source-close').hidden = !on_stage || no_watch !== '';
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
