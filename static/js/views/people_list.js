// @ts-check
import { el, find, icon, set_text } from '../lib/dom.js';
import { hour_text } from '../lib/format.js';
import { language, t } from '../lib/strings.js';
import { is_silenced } from '../models/rights.js';
import { avatar } from './avatar.js';

/** @typedef {import('../types.js').Participant} Participant */

const shown_at_most = 300;
const behind_ms = 250;
const one_decimal = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** @param {Participant} person @returns {{text: string, tone: string} | null} */
export function state_badge(person) {
  const off = Math.abs(person.error_ms ?? 0);
  switch (person.state) {
    case 'playing':
    case 'hidden':
      return off > behind_ms ? { text: t((person.error_ms ?? 0) < 0 ? 'people.behind' : 'people.ahead', { seconds: one_decimal.format(off / 1000) }), tone: 'warn' } : { text: t('people.in_step'), tone: 'good' };
    case 'paused': return { text: t('people.paused'), tone: '' };
    case 'buffering': return { text: t('people.buffering'), tone: 'warn' };
    case 'ad': return { text: t('people.ad'), tone: 'warn' };
    case 'blocked': return { text: t('people.not_started'), tone: 'warn' };
    case 'failed': return { text: t('people.failed'), tone: 'bad' };
    case 'alone': return { text: t('people.alone'), tone: '' };
    case undefined: return null;
  }
}

/**
 * How exactly, and how much is loaded ahead: for those who want to know who holds up what. Pure.
 * @param {Participant} person
 */
export function sync_figures(person) {
  const words = [];
  const off = Math.round(Math.abs(person.error_ms ?? 0));
  const tells = person.state === 'playing' || person.state === 'hidden';
  if (tells && person.error_ms !== undefined && off <= behind_ms) words.push(off === 0 ? t('people.exactly') : t(person.error_ms < 0 ? 'people.ms_behind' : 'people.ms_ahead', { ms: off }));
  if (person.ahead_ms !== undefined && (tells || person.state === 'buffering' || person.state === 'paused')) words.push(t('people.loaded', { seconds: Math.floor(person.ahead_ms / 1000) }));
  return words.join(' · ');
}

/** @param {Participant} person @param {boolean} self @param {boolean} playing @param {boolean} menu @param {number} now_ms */
function row(person, self, playing, menu, now_ms) {
  const badge = playing ? state_badge(person) : null;
  const until = person.silenced_until_ms;
  const silenced = is_silenced(person, now_ms) ? (until ? t('people.stopped_until', { time: hour_text(until) }) : t('people.stopped')) : '';
  return el('li', { class: 'person', 'data-person': person.id },
    avatar(person.id, person.name),
    el('div', { class: 'person-words' },
      el('p', { class: 'person-name' }, person.name, self && el('span', { class: 'person-you', text: ` ${t('people.you')}` })),
      el('p', { class: 'person-facts' },
        el('span', { text: t(`role.${person.role}`) }),
        badge && el('span', { class: 'person-state', 'data-tone': badge.tone, text: badge.text }),
        badge && el('span', { class: 'person-figures' }),
        silenced && el('span', { class: 'person-silenced', text: silenced }))),
    menu && el('button', { class: 'icon-button', type: 'button', 'data-menu': person.id, 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': t('people.menu', { name: person.name }) }, icon('more')));
}

/** Who is kept out, for those who may let them in again. @param {{id: string, name: string}[]} people */
export function paint_blocked(people) {
  find('#blocked').hidden = people.length === 0;
  find('#blocked-list').replaceChildren(...people.map(({ id, name }) => el('li', { class: 'person' },
    avatar(id, name),
    el('div', { class: 'person-words' }, el('p', { class: 'person-name' }, name)),
    el('button', { class: 'button small', type: 'button', 'data-unblock': id, 'aria-label': t('people.let_in', { name }) }, t('people.unblock')))));
}

/** Paints who is here; a row whose facts are the same keeps its element, so focus and open menus stay. */
export class PeopleList {
  #list = find('#people-list');
  /** @type {Map<string, {node: HTMLElement, key: string}>} */
  #rows = new Map();

  /**
   * @param {Participant[]} people sorted
   * @param {{me: string, playing: boolean, has_menu: (person: Participant) => boolean, now_ms: number}} facts
   */
  paint(people, { me, playing, has_menu, now_ms }) {
    set_text(find('#people-count'), people.length ? String(people.length) : '');
    const shown = people.slice(0, shown_at_most);
    const ids = new Set(shown.map((person) => person.id));
    for (const [id, { node }] of this.#rows) {
      if (ids.has(id)) continue;
      node.remove();
      this.#rows.delete(id);
    }
    let previous = /** @type {Element | null} */ (null);
    for (const person of shown) {
      const menu = has_menu(person);
      const badge = playing ? state_badge(person) : null;
      const key = [person.name, person.role, badge?.text, person.silenced_until_ms, is_silenced(person, now_ms), menu].join('|');
      let painted = this.#rows.get(person.id);
      if (!painted || painted.key !== key) {
        const node = row(person, person.id === me, playing, menu, now_ms);
        const focused = painted?.node.contains(document.activeElement);
        painted?.node.replaceWith(node);
        if (focused) node.querySelector('button')?.focus();
        painted = { node, key };
        this.#rows.set(person.id, painted);
      }
      // Four times a second at most, and only text: the row, its focus and its menu stay.
      const figures = painted.node.querySelector('.person-figures');
      if (figures) set_text(figures, sync_figures(person));
      const next = previous ? previous.nextElementSibling : this.#list.firstElementChild;
      if (next !== painted.node) this.#list.insertBefore(painted.node, next);
      previous = painted.node;
    }
    const rest = people.length - shown.length;
    this.#list.querySelector('[data-rest]')?.remove();
    if (rest > 0) this.#list.append(el('li', { class: 'chat-empty', 'data-rest': '', text: t('people.and_more', { n: rest }) }));
  }
}
