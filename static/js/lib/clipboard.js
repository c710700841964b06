// @ts-check
/** @param {string} text @returns {Promise<boolean>} false: no clipboard here (plain http, or not allowed); the caller shows the text, selected */
export async function copy_text(text) {
  try {
    if (!navigator.clipboard) return false;
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
