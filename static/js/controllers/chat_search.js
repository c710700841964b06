// @ts-check
import { el, find, icon, set_text } from '../lib/dom.js';
import { moment_text } from '../lib/format.js';
import { hits } from '../lib/hits.js';
import { sentence_for } from '../lib/sentences.js';
import { t } from '../lib/strings.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../types.js').Message} Message */

const pause_ms = 300;
const page_size = 30;
const shortest = 2;
const longest = 200;

/** @type {ReturnType<typeof make_search> | undefined} */
let search;

/** The search over everything that was said in this room, in place of the chat until it is closed. @param {App} app @param {{go_to(seq: number): Promise<boolean>}} parts */
export function open_search(app, parts) {
  search ??= make_search(app, parts);
  search.open();
}

/** @param {App} app @param {{go_to(seq: number): Promise<boolean>}} parts */
function make_search(app, { go_to }) {
  const opener = find('#chat-search-open');
  const field = /** @type {HTMLInputElement} */ (el('input', { id: 'chat-search-text', class: 'input', type: 'search', autocomplete: 'off', enterkeyhint: 'search', placeholder: t('search.title'), 'aria-label': t('search.title'), maxlength: longest }));
  const close_button = el('button', { class: 'icon-button', type: 'button', 'aria-label': t('search.close'), onclick: close }, icon('close'));
  const note = el('p', { class: 'search-note', role: 'status' });
  const list = el('ol', { class: 'search-list' });
  const more = el('button', { class: 'text-button', type: 'button', onclick: () => ask(last_seq), text: t('search.older') });
  const more_line = el('p', { class: 'search-more', hidden: true }, more);
  const form = el('form', { class: 'search-form', role: 'search', onsubmit: submit }, field, close_button);
  const place = el('section', { id: 'chat-search', class: 'search', 'aria-label': t('search.title'), hidden: true }, form, el('div', { class: 'search-results' }, note, list, more_line));
  find('#panel-chat').append(place);

  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let asked = '';
  let last_seq = 0;

  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, pause_ms);
  });
  place.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    close();
  });

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    clearTimeout(timer);
    look();
  }

  function look() {
    const query = field.value.trim();
    if (query === asked) return;
    asked = query;
    list.replaceChildren();
    more_line.hidden = true;
    if ([...query].length < shortest) set_text(note, query ? t('search.short') : '');
    else ask();
  }

  /** @param {number} [before] older ones than this */
  async function ask(before) {
    const query = asked;
    if (!before) set_text(note, t('search.busy'));
    const reply = await app.connection.request({ type: 'chat.search', query, limit: page_size, ...(before ? { before } : {}) });
    // Only what stands in the field counts.
    if (query !== asked) return;
    if (reply.type !== 'chat.found') {
      asked = before ? asked : '';
      set_text(note, reply.type === 'error' ? sentence_for(reply) : '');
      if (reply.type === 'error' && reply.code === 'slow_down' && !before) timer = setTimeout(look, reply.retry_ms ?? 1_000);
      return;
    }
    const first = list.children.length;
    list.append(...reply.messages.map((message) => result(message, query)));
    last_seq = reply.messages.at(-1)?.seq ?? before ?? 0;
    more_line.hidden = !reply.more_before || !reply.messages.length;
    const count = list.children.length;
    set_text(note, count ? t(reply.more_before ? 'search.newest' : 'search.count', { n: count }) : t('search.none', { query }));
    if (before) /** @type {HTMLElement | null | undefined} */ (list.children[first]?.firstElementChild)?.focus();
  }

  /** @param {Message} message @param {string} query */
  function result(message, query) {
    return el('li', null, el('button', { class: 'search-result', type: 'button', onclick: () => visit(message.seq) },
      el('span', { class: 'search-head' }, el('bdi', { class: 'search-name', text: message.name }), ' ', el('time', { class: 'search-time', datetime: new Date(message.at_ms).toISOString(), text: moment_text(message.at_ms) })),
      el('span', { class: 'search-text', dir: 'auto' }, ...hits(message.text, query).map((part) => (part.hit ? el('mark', { text: part.text }) : document.createTextNode(part.text))))));
  }

  /** @param {number} seq */
  async function visit(seq) {
    place.hidden = true;
    if (await go_to(seq)) return;
    place.hidden = false;
    set_text(note, t('search.lost'));
  }

  function close() {
    place.hidden = true;
    opener.focus();
  }

  return {
    open() {
      find('#tab-chat').click();
      place.hidden = false;
      field.focus();
      field.select();
    },
  };
}
