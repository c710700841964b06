// @ts-check
import { el, find } from '../lib/dom.js';
import { hour_text } from '../lib/format.js';
import { t } from '../lib/strings.js';
import { action_parts, action_text } from '../models/queue.js';

/** @typedef {import('../types.js').Action} Action */

/** The last steps, newest first, each with its way back while there is one. @param {Action[]} actions @param {(action: Action) => boolean} may_undo */
export function paint_history(actions, may_undo) {
  find('#history').hidden = actions.length === 0;
  find('#history-list').replaceChildren(...actions.map((action) => el('li', { class: 'history-step' },
    el('p', { class: 'history-words' }, ...action_parts(action, el('strong', { text: action.name || t('people.somebody') })), el('time', { class: 'history-time', text: hour_text(action.at_ms) })),
    action.can_undo && may_undo(action) && el('button', { class: 'text-button', type: 'button', 'data-undo': action.id, 'aria-label': t('history.undo_step', { step: action_text(action, action.name) }), text: t('history.undo') }))));
}
