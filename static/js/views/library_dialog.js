// @ts-check
import { el, find, icon, set_text } from '../lib/dom.js';
import { clock_text } from '../lib/format.js';
import { t } from '../lib/strings.js';

/** @typedef {{id: string, title: string, duration_ms?: number, picture?: string}} Video */

/** The videos of this server, to choose one for the room. @param {{chosen(video: Video): void, more(): void}} act */
export function make_library_dialog({ chosen, more }) {
  const list = find('#library-videos');
  find('#library-more').addEventListener('click', more);

  /** @param {Video} video */
  const entry = (video) => el('li', null, el('button', { class: 'library-video', type: 'button', onclick: () => chosen(video) },
    el('span', { class: 'library-picture' },
      video.picture ? el('img', { src: video.picture, alt: '', width: 160, height: 90, loading: 'lazy' }) : icon('film')),
    el('span', { class: 'library-words' }, el('bdi', { class: 'library-name', text: video.title }),
      video.duration_ms ? el('span', { class: 'library-length', text: clock_text(video.duration_ms) }) : null)));

  return {
    clear() {
      list.replaceChildren();
      this.paint([], false, t('library.looking'));
    },
    /** @param {Video[]} videos further ones @param {boolean} has_more @param {string} text instead of a list */
    paint(videos, has_more, text) {
      list.append(...videos.map(entry));
      find('#library-more').hidden = !has_more;
      set_text(find('#library-text'), text);
      find('#library-text').hidden = !text;
    },
  };
}
