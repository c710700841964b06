// @ts-check
import '../forms.js';
import { copy_text } from '../lib/clipboard.js';
import { el, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @typedef {{id: number, name: string, mine: boolean, ended: boolean}} Feed */
/** @typedef {{name: string, key: string, ingest_url: string}} Made */
/** @typedef {{make(name: string): void, renew(feed: Feed): void, remove(feed: Feed): void}} Intents */

const said_ms = 2_000;

/** One line to copy. @param {string} id @param {string} label @param {string} text */
function copy_field(id, label, text) {
  const input = /** @type {HTMLInputElement} */ (el('input', { id, class: 'input', readonly: true, spellcheck: 'false', value: text }));
  const button = el('button', {
    class: 'button', type: 'button', text: t('share.copy_word'), onclick: async () => {
      if (!(await copy_text(text))) return input.select();
      set_text(button, t('share.copied_word'));
      setTimeout(() => set_text(button, t('share.copy_word')), said_ms);
      return undefined;
    },
  });
  return el('div', { class: 'feeds-copy' }, el('div', { class: 'field' }, el('label', { for: id, text: label }), input), button);
}

/** Streams that programs send: a name makes a key, which is shown once. @param {Intents} intents */
export function make_feeds(intents) {
  const name = /** @type {HTMLInputElement} */ (el('input', { id: 'feed-name', class: 'input', maxlength: '60', required: true, 'data-missing': t('feeds.name_missing'), autocomplete: 'off', placeholder: t('feeds.name_example') }));
  const make = /** @type {HTMLButtonElement} */ (el('button', { class: 'button primary', type: 'submit', text: t('feeds.make') }));
  const form = el('form', { class: 'feeds-new', action: '', method: 'post', novalidate: true }, el('div', { class: 'field' }, el('label', { for: 'feed-name', text: t('feeds.name') }), name), make);
  const error = el('p', { class: 'field-error', role: 'alert', hidden: true });
  const key = el('div', { class: 'feeds-key', role: 'status', hidden: true });
  const list = el('div', { class: 'feeds-list', role: 'list' });
  const node = el('section', { class: 'feeds', 'aria-label': t('go_live.feed') }, el('p', { class: 'field-hint', text: t('feeds.intro') }), form, error, key, list);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    intents.make(name.value.trim());  // forms.js keeps an empty one here
  });

  return {
    node,
    /** @param {boolean} busy */
    busy(busy) { make.disabled = busy; },
    /** @param {string} sentence "" nothing is wrong */
    say(sentence) {
      error.hidden = sentence === '';
      set_text(error, sentence);
    },
    /** @param {Feed[]} feeds */
    list(feeds) {
      list.replaceChildren(...feeds.map((feed) => el('div', { class: 'feeds-one', role: 'listitem' }, el('bdi', { text: feed.name }),
        el('button', { class: 'button small', type: 'button', text: t('feeds.new_key'), 'aria-label': t('feeds.new_key_of', { name: feed.name }), onclick: () => intents.renew(feed) }),
        el('button', { class: 'button small danger', type: 'button', text: t('feeds.delete'), 'aria-label': t('feeds.delete_of', { name: feed.name }), onclick: () => intents.remove(feed) }))));
    },
    /** What is shown once. @param {Made | null} made */
    made(made) {
      key.hidden = made === null;
      if (!made) return key.replaceChildren();
      const address = `${made.ingest_url}/${made.key}`;
      name.value = '';
      key.replaceChildren(el('p', { text: t('feeds.once', { name: made.name }) }), copy_field('feed-address', t('feeds.address'), address),
        copy_field('feed-line', t('feeds.line'), t('feeds.command', { address })));
      return undefined;
    },
  };
}
