// @ts-check
import { Awake } from '../models/awake.js';

/** The screen stays on while this page shows a moving picture. Fetched when one moves first. @param {import('../app.js').App} app @param {import('../types.js').Engine} engine */
export function keep_awake(app, engine) {
  const awake = new Awake(() => navigator.wakeLock.request('screen'));
  let playing = false;
  const look = () => void awake.want(!document.hidden && (playing || app.live.on_stage !== null));
  engine.addEventListener('view', (event) => {
    const view = /** @type {import('../types.js').PlayerView} */ (/** @type {CustomEvent} */ (event).detail);
    playing = view.phase === 'playing' && !view.error && !view.needsConsent;
    look();
  });
  app.live.on('change', look);
  document.addEventListener('visibilitychange', look);
  look();
}
