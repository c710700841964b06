// @ts-check
import { el, find, set_attribute, set_text } from '../lib/dom.js';
import { code_points } from '../lib/format.js';
import { sendable } from '../lib/sendable.js';
import { parts, t } from '../lib/strings.js';
import { excerpt } from './chat_text.js';

const longest = 4_000;
const said_from = 3_800;
const typing_again_ms = 3_000;

/** @typedef {import('../models/chat.js').Line} Line */
/** @typedef {ReturnType<typeof make_composer>} Composer */
/** @typedef {{seq: number, was: string, draft: string}} Edit what is being edited, and what stood in the box before */

const quoted = (/** @type {{text: string}} */ line) => el('bdi', { class: 'quote-text', text: excerpt(line.text) });

/**
 * The box one writes in: something new, an answer, or other words for what one has said. What is typed stays typed whatever happens to the connection.
 * @param {{send(text: string, reply_to?: number): void, typing(on: boolean): void, announce(sentence: string): void,
 *   edit(seq: number, text: string): Promise<boolean>, edit_last(): void}} options edit: true when the room has taken it
 */
export function make_composer({ send, typing, announce, edit, edit_last }) {
  const form = find('#composer');
  const text = /** @type {HTMLTextAreaElement} */ (find('#chat-text'));
  const hint = find('#composer-hint');
  let condition = '';
  let stopped = false;
  let typed_at = -Infinity;
  let slow = '';
  let waiting = false;
  let answers = /** @type {import('../models/draft.js').Target | undefined} */ (undefined);
  let edits = /** @type {Edit | null} */ (null);

  const count = () => (text.value.length > said_from ? code_points(text.value) : 0);
  const tell = () => {
    const length = count();
    set_attribute(text, 'aria-invalid', length > longest ? 'true' : null);
    if (length > longest) set_text(hint, t('chat.too_long', { most: longest, n: length - longest }));
    else if (length > said_from) set_text(hint, t('chat.left', { n: longest - length }));
    else set_text(hint, condition);
    set_text(find('#composer-slow'), !edits && (waiting || text.value) ? slow : '');
  };
  const grow = () => {
    if (CSS.supports('field-sizing', 'content')) return;
    text.style.setProperty('block-size', 'auto');
    text.style.setProperty('block-size', `${text.scrollHeight}px`);
  };
  const mark = (/** @type {boolean} */ on) => {
    const now = performance.now();
    if (on && now - typed_at < typing_again_ms) return;
    if (!on && typed_at === -Infinity) return;
    typed_at = on ? now : -Infinity;
    typing(on);
  };

  text.addEventListener('input', () => {
    tell();
    grow();
    mark(text.value.trim() !== '');
  });
  find('#reply-cancel').addEventListener('click', () => {
    set_aside();
    text.focus();
  });
  text.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && (edits || answers !== undefined)) {
      event.preventDefault();
      set_aside();
    } else if (event.key === 'ArrowUp' && text.value === '' && answers === undefined && !edits && !stopped) {
      event.preventDefault();
      edit_last();
    }
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener('blur', () => mark(false));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  /** Neither an answer nor an edit any more; after an edit the box holds what it held before. */
  function set_aside() {
    answers = undefined;
    find('#reply').hidden = true;
    if (!edits) return;
    put(edits.draft);
    edits = null;
    tell();
  }

  /** @param {string} value */
  function put(value) {
    text.value = value;
    typed_at = -Infinity;
    tell();
    grow();
  }

  /** @param {(string | Node)[]} what @param {string} cancel */
  function show_aim(what, cancel) {
    find('#reply-to').replaceChildren(...what);
    find('#reply-cancel').setAttribute('aria-label', cancel);
    find('#reply').hidden = false;
  }

  /** @param {import('../models/draft.js').Target} line */
  function answer({ seq, name, text: said }) {
    answers = { seq, name, text: excerpt(said) };
    show_aim(parts('chat.replying', { name: el('bdi', { class: 'quote-name', text: name }), text: quoted({ text: said }) }), t('chat.cancel_reply'));
  }

  /** @param {Edit} one @param {string} words that stand in the box now */
  function change(one, words) {
    edits = one;
    put(words);
    tell();
    show_aim(parts('chat.editing', { text: quoted({ text: one.was }) }), t('chat.cancel_edit'));
  }

  function submit() {
    const value = sendable(text.value).replace(/\s+$/u, '');
    if (stopped) return undefined;
    if (value === '') return edits ? set_text(hint, t('chat.edit_empty')) : undefined;
    if (count() > longest) return announce(hint.textContent ?? '');
    if (edits) return submit_edit(edits, value);
    if (waiting) return announce(slow);
    const reply_to = answers?.seq;
    put('');
    set_aside();
    send(value, reply_to);
    // After it is on its way: the focus asks for a layout.
    return text.focus();
  }

  /** @param {Edit} one @param {string} value */
  async function submit_edit(one, value) {
    // Refused, it stays in the box.
    if ((value === one.was || (await edit(one.seq, value))) && edits === one) set_aside();
  }

  return {
    /** What is written next answers this line. @param {Line} line */
    reply(line) {
      if (line.seq === null || stopped) return;
      set_aside();
      answer({ seq: line.seq, name: line.name, text: line.text });
      text.focus();
    },
    /** Other words for a line of one's own. @param {Line} line */
    edit(line) {
      if (line.seq === null || stopped) return;
      set_aside();
      change({ seq: line.seq, was: line.text, draft: text.value }, line.text);
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
    },
    /** A line is gone: nothing can be answered or edited there. @param {number} seq */
    gone(seq) {
      if (answers?.seq === seq || edits?.seq === seq) set_aside();
    },
    /** The line that is answered or edited, 0: none. */
    aim: () => edits?.seq ?? answers?.seq ?? 0,
    /** Where the caret is. @param {string} piece */
    insert(piece) {
      if (stopped) return;
      text.setRangeText(piece, text.selectionStart, text.selectionEnd, 'end');
      text.dispatchEvent(new Event('input', { bubbles: true }));
    },
    focus: () => text.focus(),
    /** For the page that comes after this one. @returns {import('../models/draft.js').Draft} */
    draft() {
      if (edits) return { text: edits.draft, edit: { seq: edits.seq, was: edits.was, text: text.value } };
      return { text: text.value, ...(answers ? { reply: answers } : {}) };
    },
    /** The focus stays where it is. @param {import('../models/draft.js').Draft} draft */
    restore(draft) {
      const words = draft.edit?.text ?? draft.text;
      // Some browsers put the words back by themselves. Others are typed already: those count.
      if (!text.value || text.value === words) {
        if (draft.edit) change({ seq: draft.edit.seq, was: draft.edit.was, draft: draft.text }, words);
        else text.value = words;
        if (draft.reply) answer(draft.reply);
      }
      grow();
    },
    /** A calm sentence above the box; nothing may be sent while `stop`. @param {string} sentence @param {boolean} stop */
    say(sentence, stop = false) {
      condition = sentence;
      stopped = stop;
      text.readOnly = stop;
      tell();
    },
    /** The room's pace, told quietly; nothing new is sent while one has to wait. @param {string} sentence @param {boolean} wait */
    slow(sentence, wait) {
      slow = sentence;
      waiting = wait;
      tell();
    },
  };
}
