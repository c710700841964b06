// @ts-check
// How much of the window the picture has: its place beside the panel, the whole width (theatre, remembered), or the whole screen.
import { find, set_attribute, set_icon } from '../lib/dom.js';
import { lazy } from '../lib/lazy.js';
import { t } from '../lib/strings.js';

/** @param {import('../app.js').App} app */
export function control_stage_size(app) {
  const theatre = find('#theatre');
  const button = find('#theatre-toggle');

  function fullscreen() {
    const video = /** @type {any} */ (document.querySelector('#player video'));
    if (document.fullscreenElement) document.exitFullscreen();
    else if (theatre.requestFullscreen) theatre.requestFullscreen().catch(() => {});
    else video?.webkitEnterFullscreen?.();
  }

  function wide() {
    app.settings.set({ theatre: !app.settings.values.theatre });
    paint();
    app.announce(app.settings.values.theatre ? t('player.theatre') : t('player.theatre_off'));
  }

  function paint() {
    const on = app.settings.values.theatre;
    document.documentElement.toggleAttribute('data-theatre', on);
    set_attribute(button, 'aria-pressed', String(on));
  }

  const side = find('#panel-toggle');
  /** The panel beside the picture of a phone on its side. @param {boolean} on */
  function show_panel(on) {
    document.documentElement.toggleAttribute('data-side', on);
    set_attribute(side, 'aria-expanded', String(on));
  }

  button.addEventListener('click', wide);
  side.addEventListener('click', () => show_panel(side.getAttribute('aria-expanded') !== 'true'));
  app.on('unread', (count) => side.toggleAttribute('data-new', count > 0));
  const low = matchMedia('(max-width: 64rem) and (max-height: 30rem) and (orientation: landscape)');
  const low_screen = lazy(async () => (await import('./low_screen.js')).control_low_screen(app));
  const turned = () => low.matches && void low_screen().catch(() => {});
  low.addEventListener('change', turned);
  turned();
  document.addEventListener('fullscreenchange', () => {
    const on = document.fullscreenElement !== null;
    for (const id of ['#fullscreen', '#live-fullscreen']) {
      set_icon(find(id), on ? 'fullscreen-exit' : 'fullscreen');
      set_attribute(find(id), 'aria-label', on ? t('player.leave_fullscreen') : t('player.fullscreen'));
    }
  });
  for (const id of ['#fullscreen', '#live-fullscreen']) find(id).addEventListener('click', fullscreen);
  find('#live-fullscreen').hidden = !document.fullscreenEnabled;
  paint();
  return { fullscreen, wide, show_panel };
}
