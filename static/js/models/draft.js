// @ts-check
/**
 * What stands in the chat's box and where it is meant to go, over a reload. Pure.
 * @typedef {{seq: number, name: string, text: string}} Target the line that is answered
 * @typedef {{seq: number, was: string, text: string}} Edited a line of one's own: its words, and those that are to take their place
 * @typedef {{text: string, reply?: Target, edit?: Edited}} Draft text: what is not sent yet; beside an edit, what stood there before it
 */

/** @param {unknown} value @param {string[]} texts */
const fits = (value, texts) => typeof value === 'object' && value !== null && Number.isSafeInteger(/** @type {any} */ (value).seq) && texts.every((name) => typeof (/** @type {any} */ (value)[name]) === 'string');

/** What was kept, in the forms of today and of before. @param {any} kept @returns {Draft} */
export function read_draft(kept) {
  if (typeof kept === 'string') return { text: kept };
  const text = typeof kept?.text === 'string' ? kept.text : '';
  if (fits(kept?.edit, ['was', 'text'])) return { text, edit: kept.edit };
  if (fits(kept?.reply, ['name', 'text'])) return { text, reply: kept.reply };
  return { text };
}

/** @param {Draft} draft @returns {Draft | null} null: nothing is lost without it */
export const worth_keeping = (draft) => (draft.text || draft.reply || draft.edit ? draft : null);
