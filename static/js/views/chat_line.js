// @ts-check
import { el } from '../lib/dom.js';
import { clock_text, day_text, hour_text, moment_text } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { avatar } from './avatar.js';
import { chips } from './chat_chips.js';
import { excerpt, folded_text, is_long, text_nodes } from './chat_text.js';

/** @typedef {import('../models/chat.js').Line} Line */
/**
 * @typedef {{me: string, retry(id: string): void, discard(id: string): void, said(seq: number): Line | null,
 *   original(seq: number): void, mentions_me(text: string): boolean, jump(at_ms: number, media?: string): void, unfolded: Set<number>,
 *   react(line: Line, emoji: string): void, names(reaction: import('../types.js').Reaction): string,
 *   gap(before: Line | undefined, line: Line): {after: number, before: number} | undefined, fill(gap: {after: number, before: number}, downwards: boolean): void}} LineOptions
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
export const look_of = (before, line, first_new, options) => {
  const quoted = line.reply_to ? options.said(line.reply_to) : null;
  const reactions = line.reactions?.map((one) => `${one.emoji}${one.count}${one.people.includes(options.me)}`).join();
  return `${line.state} ${line.name} ${line.why ?? ''} ${continues(before, line)} ${new_day(before, line)} ${first_new} ${line.seq} ${tells_time(before, line)} ${line.edited_at_ms} ${line.deleted} ${reactions} ${!!options.gap(before, line)} ${quoted?.name} ${!!quoted} ${quoted?.edited_at_ms} ${quoted?.deleted}`;
};

/** What the line answers; not here (yet), it can be fetched. @param {Line} line @param {LineOptions} options */
function quote_of(line, options) {
  const seq = line.reply_to;
  if (!seq) return null;
  const said = options.said(seq);
  return el('button', { class: 'line-quote', type: 'button', onclick: () => options.original(seq) },
    el('span', { class: 'visually-hidden', text: `${t('chat.in_reply_to')} ` }),
    said ? el('bdi', { class: 'quote-name', text: said.name }) : t('chat.earlier_message'),
    said && el('span', { class: 'visually-hidden', text: ': ' }),
    said && el('bdi', { class: 'quote-text', text: said.deleted ? t('chat.deleted') : excerpt(said.text) }));
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

/** @param {Line} line @param {string | false} hour @param {LineOptions} options */
function said_text(line, hour, options) {
  if (line.deleted) return el('p', { class: 'line-gone', text: line.by && line.by !== line.author ? t('chat.deleted_by_moderator') : t('chat.deleted') });
  const edited = line.edited_at_ms ? el('span', { class: 'line-edited', title: t('chat.edited_at', { time: moment_text(line.edited_at_ms) }), text: ` ${t('chat.edited')}` }) : null;
  const text = el('p', { class: 'line-text', dir: 'auto', title: hour }, ...text_nodes(line.text, (at_ms) => options.jump(at_ms)), edited);
  return is_long(line.text) ? folded_text(text, line.seq, options.unfolded) : text;
}

/** Messages that were not fetched, above this line. @param {Line | undefined} before @param {Line} line @param {LineOptions} options */
function gap_above(before, line, options) {
  const gap = options.gap(before, line);
  return gap && el('p', { class: 'line-gap' }, el('button', { class: 'text-button', type: 'button', onclick: () => options.fill(gap, false), text: t('chat.between') }));
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
  const mention = line.author !== options.me && !line.deleted && options.mentions_me(line.text);
  const item = el('li', { class: 'line-item', 'data-id': line.id },
    new_day(before, line) && el('p', { class: 'line-day' }, el('span', { text: day_text(line.at_ms, Date.now()) })),
    gap_above(before, line, options),
    first_new && el('p', { class: 'line-new' }, el('span', { text: t('chat.new') })),
    el('div', { class: 'line', 'data-state': line.state, 'data-own': line.author === options.me && '', 'data-mention': mention && '' },
      !joined && avatar(line.author, line.name),
      el('p', { class: joined ? 'visually-hidden' : 'line-head' }, name, ' ', time, ' ', !joined && video_time(before, line, options)),
      quote_of(line, options),
      said_text(line, joined && hour, options),
      joined && video_time(before, line, options),
      chips(line, options),
      state_of(line, options)));
  // Tab does not stop here until the line has the focus; what was not sent is never passed over.
  for (const control of /** @type {NodeListOf<HTMLElement>} */ (item.querySelectorAll('.line :is(a, button):not(.line-state *)'))) control.tabIndex = -1;
  return item;
}
