// @ts-check
import { el, find, set_text } from '../lib/dom.js';
import { read_json, write_json } from '../lib/store.js';
import { language, t } from '../lib/strings.js';
import { checked_recent, read_groups, search_emoji, used } from '../models/emoji.js';

/** @typedef {import('../models/emoji.js').Emoji} Emoji */

const columns = 8;
const recent_key = 'matinee.emoji';

/** @type {Promise<import('../models/emoji.js').Group[]> | undefined} */
let groups_here;
/** @type {Promise<unknown> | undefined} */
let styles_here;

function load_groups() {
  groups_here ??= fetch(new URL(`../../data/emoji_${language}.json`, import.meta.url)).then(async (answer) => {
    if (!answer.ok) throw new Error(`emoji: ${answer.status}`);
    return read_groups(await answer.json());
  });
  groups_here.catch(() => { groups_here = undefined; });
  return groups_here;
}

function load_styles() {
  styles_here ??= new Promise((done) => {
    document.head.append(el('link', { rel: 'stylesheet', href: new URL('../../css/emoji.css', import.meta.url).href, onload: done, onerror: done }));
  });
  return styles_here;
}

/**
 * Opens the emoji at a button: search, recent ones, groups. Arrows move in the grid, Enter takes one, Escape closes; with Shift it stays open.
 * @param {HTMLElement} button @param {(emoji: string) => void} chosen
 */
export async function open_picker(button, chosen) {
  if (document.querySelector('#emoji')) return;
  button.setAttribute('aria-expanded', 'true');
  const field = /** @type {HTMLInputElement} */ (el('input', { id: 'emoji-search', class: 'input', type: 'search', autocomplete: 'off', enterkeyhint: 'search', placeholder: t('emoji.search'), 'aria-label': t('emoji.search'), 'aria-controls': 'emoji-grid' }));
  const grid = el('div', { id: 'emoji-grid', class: 'emoji-grid', role: 'grid', 'aria-label': t('chat.emoji') });
  const note = el('p', { class: 'emoji-note', role: 'status', text: '' });
  const dialog = /** @type {HTMLDialogElement} */ (el('dialog', { id: 'emoji', class: 'emoji', 'aria-label': t('chat.emoji') }, field, grid, note));
  const [groups] = await Promise.all([load_groups().catch(() => null), load_styles()]);
  if (!groups) set_text(note, t('emoji.failed'));

  const paint = () => {
    const query = field.value.trim();
    const recent = checked_recent(read_json('localStorage', recent_key, []));
    const known = new Map(groups?.flatMap((group) => group.emoji.map((one) => [one.emoji, one])));
    const found = query ? search_emoji(groups ?? [], query) : [];
    const lately = recent.flatMap((emoji) => known.get(emoji) ?? []);
    const shown = query ? [{ name: t('emoji.found'), emoji: found }] : [{ name: t('emoji.recent'), emoji: lately }, ...(groups ?? [])];
    grid.replaceChildren(...shown.filter((group) => group.emoji.length).map((group) => section(group.name, group.emoji)));
    first_cell()?.setAttribute('tabindex', '0');
    grid.scrollTop = 0;
    if (groups) set_text(note, query && !found.length ? t('emoji.none', { query }) : '');
  };

  const first_cell = () => /** @type {HTMLElement | null} */ (grid.querySelector('.emoji-one'));
  /** @param {HTMLElement | null} cell @param {boolean} stay */
  const take = (cell, stay) => {
    const emoji = cell?.dataset.emoji;
    if (!emoji) return;
    write_json('localStorage', recent_key, used(checked_recent(read_json('localStorage', recent_key, [])), emoji));
    if (!stay) dialog.close();
    chosen(emoji);
  };

  field.addEventListener('input', paint);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') take(first_cell(), event.shiftKey);
    else if (event.key === 'ArrowDown') go(first_cell(), grid);
    else return;
    event.preventDefault();
  });
  grid.addEventListener('click', (event) => take(/** @type {Element} */ (event.target).closest('.emoji-one'), event.shiftKey));
  grid.addEventListener('keydown', (event) => {
    const next = neighbour(event.key, grid);
    if (next) go(next, grid);
    else if (event.key === 'ArrowUp' || (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey)) return field.focus();
    else return undefined;
    event.preventDefault();
    return undefined;
  });
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  // A search field would take the first Escape to empty itself.
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    dialog.close();
  });
  const stay = () => place(dialog, button);
  addEventListener('resize', stay);
  dialog.addEventListener('close', () => {
    removeEventListener('resize', stay);
    button.setAttribute('aria-expanded', 'false');
    dialog.remove();
  });
  paint();
  find('#main').append(dialog);
  dialog.showModal();
  stay();
  // A finger would get the soft keyboard over half of the grid.
  if (matchMedia('(pointer: coarse)').matches) first_cell()?.focus();
  else field.focus();
}

/** @param {string} name @param {Emoji[]} emoji */
function section(name, emoji) {
  const rows = Array.from({ length: Math.ceil(emoji.length / columns) }, (_, row) => el('div', { class: 'emoji-row', role: 'row' },
    ...emoji.slice(row * columns, (row + 1) * columns).map((one) => el('button', { class: 'emoji-one', type: 'button', role: 'gridcell', tabindex: '-1', 'data-emoji': one.emoji, 'aria-label': one.name, title: one.name, text: one.emoji }))));
  const group = el('div', { class: 'emoji-group', role: 'rowgroup', 'aria-label': name }, el('div', { class: 'emoji-name', role: 'presentation', text: name }), ...rows);
  group.style.setProperty('--rows', String(rows.length));
  return group;
}

/** @param {string} key @param {HTMLElement} grid @returns {HTMLElement | null} */
function neighbour(key, grid) {
  const cell = /** @type {HTMLElement} */ (document.activeElement);
  const row = cell.parentElement;
  if (!row?.classList.contains('emoji-row')) return null;
  const rows = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll('.emoji-row')]);
  const [at, column] = [rows.indexOf(row), [...row.children].indexOf(cell)];
  const in_row = (/** @type {number} */ index, /** @type {number} */ wanted) => /** @type {HTMLElement | null} */ (rows[index]?.children[Math.min(wanted, rows[index].children.length - 1)] ?? null);
  switch (key) {
    case 'ArrowRight': return column + 1 < row.children.length ? in_row(at, column + 1) : in_row(at + 1, 0);
    case 'ArrowLeft': return column > 0 ? in_row(at, column - 1) : in_row(at - 1, columns);
    case 'ArrowDown': return in_row(at + 1, column) ?? cell;
    case 'ArrowUp': return in_row(at - 1, column);
    case 'Home': return in_row(at, 0);
    case 'End': return in_row(at, columns);
    default: return null;
  }
}

/** @param {HTMLElement | null} cell @param {HTMLElement} grid */
function go(cell, grid) {
  if (!cell) return;
  for (const one of grid.querySelectorAll('[tabindex="0"]')) one.setAttribute('tabindex', '-1');
  cell.tabIndex = 0;
  cell.focus();
}

/** At the button; where the screen is narrow the style puts it at the bottom. @param {HTMLElement} dialog @param {HTMLElement} button */
function place(dialog, button) {
  const [at, own] = [button.getBoundingClientRect(), dialog.getBoundingClientRect()];
  const above = at.top - own.height - 8;
  dialog.style.setProperty('--x', `${Math.max(8, Math.min(innerWidth - own.width - 8, at.right - own.width))}px`);
  dialog.style.setProperty('--y', `${above >= 8 ? above : Math.min(innerHeight - own.height - 8, at.bottom + 8)}px`);
}
