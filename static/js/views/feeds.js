// @ts-check
import '../forms.js';
import { copy_text } from '../lib/clipboard.js';
import { el, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @typedef {import('../models/feeds.js').Feed} Feed */
/** @typedef {{id: number, name: string, key: string, ingest_url: string}} Made */
/** @typedef {'rename' | 'renew' | 'end' | 'remove'} Act */
/** @typedef {{make(name: string): void, rename(feed: Feed, name: string): Promise<boolean>, renew(feed: Feed): void, end(feed: Feed): void, remove(feed: Feed): void}} Intents rename: it has that name now */

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
  const whose = el('p', {});
  /** The stream whose key is shown, 0: none. */
  let keyed = 0;
  const list = el('div', { class: 'feeds-list', role: 'list' });
  /** @type {Feed[]} */
  let shown = [];
  /** The one that is being given another name. */
  let renamed = 0;
  const node = el('section', { class: 'feeds', 'aria-label': t('go_live.feed') }, el('p', { class: 'field-hint', text: t('feeds.intro') }), form, error, key, list);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    intents.make(name.value.trim());  // forms.js keeps an empty one here
  });

  /** @param {Feed} feed @param {Act} act @param {() => void} onclick @param {string} [look] */
  const act_button = (feed, act, onclick, look = 'button small') => el('button', {
    class: look, type: 'button', 'data-act': act, text: t(`feeds.${act}`), 'aria-label': t(`feeds.${act}_of`, { name: feed.name }), onclick,
  });

  /** @param {Feed} feed */
  function rename_form(feed) {
    const input = /** @type {HTMLInputElement} */ (el('input', { class: 'input', maxlength: '60', required: true, 'data-missing': t('feeds.name_missing'), autocomplete: 'off', value: feed.name, 'aria-label': t('feeds.name'), id: 'feed-rename' }));
    const stop = () => {
      renamed = 0;
      paint();
      /** @type {HTMLElement | null} */ (list.querySelector(`[data-id="${feed.id}"] [data-act="rename"]`))?.focus();
    };
    const rename = el('form', { class: 'feeds-rename', action: '', method: 'post', novalidate: true }, el('div', { class: 'field' }, input), el('button', { class: 'button small primary', type: 'submit', text: t('feeds.save') }),
      el('button', { class: 'button small', type: 'button', text: t('feeds.cancel'), onclick: stop }));
    rename.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (await intents.rename(feed, input.value.trim())) stop();
      else input.focus();
    });
    // The dialog stays: only this is given up.
    rename.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      stop();
    });
    return rename;
  }

  /** @param {Feed} feed */
  function row(feed) {
    if (feed.id === renamed) return el('div', { class: 'feeds-one', role: 'listitem', 'data-id': feed.id }, rename_form(feed));
    const rename = () => {
      renamed = feed.id;
      paint();
      /** @type {HTMLInputElement | null} */ (list.querySelector('#feed-rename'))?.select();
    };
    return el('div', { class: 'feeds-one', role: 'listitem', 'data-id': feed.id, 'data-state': feed.state },
      el('p', { class: 'feeds-what' }, el('bdi', { class: 'feeds-name', text: feed.name }), el('span', { class: 'feeds-state', text: feed.text })),
      el('div', { class: 'feeds-acts' }, act_button(feed, 'rename', rename), feed.kind === 'feed' && act_button(feed, 'renew', () => intents.renew(feed)),
        feed.state !== 'ended' && act_button(feed, 'end', () => intents.end(feed)), act_button(feed, 'remove', () => intents.remove(feed), 'button small danger')));
  }

  function paint() {
    if (!shown.some(({ id }) => id === renamed)) renamed = 0;
    const key = JSON.stringify([shown, renamed]);
    if (list.dataset.key === key) return;
    list.dataset.key = key;
    list.replaceChildren(...shown.map(row));
  }

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
      shown = feeds;
      const renamed_here = feeds.find(({ id }) => id === keyed);
      if (renamed_here) set_text(whose, t('feeds.once', { name: renamed_here.name }));
      // What somebody types is not taken from under them.
      if (!renamed || !feeds.some(({ id }) => id === renamed)) paint();
    },
    /** What is shown once. @param {Made | null} made */
    made(made) {
      key.hidden = made === null;
      keyed = made?.id ?? 0;
      if (!made) return key.replaceChildren();
      const address = `${made.ingest_url}/${made.key}`;
      name.value = '';
      set_text(whose, t('feeds.once', { name: made.name }));
      key.replaceChildren(whose, copy_field('feed-address', t('feeds.address'), address),
        copy_field('feed-line', t('feeds.line'), t('feeds.command', { address })));
      return undefined;
    },
  };
}
