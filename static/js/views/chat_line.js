// @ts-check
import { el } from '../lib/dom.js';
import { day_text, hour_text } from '../lib/format.js';
import { split_links } from '../lib/links.js';
import { avatar } from './avatar.js';

/** @typedef {import('../models/chat.js').Line} Line */
/** @typedef {{me: string, retry(id: string): void, discard(id: string): void}} LineOptions */

const together_ms = 5 * 60_000;

/** @param {Line | undefined} before @param {Line} line */
export const new_day = (before, line) => !before || new Date(before.at_ms).toDateString() !== new Date(line.at_ms).toDateString();

/** Does the line stand under the name of the one before? @param {Line | undefined} before @param {Line} line */
export const continues = (before, line) => !!before && before.author === line.author && line.at_ms - before.at_ms < together_ms && !new_day(before, line);

/** What decides how a line looks: while it stays the same, so does its element. @param {Line | undefined} before @param {Line} line @param {boolean} first_new */
export const look_of = (before, line, first_new) => `${line.state} ${line.why ?? ''} ${continues(before, line)} ${new_day(before, line)} ${first_new} ${line.seq}`;

/** @param {string} text */
function text_nodes(text) {
  return split_links(text).map((part) => (part.href ? el('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer', text: part.text }) : document.createTextNode(part.text)));
}

/** @param {Line} line @param {LineOptions} options */
function state_of(line, options) {
  if (line.state === 'sending') return el('span', { class: 'line-state', text: 'sending' });
  if (line.state !== 'failed') return null;
  return el('span', { class: 'line-state', 'data-state': 'failed' },
    `Not sent. ${line.why ?? ''} `,
    el('button', { class: 'text-button', type: 'button', onclick: () => options.retry(line.id), text: 'Try again' }), ' ',
    el('button', { class: 'text-button', type: 'button', onclick: () => options.discard(line.id), text: 'Discard' }));
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
  const name = el('span', { class: joined ? 'visually-hidden' : 'line-name', text: line.name });
  return el('li', { class: 'line-item', 'data-id': line.id },
    new_day(before, line) && el('p', { class: 'line-day' }, el('span', { text: day_text(line.at_ms, Date.now()) })),
    first_new && el('p', { class: 'line-new' }, el('span', { text: 'New' })),
    el('div', { class: 'line', 'data-state': line.state, 'data-own': line.author === options.me && '' },
      !joined && avatar(line.author, line.name),
      el('p', { class: joined ? 'visually-hidden' : 'line-head' }, name, ' ', time),
      el('p', { class: 'line-text', dir: 'auto', title: joined && hour }, ...text_nodes(line.text)),
      state_of(line, options)));
}
