// @ts-check
import { Emitter } from '../lib/emitter.js';
import { name_list } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { roles } from './rights.js';

/** @typedef {import('../types.js').Participant} Participant */

const typing_ms = 7_000;  // the server ends a mark after 6 s; the rest is the way here

/** Who is here and who is typing. Keeps the names of those who left, because notices still speak of them. */
export class People extends Emitter {
  /** @type {Map<string, Participant>} */
  here = new Map();
  /** @type {Map<string, string>} */
  #names = new Map();
  /** @type {Map<string, number>} id → when the mark ends */
  #typing = new Map();
  me = '';
  /** @type {{id: string, name: string}[]} told only to those who may lift a block */
  blocked = [];
  /** @type {import('../types.js').Knocked[]} who asks to be let in; told only to those who may */
  knocked = [];

  /** @param {string} me @param {Participant[]} list */
  welcome(me, list) {
    this.me = me;
    this.blocked = [];
    this.knocked = [];
    this.here = new Map(list.map((person) => [person.id, person]));
    this.#typing.clear();
    for (const person of list) this.#names.set(person.id, person.name);
    this.emit('change');
    this.emit('typing');
  }

  /** @param {{changed: Participant[], left: string[]}} diff */
  diff({ changed, left }) {
    for (const person of changed) {
      this.here.set(person.id, person);
      this.#names.set(person.id, person.name);
    }
    for (const id of left) {
      this.here.delete(id);
      this.#typing.delete(id);
    }
    this.emit('change');
    if (left.length) this.emit('typing');
  }

  /** @param {{id: string, name: string}[]} list */
  blocked_are(list) {
    this.blocked = list;
    for (const person of list) this.#names.set(person.id, person.name);
    this.emit('change');
  }

  /** @param {import('../types.js').Knocked[]} list */
  knocked_are(list) {
    this.knocked = list;
    this.emit('change');
  }

  /** @param {string} id */
  name(id) {
    return this.#names.get(id) ?? t('people.somebody');
  }

  get self() {
    return this.here.get(this.me);
  }

  /** @returns {Participant[]} own row first, then by role, then by name */
  sorted() {
    const order = (/** @type {Participant} */ person) => (person.id === this.me ? -1 : roles.indexOf(person.role));
    return [...this.here.values()].sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  }

  /** @param {string} id @param {boolean} on @param {number} now_ms */
  typing(id, on, now_ms) {
    if (id === this.me) return;
    if (on) this.#typing.set(id, now_ms + typing_ms);
    else if (!this.#typing.delete(id)) return;
    this.emit('typing');
  }

  /** @param {number} now_ms @returns {string} "Ana is typing…", or nothing */
  typing_text(now_ms) {
    for (const [id, until] of this.#typing) if (until <= now_ms) this.#typing.delete(id);
    const names = [...this.#typing.keys()].map((id) => this.name(id));
    if (!names.length) return '';
    return names.length > 3 ? t('people.many_typing') : t('people.typing', { names: name_list(names), n: names.length });
  }
}
