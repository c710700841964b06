// @ts-check
import { el, find, set_attribute, set_text } from '../lib/dom.js';
import { span_text } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { grants, roles } from '../models/rights.js';
import { preset_of } from '../models/room_change.js';

/** @typedef {import('../types.js').Room} Room */

const paces_ms = [0, 5_000, 10_000, 30_000, 60_000, 300_000];
const form_of = () => /** @type {HTMLFormElement} */ (find('#room-form'));

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function choose(form, name, value) {
  for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`input[name="${name}"]`))) input.checked = input.value === value;
}

/** @param {Room} room */
function grants_table(room) {
  const head = el('thead', null, el('tr', null, el('th', { scope: 'col', text: t('settings.who_may') }), ...roles.slice(1).map((role) => el('th', { scope: 'col', text: t(`role.${role}`) }))));
  const rows = grants.map((grant) => el('tr', null, el('th', { scope: 'row', text: t(`grant.${grant}`) }), ...roles.slice(1).map((role) => el('td', null, el('input', {
    type: 'checkbox', 'data-role': role, 'data-grant': grant, checked: (room.grants[role] ?? []).includes(grant), 'aria-label': t('settings.right_of', { right: t(`grant.${grant}`), role: t(`role.${role}`) }),
  })))));
  return [head, el('tbody', null, ...rows)];
}

/** @param {HTMLFormElement} form */
const password_of = (form) => /** @type {HTMLInputElement} */ (form.elements.namedItem('password'));

/** The field belongs to the choice above it. */
export function show_password() {
  find('#set-password-field').hidden = new FormData(form_of()).get('access') !== 'password';
}

/** What is missing before it can be sent; "" when nothing is. @param {Room} room */
export function room_settings_problem(room) {
  const data = new FormData(form_of());
  const password = String(data.get('password') ?? '');
  if (data.get('access') !== 'password' || (password === '' && room.access === 'password')) return '';
  return new TextEncoder().encode(password).length < 4 ? t('settings.password_short') : '';
}

/** @param {Room} room @param {{edit: boolean, owner: boolean}} may */
export function fill_room_settings(room, may) {
  const form = form_of();
  form.hidden = !may.edit;
  find('#close-room').hidden = !may.owner;
  find('#new-code').hidden = !may.owner;
  say_room_settings('');
  say_password('');
  /** @type {HTMLInputElement} */ (find('#set-name')).value = room.name;
  choose(form, 'preset', room.preset);
  choose(form, 'wait_policy', room.wait_policy);
  pace_is(room.slow_ms ?? 0);
  choose(form, 'access', room.access);
  password_of(form).value = '';
  password_of(form).placeholder = room.access === 'password' ? t('settings.password_keep') : '';
  show_password();
  find('#grants').replaceChildren(...grants_table(room));
}

/** A pace that a program has set is offered too. @param {number} slow_ms */
function pace_is(slow_ms) {
  const offered = paces_ms.includes(slow_ms) ? paces_ms : [...paces_ms, slow_ms];
  const select = /** @type {HTMLSelectElement} */ (find('#set-pace'));
  select.replaceChildren(...offered.map((ms) => el('option', { value: ms, text: ms ? span_text(ms) : t('settings.pace_off') })));
  select.value = String(slow_ms);
}

/** What the table of rights says now. @returns {Record<string, import('../types.js').Grant[]>} */
function said_grants() {
  /** @type {Record<string, import('../types.js').Grant[]>} */
  const table = {};
  for (const role of roles.slice(1)) {
    const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (find('#grants').querySelectorAll(`input[data-role="${role}"]`));
    table[role] = [...boxes].filter((box) => box.checked).map((box) => /** @type {import('../types.js').Grant} */ (box.dataset.grant));
  }
  return table;
}

/**
 * A preset moves the table at once, and a table that is moved by hand is the preset that it equals, or none.
 * @param {Event} event `change` of the form @param {import('../types.js').PageData['presets']} presets
 */
export function follow_preset({ target }, presets) {
  const field = /** @type {HTMLInputElement} */ (target);
  if (field.dataset.grant) return choose(form_of(), 'preset', preset_of(said_grants(), presets));
  const table = field.name === 'preset' ? presets[field.value] : undefined;
  if (!table) return;
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (find('#grants').querySelectorAll('input[data-role]'))) {
    box.checked = (table[box.dataset.role ?? ''] ?? []).includes(/** @type {import('../types.js').Grant} */ (box.dataset.grant));
  }
}

/** What the form says now. @returns {import('../models/room_change.js').Said} */
export function said_room_settings() {
  const data = new FormData(form_of());
  const access = String(data.get('access') ?? '');
  return {
    name: String(data.get('name') ?? '').trim(), preset: String(data.get('preset') ?? ''), wait_policy: String(data.get('wait_policy') ?? ''), slow_ms: Number(data.get('slow_ms') ?? 0),
    access, password: access === 'password' ? String(data.get('password') ?? '') : '', grants: said_grants(),
  };
}

/** @param {string} sentence */
export function say_room_settings(sentence) {
  find('#room-form-error').hidden = sentence === '';
  set_text(find('#room-form-error'), sentence);
}

/** Below the field, which gets the focus. @param {string} sentence "" when nothing is wrong with it */
export function say_password(sentence) {
  const error = find('#set-password-error');
  error.hidden = sentence === '';
  set_text(error, sentence);
  const input = password_of(form_of());
  set_attribute(input, 'aria-invalid', sentence ? 'true' : null);
  if (sentence) input.focus();
}
