// @ts-check
/** What can be sent of what was typed or pasted. Pure. */

// Half of a pair of UTF-16 is no character: such JSON is refused whole, without saying which message it was.
const halves = /[\ud800-\udfff]/gu;
// Nobody sees them, and rooms take none but line breaks and tabs (wire.bad_text).
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** @param {string} text @returns {string} with U+FFFD for what is no character */
export const well_formed = (text) => text.replace(halves, '\ufffd');

/** @param {string} text @returns {string} the same to look at, without what no room takes */
export const sendable = (text) => well_formed(text).replace(/\r\n?/g, '\n').replace(controls, '');

/** @param {object} message @returns {string} JSON that every reader takes */
export function wire_text(message) {
  const text = JSON.stringify(message);
  // JSON.stringify writes an escape of this kind for halves only, or after another backslash.
  if (!text.includes('\\ud')) return text;
  return JSON.stringify(message, (_, value) => (typeof value === 'string' ? well_formed(value) : value));
}
