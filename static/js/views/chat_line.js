// @ts-check
import { el } from '../lib/dom.js';
import { clock_text, day_text, hour_text } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { avatar } from './avatar.js';
import { excerpt, text_nodes } from './chat_text.js';

/** @typedef {import('../models/chat.js').Line} Line */
/**
 * @typedef {{me: string, retry(id: string): void, discard(id: string): void, reply(line: Line): void, said(seq: number): import('../types.js').Message | null,
 *   original(seq: number): void, mentions_me(text: string): boolean, jump(at_ms: number, media?: string): void}} LineOptions
 */

const together_ms = 5 * 60_000;
const apart_ms = 60_000;  // the video's time is told again when it is this much from the one told above

/** @param {Line | undefined} before @param {Line} line */
export const new_day = (before, line) => !before || new Date(before.at_ms).toDateString() !== new Date(line.at_ms).toDateString();

/** Does the line stand under the name of the one before? @param {Line | undefined} before @param {Line} line */
export const continues = (before, line) => !!before && before.author === line.author && line.at_ms - before.at_ms < together_ms && !new_day(before, line);

/** Does the line tell where the video was? @param {Line | undefined} before @param {Line} line */
const tells_time = (before, line) => line.media_time_ms !== undefined
  && (!before || !continues(before, line) || before.media !== line.media || Math.abs((before.media_time_ms ?? 0) - line.media_time_ms) >= apart_ms);

/**
 * What decides how a line looks: while it stays the same, so does its element.
 * @param {Line | undefined} before @param {Line} line @param {boolean} first_new @param {LineOptions} options
 */
export const look_of = (before, line, first_new, options) =>
  `${line.state} ${line.why ?? ''} ${continues(before, line)} ${new_day(before, line)} ${first_new} ${line.seq} ${tells_time(before, line)} ${!!line.reply_to && !!options.said(line.reply_to)}`;

/** What the line answers; not here (yet), it can be fetched. @param {Line} line @param {LineOptions} options */
function quote_of(line, options) {
  const seq = line.reply_to;
  if (!seq) return null;
  const said = options.said(seq);
  return el('button', { class: 'line-quote', type: 'button', onclick: () => options.original(seq) },
    el('span', { class: 'visually-hidden', text: `${t('chat.in_reply_to')} ` }),
    said ? el('bdi', { class: 'quote-name', text: said.name }) : t('chat.earlier_message'),
    said && el('span', { class: 'visually-hidden', text: ': ' }),
    said && el('bdi', { class: 'quote-text', text: excerpt(said.text) }));
}

/** @param {Line} line @param {LineOptions} options */
function reply_button(line, options) {
  if (line.seq === null) return null;
  const label = t('chat.reply_to', { name: line.name, text: excerpt(line.text).slice(0, 60) });
  return el('button', { class: 'line-reply', type: 'button', 'aria-label': label, title: t('chat.reply'), onclick: () => options.reply(line) }, reply_icon());
}

function reply_icon() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [key, value] of [['viewBox', '0 0 20 20'], ['width', '16'], ['height', '16'], ['aria-hidden', 'true'], ['focusable', 'false']]) svg.setAttribute(key, value);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of [['d', 'M8 4 3 9l5 5M3.5 9H12a5 5 0 0 1 5 5v2'], ['fill', 'none'], ['stroke', 'currentColor'], ['stroke-width', '1.8'], ['stroke-linecap', 'round'], ['stroke-linejoin', 'round']]) path.setAttribute(key, value);
  svg.append(path);
  return svg;
}

/** @param {Line | undefined} before @param {Line} line @param {LineOptions} options */
function video_time(before, line, options) {
  const at_ms = line.media_time_ms;
  if (at_ms === undefined || !tells_time(before, line)) return null;
  const time = clock_text(at_ms);
  return el('button', { class: 'line-at', type: 'button', title: t('chat.written_at', { time }), 'aria-label': t('chat.jump_video', { time }), onclick: () => options.jump(at_ms, line.media), text: time });
}

/** @param {Line} line @param {LineOptions} options */
function state_of(line, options) {
  if (line.state === 'sending') return el('span', { class: 'line-state', text: t('chat.sending') });
  if (line.state !== 'failed') return null;
  return el('span', { class: 'line-state', 'data-state': 'failed' },
    `${t('chat.not_sent', { why: line.why ?? '' }).trim()} `,
    el('button', { class: 'text-button', type: 'button', onclick: () => options.retry(line.id), text: t('chat.try_again') }), ' ',
    el('button', { class: 'text-button', type: 'button', onclick: () => options.discard(line.id), text: t('chat.discard') }));
}

/**
 * @param {Line | undefined} before
 * @param {Line} line
 * @param {boolean} first_new
 * @param {LineOptions} options
 */
export function line_element(before, line, first_new, options) {
  const joined = continues(before, line) && !first_new;
  const hour = hour_text(line.at_ms);
  const time = el('time', { class: joined ? 'visually-hidden' : 'line-time', datetime: new Date(line.at_ms).toISOString(), text: hour });
  const name = el('bdi', { class: joined ? 'visually-hidden' : 'line-name', text: line.name });
  return el('li', { class: 'line-item', 'data-id': line.id },
    new_day(before, line) && el('p', { class: 'line-day' }, el('span', { text: day_text(line.at_ms, Date.now()) })),
    first_new && el('p', { class: 'line-new' }, el('span', { text: t('chat.new') })),
    el('div', { class: 'line', 'data-state': line.state, 'data-own': line.author === options.me && '', 'data-mention': line.author !== options.me && options.mentions_me(line.text) && '' },
      !joined && avatar(line.author, line.name),
      el('p', { class: joined ? 'visually-hidden' : 'line-head' }, name, ' ', time, ' ', !joined && video_time(before, line, options)),
      quote_of(line, options),
      el('p', { class: 'line-text', dir: 'auto', title: joined && hour }, ...text_nodes(line.text, (at_ms) => options.jump(at_ms))),
      joined && video_time(before, line, options),
      reply_button(line, options),
      state_of(line, options)));
}
