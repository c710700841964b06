// @ts-check
import { find, set_text } from '../lib/dom.js';
import { code_points } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { excerpt } from './chat_text.js';

const longest = 4_000;
const said_from = 3_800;
const typing_again_ms = 3_000;

/**
 * The box one writes in. What is typed stays typed whatever happens to the connection.
 * @param {{send(text: string, reply_to?: number): void, typing(on: boolean): void}} options
 */
export function make_composer({ send, typing }) {
  const form = find('#composer');
  const text = /** @type {HTMLTextAreaElement} */ (find('#chat-text'));
  const hint = find('#composer-hint');
  let condition = '';
  let stopped = false;
  let typed_at = -Infinity;
  let answers = /** @type {number | undefined} */ (undefined);

  const count = () => (text.value.length > said_from ? code_points(text.value) : 0);
  const tell = () => {
    const length = count();
    if (length > longest) set_text(hint, t('chat.too_many', { n: length - longest }));
    else if (length > said_from) set_text(hint, t('chat.left', { n: longest - length }));
    else set_text(hint, condition);
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
    no_reply();
    text.focus();
  });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && answers !== undefined && !event.isComposing) {
      event.preventDefault();
      no_reply();
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener('blur', () => mark(false));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });

  function no_reply() {
    answers = undefined;
    find('#reply').hidden = true;
  }

  function submit() {
    if (stopped || text.value.trim() === '' || count() > longest) return;
    const value = text.value.replace(/\s+$/u, '');
    text.value = '';
    typed_at = -Infinity;
    tell();
    grow();
    text.focus();
    const reply_to = answers;
    no_reply();
    send(value, reply_to);
  }

  return {
    /** What is written next answers this line. @param {{seq: number | null, name: string, text: string}} line */
    reply(line) {
      if (line.seq === null || stopped) return;
      answers = line.seq;
      set_text(find('#reply-name'), line.name);
      set_text(find('#reply-text'), excerpt(line.text));
      find('#reply').hidden = false;
      text.focus();
    },
    focus: () => text.focus(),
    draft: () => text.value,
    /** @param {string} value */
    restore(value) {
      if (!text.value) text.value = value;
      grow();
    },
    /** A calm sentence above the box; nothing may be sent while `stop`. @param {string} sentence @param {boolean} stop */
    say(sentence, stop = false) {
      condition = sentence;
      stopped = stop;
      text.readOnly = stop;
      tell();
    },
  };
}
