// @ts-check
import { el, set_text } from '../lib/dom.js';
import { clock_text } from '../lib/format.js';
import { preview_sentence } from '../lib/sentences.js';
import { language, t } from '../lib/strings.js';
import { Previews } from '../models/previews.js';

/** @typedef {import('../models/previews.js').Preview} Preview */

/** @param {number} bytes @returns {string} "830 KB", "1.4 GB", as browsers' download lists say it */
export function size_text(bytes) {
  for (const [unit, name] of /** @type {[number, string][]} */ ([[1e9, 'GB'], [1e6, 'MB'], [1e3, 'KB']])) {
    if (bytes >= unit) return `${(bytes / unit >= 10 ? Math.round(bytes / unit) : Math.round(bytes / (unit / 10)) / 10).toLocaleString(language)} ${name}`;
  }
  return t('preview.bytes', { n: bytes });
}

/** The quiet line below the title. @param {Preview} preview @returns {string} */
export function facts_text(preview) {
  if (!preview.kind) return '';
  const facts = preview.kind === 'youtube' ? ['YouTube', preview.author] : [preview.host, t(`preview.${preview.kind}`)];
  if (preview.duration_ms !== undefined) facts.push(clock_text(preview.duration_ms));
  if (preview.size_bytes !== undefined) facts.push(size_text(preview.size_bytes));
  return facts.filter(Boolean).join(' · ');
}

/**
 * Why it will not play, as far as it is known before it is tried.
 * @param {Preview} preview @param {string} link @param {string} protocol of this page
 */
export function refusal_text(preview, link, protocol) {
  if (preview.refusal) return preview_sentence(preview.refusal, preview.kind !== undefined);
  const mixed = protocol === 'https:' && preview.kind !== 'youtube' && /(?:^|[^a-z])http:\/\//i.test(link);
  return mixed ? t('player_error.mixed') : '';
}

/** What the server answers, or null. @param {string} link @returns {Promise<Preview | null | 'off'>} */
async function ask_server(link) {
  try {
    const answer = await fetch(`${location.pathname}/preview?url=${encodeURIComponent(link)}`, { credentials: 'same-origin' });
    if (answer.status === 204) return 'off';
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * The card below the source box: what the link there is, before anybody watches it.
 * @param {HTMLElement} form @param {HTMLInputElement} link
 */
export function make_preview_card(form, link) {
  const picture = /** @type {HTMLImageElement} */ (el('img', { class: 'preview-picture', alt: '', width: 96, height: 54, hidden: true }));
  const title = el('bdi', { class: 'preview-title' });
  const facts = el('span', { class: 'preview-facts' });
  const refusal = el('span', { class: 'field-error preview-refusal', hidden: true });
  // The words are announced when they come; the place for them must be there before.
  const words = el('p', { class: 'preview-words', 'aria-live': 'polite', id: 'source-preview-words' }, title, facts, refusal);
  const card = el('div', { class: 'preview', id: 'source-preview' }, picture, words);
  form.append(card);
  picture.addEventListener('error', () => { picture.hidden = true; });

  const previews = new Previews({ ask: ask_server, later: (task, ms) => setTimeout(task, ms), cancel: (timer) => clearTimeout(timer) });
  previews.on('change', (/** @type {Preview | null} */ preview) => {
    card.toggleAttribute('data-shown', preview !== null && Boolean(preview.title || preview.refusal || preview.known));
    set_text(title, preview?.title ?? '');
    set_text(facts, preview ? facts_text(preview) : '');
    const no = preview ? refusal_text(preview, link.value, location.protocol) : '';
    set_text(refusal, no);
    refusal.hidden = no === '';
    picture.hidden = !preview?.picture;
    if (preview?.picture) picture.src = preview.picture;
    else picture.removeAttribute('src');
  });

  // A paste arrives as one input of its own kind; some browsers say it only there.
  link.addEventListener('input', (event) => {
    const how = /** @type {InputEvent} */ (event).inputType ?? '';
    previews.look(link.value, how === 'insertFromPaste' || how === 'insertFromDrop' || how === '');
  });
  if (link.value) previews.look(link.value, true);
  link.addEventListener('change', () => previews.look(link.value, previews.now === null));
  // The queue takes a title of at most 300 bytes: so many characters are never more than that.
  return { clear: () => previews.clear(), title: () => [...(previews.now?.title ?? '')].slice(0, 75).join('') };
}
