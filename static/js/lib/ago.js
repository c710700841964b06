// @ts-check
/** "5 minutes ago" in a language. Pure. */

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const units = [['year', 365 * 86_400_000], ['month', 30 * 86_400_000], ['week', 7 * 86_400_000], ['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

/** @param {number} at_ms @param {number} now_ms @param {string} [locale] @returns {string} */
export function ago_text(at_ms, now_ms, locale) {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const passed = Math.max(0, now_ms - at_ms);
  const unit = units.find(([, ms]) => passed >= ms);
  return unit ? words.format(-Math.floor(passed / unit[1]), unit[0]) : words.format(0, 'second');
}
