// @ts-check
import { find } from '../lib/dom.js';

const mark = '<circle cx="16" cy="16" r="16" fill="#ff8b5e"/><path fill="#2a0f1d" d="M12 8.6v14.8a1.2 1.2 0 0 0 1.83 1.02l11.6-7.4a1.2 1.2 0 0 0 0-2.04l-11.6-7.4A1.2 1.2 0 0 0 12 8.6Z"/>';
const most = 9;

/** The mark with a count in its corner, as an address of its own. @param {number} count @returns {string} */
export function counted_mark(count) {
  const text = count > most ? `${most}+` : String(count);
  const size = text.length > 1 ? 12 : 15;
  const badge = `<circle cx="21.5" cy="10.5" r="10.5" fill="#8e1220"/><text x="21.5" y="${10.5 + size * 0.36}" font-family="system-ui,sans-serif" font-size="${size}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text>`;
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${mark}${badge}</svg>`)}`;
}

/** @param {number} count 0: the plain mark */
export function show_count(count) {
  const link = /** @type {HTMLLinkElement} */ (find('link[rel="icon"]'));
  link.dataset.plain ??= link.href;
  link.href = count ? counted_mark(count) : link.dataset.plain;
}
