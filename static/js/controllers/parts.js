// @ts-check
// The parts of the page that most visits never use. Each is fetched when somebody reaches for its button, and opened when they press it.
import { find } from '../lib/dom.js';
import { lazy } from '../lib/lazy.js';
import { read_json } from '../lib/store.js';
import { t } from '../lib/strings.js';
import { film_of, stream_of } from '../models/playback.js';
import { can } from '../models/rights.js';
import { open_dialog } from '../views/dialogs.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {() => Promise<{open(): void}>} Part */

export const not_fetched = t('parts.not_fetched');

/** @typedef {import('./live.js').LivePlayer} LivePlayer */

/** @param {App} app @param {import('../types.js').Engine} engine @param {LivePlayer & {intents: import('./lock_screen.js').Intents}} player */
export function control_parts(app, engine, player) {
  /** @param {Part} part */
  const open = (part) => part().then((it) => it.open(), () => player.say(not_fetched));

  /** @param {string[]} ids of the buttons @param {Part} part */
  function offer(ids, part) {
    const fetch = () => void part().catch(() => {});
    for (const id of ids) {
      const button = document.querySelector(`#${id}`);
      if (!button) continue;  // not for this person, or not on this server
      for (const sign of ['pointerenter', 'pointerdown', 'focus']) button.addEventListener(sign, fetch);
      button.addEventListener('click', () => open(part));
    }
  }

  offer(['open-settings'], lazy(async () => (await import('./settings.js')).control_settings(app)));
  offer(['desktop-open', 'stage-desktop', 'frames-connect'], lazy(async () => (await import('./desktop.js')).control_desktop(app)));
  offer(['go-live', 'stage-live'], lazy(async () => (await import('./go_live.js')).control_go_live(app, player.say)));
  const may_go_live = () => { for (const id of ['go-live', 'stage-live']) find(`#${id}`).hidden = !can(app.room, app.people.self, 'go_live'); };
  app.on('room', may_go_live);
  app.people.on('change', may_go_live);
  offer(['library-open', 'stage-library'], lazy(async () => (await import('./library.js')).control_library()));
  offer(['badge-open'], lazy(async () => {
    const { make_sound_offset } = await import('../views/sound_offset.js');
    make_sound_offset({
      value: app.settings.values.sound_offset_ms, server_now: () => engine.serverNow(),
      change(ms) {
        app.settings.set({ sound_offset_ms: ms });
        engine.setOffset(app.settings.values.sound_offset_ms);
      },
    });
    return { open: () => void open_dialog('sync-details') };
  }));

  const share = lazy(() => import('../views/share_dialog.js'));
  const share_by = (/** @type {boolean} */ by_hand) => async () => ({ open: ((module) => () => void module.open_share(app.page.share_url, by_hand))(await share()) });
  offer(['open-share', 'stage-qr'], share_by(false));
  app.on('code', () => /** @type {HTMLDialogElement} */ (find('#share')).open && open(share_by(false)));

  offer_subtitles(app, offer);
  take_wanted(app);
  fetch_door(app, player);
  fetch_live(app, engine, player);
  fetch_when_playing(app, engine, player);
  return { share_by_hand: () => void open(share_by(true)) };
}

/**
 * "Watch in my room" on the library's page leads here with the video's id. Only a click there starts it: any other page could have made
 * this link, so then it waits in the source box for somebody to press the button.
 * @param {App} app
 */
function take_wanted(app) {
  const id = new URLSearchParams(location.search).get('watch') ?? '';
  if (!/^[0-9a-f]{32}$/.test(id)) return;
  history.replaceState(history.state, '', location.pathname);
  const clicked = document.referrer.split(/[?#]/)[0] === `${location.origin}/library`;
  const link = /** @type {HTMLInputElement} */ (find('#source-link'));
  const now = /** @type {HTMLButtonElement} */ (find('#source-now'));
  app.on('room', () => {
    if (link.dataset.wanted) return;
    link.dataset.wanted = id;
    // When everybody who paints what this person may do has heard of the room.
    setTimeout(() => {
      link.value = `${location.origin}/library/${id}`;
      link.dispatchEvent(new Event('input', { bubbles: true }));
      find('#source').toggleAttribute('data-open', true);
      if (!clicked) return find('#source-watch').focus();
      if (now.hidden) /** @type {HTMLFormElement} */ (find('#source')).requestSubmit();
      else now.click();
    }, 0);
  });
}

/** Subtitles belong to films; who had them on last time gets them by themselves. @param {App} app @param {(ids: string[], part: Part) => void} offer */
function offer_subtitles(app, offer) {
  const part = lazy(async () => (await import('./subtitles.js')).control_subtitles(app));
  offer(['subtitles-open'], part);
  app.playback.on('change', () => {
    const film = film_of(app.playback) !== '';
    find('#subtitles-open').hidden = !film;
    if (film && read_json('localStorage', 'matinee.subtitles', { on: false }).on === true) part().catch(() => {});
  });
}

/** Rooms that do not let everybody in: this page in front of one, and who asks to be let in. @param {App} app @param {{say(text: string): void}} player */
function fetch_door(app, player) {
  const door = lazy(async () => (await import('./door.js')).control_door(app));
  app.connection.on('door', (stopped) => {
    // At once: what stands in front of the room is still to be fetched.
    find('#main').hidden = true;
    return door().then((it) => it.stopped(stopped), () => app.connection.end('policy'));
  });
  const asks = lazy(async () => (await import('./asks.js')).control_asks(app, player.say));
  app.people.on('change', () => app.people.knocked.length && asks().catch(() => {}));
}

/** Pictures of cameras and screens, and the words about desktop windows. @param {App} app @param {import('../types.js').Engine} engine @param {LivePlayer} player */
function fetch_live(app, engine, player) {
  const part = lazy(async () => (await import('./live.js')).control_live(app, engine, player));
  app.playback.on('change', () => app.live.video((app.playback.now?.media ?? null) !== null, stream_of(app.playback)));
  app.live.on('change', () => {
    const { streams, desktops, frames } = app.live.now;
    if (streams.length || desktops || frames !== 'none') part().catch(() => {});
  });
}

/** What a picture wants of the device. @param {App} app @param {import('../types.js').Engine} engine @param {{intents: import('./lock_screen.js').Intents}} player */
function fetch_when_playing(app, engine, { intents }) {
  const awake = lazy(async () => (await import('./awake.js')).keep_awake(app, engine));
  const lock_screen = lazy(async () => (await import('./lock_screen.js')).control_lock_screen(app, engine, intents));
  let phase = 'idle';
  // What is paused can be played from the lock screen, too.
  const offer_controls = () => {
    if (phase !== 'idle' && app.settings.values.lock_screen && 'mediaSession' in navigator) lock_screen().catch(() => {});
  };
  app.settings.on('change', offer_controls);
  engine.addEventListener('view', (event) => {
    phase = /** @type {CustomEvent} */ (event).detail?.phase ?? 'idle';
    if (phase === 'playing' && 'wakeLock' in navigator) awake().catch(() => {});
    offer_controls();
  });
}
