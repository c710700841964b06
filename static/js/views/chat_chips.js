// @ts-check
import { el } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/**
 * The reactions below a line: one's own are pressed, a click takes them back or joins in.
 * @param {import('../models/chat.js').Line} line @param {import('./chat_line.js').LineOptions} options
 */
export function chips(line, options) {
  if (!line.reactions?.length || line.deleted) return null;
  return el('ul', { class: 'chips', 'aria-label': t('chat.reactions') }, ...line.reactions.map((reaction) => {
    const names = options.names(reaction);
    const own = reaction.people.includes(options.me);
    return el('li', null, el('button', {
      class: 'chip', type: 'button', 'aria-pressed': String(own), title: names, 'aria-label': t('chat.reaction', { emoji: reaction.emoji, n: reaction.count, names }), 'data-act': `react ${reaction.emoji}`,
      onclick: () => options.react(line, reaction.emoji),
    }, el('span', { class: 'chip-emoji', 'aria-hidden': 'true', text: reaction.emoji }), el('span', { 'aria-hidden': 'true', text: String(reaction.count) })));
  }));
}
