// @ts-check
// A phone on its side: controls over the picture that go when nobody needs them. Fetched when the window is that low.
import { find } from '../lib/dom.js';

const looked_at_ms = 3_000;

/** @param {import('../app.js').App} app */
export function control_low_screen(app) {
  const root = document.documentElement;
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const moving = () => app.playback.now?.phase === 'playing' || app.live.on_stage !== null;
  const wake = () => {
    root.removeAttribute('data-idle');
    clearTimeout(timer);
    timer = setTimeout(() => root.toggleAttribute('data-idle', moving()), looked_at_ms);
  };
  for (const sign of ['pointerdown', 'pointermove', 'keydown', 'focusin']) addEventListener(sign, wake, { passive: true });
  app.playback.on('change', wake);
  // A tap on the picture when the controls are there sends them away.
  find('#stage').addEventListener('pointerdown', (event) => {
    if (root.hasAttribute('data-idle') || !moving() || /** @type {Element} */ (event.target).closest('button, a')) return;
    event.stopPropagation();
    clearTimeout(timer);
    root.setAttribute('data-idle', '');
  });
  wake();
}
