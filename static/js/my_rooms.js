// @ts-check
// The list of rooms: when each was last active, in the reader's own language, and true while the page stays open.
import { ago_text } from './lib/ago.js';

function paint() {
  for (const node of document.querySelectorAll('time[data-at]')) {
    const at_ms = Number(/** @type {HTMLElement} */ (node).dataset.at);
    node.textContent = ago_text(at_ms, Date.now(), document.documentElement.lang || undefined);
    node.setAttribute('datetime', new Date(at_ms).toISOString());
  }
}

paint();
setInterval(paint, 30_000);
