// @ts-check
/** Random ids that also work on plain http, where `crypto.randomUUID` does not exist. */

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 22 letters of 6 bits: as unique as a UUID and within the 36 bytes of the protocol. @returns {string} */
export function random_id() {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  return Array.from(bytes, (byte) => letters[byte & 63]).join('');
}
