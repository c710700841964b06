// @ts-check
import { el } from '../lib/dom.js';
import { split_links } from '../lib/links.js';
import { t } from '../lib/strings.js';
import { split_times } from '../lib/times.js';

const excerpt_units = 140;
const long_units = 1_000;
const long_lines = 14;

/**
 * What was typed, as nodes: links open another tab, times ask the room to jump there, everything else is text.
 * @param {string} text @param {(at_ms: number) => void} jump
 */
export function text_nodes(text, jump) {
  return split_links(text).flatMap((part) => {
    if (part.href) return [el('a', { href: part.href, target: '_blank', rel: 'noopener noreferrer', text: part.text })];
    return split_times(part.text).map(({ text: piece, at_ms }) => (at_ms === undefined ? document.createTextNode(piece) : time_button(piece, at_ms, jump)));
  });
}

/** @param {string} text @param {number} at_ms @param {(at_ms: number) => void} jump */
function time_button(text, at_ms, jump) {
  return el('button', { class: 'time-link', type: 'button', title: t('chat.jump_all', { time: text }), onclick: () => jump(at_ms), text });
}

/** One line of a text, short enough for a quote; never half of a character. @param {string} text */
export function excerpt(text) {
  const flat = text.slice(0, excerpt_units * 4).replace(/\s+/gu, ' ').trim();
  const points = [...flat];
  return points.length > excerpt_units ? `${points.slice(0, excerpt_units).join('')}…` : flat;
}

/** Longer than anybody reads in passing. @param {string} text */
export const is_long = (text) => text.length > long_units || text.split('\n', long_lines + 1).length > long_lines;

/**
 * A long text shows its beginning, and the rest when asked for.
 * @param {HTMLElement} text @param {number | null} seq @param {Set<number>} unfolded those that somebody wants to see whole
 */
export function folded_text(text, seq, unfolded) {
  const paint = () => {
    const open = seq !== null && unfolded.has(seq);
    text.classList.toggle('folded', !open);
    button.textContent = open ? t('chat.fold') : t('chat.unfold');
    button.setAttribute('aria-expanded', String(open));
  };
  const button = el('button', { class: 'text-button line-fold', type: 'button', 'data-act': 'fold', onclick: () => {
    if (seq === null || unfolded.delete(seq)) return paint();
    unfolded.add(seq);
    return paint();
  } });
  paint();
  return el('div', null, text, button);
}
