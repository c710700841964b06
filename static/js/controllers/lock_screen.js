// @ts-check
/** @typedef {import('../types.js').PlayerView} PlayerView */
/** @typedef {{play(): void, pause(): void, seek(ms: number): void}} Intents */

const jump_s = 10;

/**
 * The system's own controls – lock screen, headphones, media keys – as one more remote of the room: what they do is what the buttons
 * below the picture do, for everybody and as far as this person may. Fetched when somebody turns it on in Settings.
 * @param {import('../app.js').App} app @param {import('../types.js').Engine} engine @param {Intents} intents
 */
export function control_lock_screen(app, engine, intents) {
  const session = navigator.mediaSession;
  let position_ms = 0;

  /** @type {[MediaSessionAction, (detail: MediaSessionActionDetails) => void][]} */
  const actions = [
    ['play', () => intents.play()],
    ['pause', () => intents.pause()],
    ['seekbackward', ({ seekOffset }) => intents.seek(Math.max(0, position_ms - (seekOffset ?? jump_s) * 1000))],
    ['seekforward', ({ seekOffset }) => intents.seek(position_ms + (seekOffset ?? jump_s) * 1000)],
    ['seekto', ({ seekTime }) => seekTime !== undefined && intents.seek(seekTime * 1000)],
  ];

  /** @param {PlayerView} view */
  const tell = (view) => {
    position_ms = view.positionMs;
    session.playbackState = view.phase === 'idle' ? 'none' : view.phase === 'playing' ? 'playing' : 'paused';
    if (!view.durationMs) return session.setPositionState();
    session.setPositionState({ duration: view.durationMs / 1000, position: Math.min(view.positionMs, view.durationMs) / 1000, playbackRate: view.rate });
  };

  function follow() {
    const on = app.settings.values.lock_screen;
    for (const [name, act] of actions) {
      try {
        session.setActionHandler(name, on ? act : null);
      } catch {
        // This browser has no such button.
      }
    }
    session.metadata = on ? new MediaMetadata({ title: app.room?.name ?? app.page.name, artist: 'Matinee', artwork: [{ src: new URL('../../img/icon-512.png', import.meta.url).href, sizes: '512x512', type: 'image/png' }] }) : null;
    if (!on) session.playbackState = 'none';
  }

  app.settings.on('change', follow);
  app.on('room', follow);
  engine.addEventListener('view', (event) => app.settings.values.lock_screen && tell(/** @type {CustomEvent} */ (event).detail));
  follow();
}
