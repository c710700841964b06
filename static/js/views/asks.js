// @ts-check
import { el, find } from '../lib/dom.js';
import { parts, t } from '../lib/strings.js';
import { avatar } from './avatar.js';

/** @typedef {import('../types.js').Knocked} Knocked */
/** @typedef {(person: Knocked, on: boolean) => void} Decide */

/** @param {Knocked} person @param {Decide} decide */
const buttons = (person, decide) => [
  el('button', { class: 'button small primary', type: 'button', text: t('asks.let_in'), 'aria-label': t('asks.let_in_label', { name: person.name }), onclick: () => decide(person, true) }),
  el('button', { class: 'button small', type: 'button', text: t('asks.not_now'), 'aria-label': t('asks.not_now_label', { name: person.name }), onclick: () => decide(person, false) }),
];

/** A line under the header for whoever came first, and the whole list among the people. @param {Decide} decide */
export function make_asks(decide) {
  const words = el('p', { class: 'asks-words', role: 'status' });
  const actions = el('div', { class: 'asks-actions' });
  const line = el('section', { id: 'asks', class: 'asks', 'aria-label': t('asks.title'), hidden: true }, words, actions);
  const list = el('ul', { id: 'asking-list', class: 'people-list' });
  const section = el('div', { role: 'group', id: 'asking', class: 'asking', 'aria-labelledby': 'asking-title', hidden: true },
    el('h2', { id: 'asking-title', class: 'blocked-title', text: t('asks.title') }), list);
  find('#banner').before(line);
  find('#people-list').before(section);
  let key = '';
  return {
    /** @param {Knocked[]} people */
    paint(people) {
      const now = people.map(({ id, name }) => `${id} ${name}`).join('\n');
      if (now === key) return;
      key = now;
      line.hidden = section.hidden = people.length === 0;
      list.replaceChildren(...people.map((person) => el('li', { class: 'person asker', 'data-asker': person.id },
        avatar(person.id, person.name),
        el('div', { class: 'person-words' },
          el('p', { class: 'person-name', text: person.name }),
          el('p', { class: 'person-facts', text: person.kind === 'guest' ? t('role.guest') : t('asks.account') })),
        el('div', { class: 'asks-actions' }, ...buttons(person, decide)))));
      const [first, ...rest] = people;
      if (!first) return;
      const name = el('strong', { text: first.name });
      words.replaceChildren(...(rest.length ? parts('asks.more', { name, n: rest.length }) : parts('asks.one', { name })));
      actions.replaceChildren(...buttons(first, decide));
    },
  };
}
