// @ts-check
/** Times, codes and counts as people read and hear them. Pure. */
import { locale, t } from './strings.js';

/** @param {number} ms @returns {string} "0:07", "12:30", "1:02:03" */
export function clock_text(ms) {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const tail = `${hours ? String(minutes).padStart(2, '0') : minutes}:${String(seconds).padStart(2, '0')}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** @param {number} ms @returns {string} "12 minutes 30" the way a time bar is read out */
function spoken(ms) {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  if (hours) return `${t('time.hours', { n: hours })} ${t('time.minutes', { n: minutes })} ${seconds}`;
  return minutes ? `${t('time.minutes', { n: minutes })} ${seconds}` : t('time.seconds', { n: seconds });
}

/** @param {number} position_ms @param {number | null} duration_ms @returns {string} "12 minutes 30 of 45" */
export function spoken_position(position_ms, duration_ms) {
  const position = spoken(position_ms);
  if (duration_ms === null) return position;
  const minutes = Math.floor(duration_ms / 60_000);
  if (minutes >= 60) return t('time.position', { position, all: `${t('time.hours', { n: Math.floor(minutes / 60) })} ${t('time.minutes', { n: minutes % 60 })}` });
  if (minutes && position_ms >= 60_000) return t('time.position', { position, all: minutes });
  return t('time.position', { position, all: minutes ? t('time.minutes', { n: minutes }) : t('time.seconds', { n: Math.floor(duration_ms / 1000) }) });
}

/** @param {number} ms whole seconds @returns {string} "30 s", "1 min", "2 min 5 s" */
export function span_text(ms) {
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.round(ms / 1000) % 60];
  return [minutes && `${minutes} min`, (seconds || !minutes) && `${seconds} s`].filter(Boolean).join(' ');
}

/** @param {string} code @returns {string} K7QM-3XFD */
export const shown_code = (code) => (code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code);

/** @param {string} code @returns {string} "K 7 Q M, 3 X F D", for a screen reader */
export const spelled_code = (code) => `${[...code.slice(0, 4)].join(' ')}, ${[...code.slice(4)].join(' ')}`;

/** @type {Map<string, Intl.DateTimeFormat>} making one takes longer than a line of the chat does */
const formats = new Map();
/** @param {string} where @param {Intl.DateTimeFormatOptions} options */
function format_for(where, options) {
  const key = `${where} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(where, options);
  formats.set(key, format);
  return format;
}

/** @param {number} at_ms @param {string} [where] @returns {string} the hour in the reader's own locale and zone */
export const hour_text = (at_ms, where = locale) => format_for(where, { hour: 'numeric', minute: '2-digit' }).format(at_ms);

/** @param {number} at_ms @param {string} [where] @returns {string} day and hour, as briefly as they can be told */
export const moment_text = (at_ms, where = locale) => format_for(where, { dateStyle: 'medium', timeStyle: 'short' }).format(at_ms);

/** @param {number} at_ms @param {number} now_ms @returns {string} "Today", "Yesterday" or the date */
export function day_text(at_ms, now_ms) {
  const day = (/** @type {number} */ ms) => new Date(ms).toDateString();
  if (day(at_ms) === day(now_ms)) return t('time.today');
  if (day(at_ms) === day(now_ms - 86_400_000)) return t('time.yesterday');
  return new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at_ms);
}

/** @param {string[]} names @returns {string} "Ana", "Ana and Ben", "Ana, Ben and 3 others" */
export function name_list(names) {
  if (names.length <= 1) return names[0] ?? '';
  const [a, b, c] = names;
  if (names.length === 2) return t('list.two', { a, b });
  if (names.length === 3) return t('list.three', { a, b, c });
  return t('list.more', { a, b, n: names.length - 2 });
}

/** @param {string} text @returns {number} how the server counts a text, whose length may be that of a book */
export function code_points(text) {
  let pairs = 0;
  for (let i = 0; i + 1 < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xfc00) !== 0xd800 || (text.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) continue;
    pairs += 1;
    i += 1;
  }
  return text.length - pairs;
}
