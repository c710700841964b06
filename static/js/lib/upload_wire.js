// @ts-check
/** How an upload speaks with the server: tus 1.0.0 by fetch. Nothing here rejects: nobody answering is status 0. */

import { t } from './strings.js';

const patience_ms = 60_000;

/** @param {string} text @returns {string} base64 of its UTF-8 */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/**
 * @param {{name: string, size: number}} file @param {string} fingerprint @param {() => string} token
 * @returns {import('../models/upload.js').Wire}
 */
export function make_wire(file, fingerprint, token) {
  /** @param {string} where @param {RequestInit} how @returns {Promise<import('../models/upload.js').Answer>} */
  async function ask(where, how) {
    try {
      const headers = { 'Tus-Resumable': '1.0.0', 'X-CSRF-Token': token(), Accept: 'application/json', ...how.headers };
      const answer = await fetch(where, { credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(patience_ms), ...how, headers });
      const json = answer.headers.get('content-type')?.startsWith('application/json') ? await answer.json() : {};
      const offset = answer.headers.get('upload-offset');
      return { status: answer.status, offset: offset === null ? undefined : Number(offset), location: answer.headers.get('location') ?? undefined, sentence: json.sentence ?? (answer.status === 403 ? t('library.bad_request') : undefined), state: json.state };
    } catch {
      return { status: 0 };
    }
  }
  return {
    begin: () => ask('/library/uploads', { method: 'POST', headers: { 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${base64(file.name.slice(-200))},fingerprint ${base64(fingerprint)}` } }),
    look: (where) => ask(where, { method: 'GET' }),
    send: (where, offset, piece) => ask(where, { method: 'PATCH', body: piece, headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset) } }),
    end: (where) => ask(where, { method: 'DELETE' }),
  };
}
