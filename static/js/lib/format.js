// @ts-check
/** Times, codes and counts as people read and hear them. Pure. */

/** @param {number} ms @returns {string} "0:07", "12:30", "1:02:03" */
export function clock_text(ms) {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const tail = `${hours ? String(minutes).padStart(2, '0') : minutes}:${String(seconds).padStart(2, '0')}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** @param {number} count @param {string} one */
const counted = (count, one) => `${count} ${one}${count === 1 ? '' : 's'}`;

/** @param {number} ms @returns {string} "12 minutes 30" the way a time bar is read out */
function spoken(ms) {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  if (hours) return `${counted(hours, 'hour')} ${counted(minutes, 'minute')} ${seconds}`;
  return minutes ? `${counted(minutes, 'minute')} ${seconds}` : counted(seconds, 'second');
}

/** @param {number} position_ms @param {number | null} duration_ms @returns {string} "12 minutes 30 of 45" */
export function spoken_position(position_ms, duration_ms) {
  if (duration_ms === null) return spoken(position_ms);
  const minutes = Math.floor(duration_ms / 60_000);
  if (minutes >= 60) return `${spoken(position_ms)} of ${counted(Math.floor(minutes / 60), 'hour')} ${counted(minutes % 60, 'minute')}`;
  if (minutes && position_ms >= 60_000) return `${spoken(position_ms)} of ${minutes}`;
  return `${spoken(position_ms)} of ${minutes ? counted(minutes, 'minute') : counted(Math.floor(duration_ms / 1000), 'second')}`;
}

/** @param {string} code @returns {string} K7QM-3XFD */
export const shown_code = (code) => (code.length === 8 ? `${code.slice(0, 4)}-${code.slice(4)}` : code);

/** @param {string} code @returns {string} "K 7 Q M, 3 X F D", for a screen reader */
export const spelled_code = (code) => `${[...code.slice(0, 4)].join(' ')}, ${[...code.slice(4)].join(' ')}`;

/** @param {number} at_ms @param {string | undefined} [locale] @returns {string} the hour in the reader's own locale and zone */
export const hour_text = (at_ms, locale) => new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' }).format(at_ms);

/** @param {number} at_ms @param {number} now_ms @returns {string} "Today", "Yesterday" or the date */
export function day_text(at_ms, now_ms) {
  const day = (/** @type {number} */ ms) => new Date(ms).toDateString();
  if (day(at_ms) === day(now_ms)) return 'Today';
  if (day(at_ms) === day(now_ms - 86_400_000)) return 'Yesterday';
  return new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at_ms);
}

/** @param {string[]} names @returns {string} "Ana", "Ana and Ben", "Ana, Ben and 3 others" */
export function name_list(names) {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length === 2) return `${names[0]} and ${names[1]}`;
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}

/** @param {string} text @returns {number} how the server counts a text */
export const code_points = (text) => [...text].length;
