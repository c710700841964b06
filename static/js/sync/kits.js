// @ts-check
// What a kind of medium needs: its player, and who steers it. A file's are part of the page, because its first picture is what
// somebody waits for; those of the other kinds are fetched when a room first plays one.
import { lazy } from '../lib/lazy.js';
import { t } from '../lib/strings.js';
import { Html5Player } from '../players/html5.js';
import * as html5 from './html5_controller.js';

/**
 * @typedef {{initial: () => any, step: (s: any, look: import('./types.js').Look) => import('./types.js').Decision<any>}} Controller
 * @typedef {{Player: import('../players/host.js').PlayerMaker, controller: Controller}} Kit
 * @typedef {import('../types.js').Media['kind']} Kind
 */

/** @type {Kit} */
export const FILE = { Player: Html5Player, controller: html5 };
/** @type {{[kind in Kind]?: Kit}} */
const here = { file: FILE };

// Everything a kit needs is asked for in one go: a module that is found only inside another one comes a round trip later.
const fetched = {
  youtube: lazy(async () => {
    const [{ YoutubePlayer }, controller] = await Promise.all([
      import('../players/youtube.js'), import('./youtube_controller.js'), import('../players/youtube_frame.js'), import('../players/youtube_errors.js'),
    ]);
    here.youtube = { Player: YoutubePlayer, controller };
  }),
  hls: lazy(async () => {
    import('../vendor/hls.js').catch(() => {});
    const [{ HlsPlayer }, controller] = await Promise.all([import('../players/hls.js'), import('./hls_controller.js')]);
    here.hls = { Player: HlsPlayer, controller };
  }),
  stream: lazy(async () => {
    import('../vendor/hls.js').catch(() => {});
    const [{ StreamPlayer }, controller] = await Promise.all([import('../players/stream.js'), import('./hls_controller.js'), import('../players/hls.js')]);
    here.stream = { Player: StreamPlayer, controller };
  }),
};

/** Whoever waits for a kit is loading. @type {import('./types.js').Reading} */
export const AWAITED = { state: 'loading', positionMs: 0, at: 0, bufferedAheadMs: 0, durationMs: null, ready: false };
/** @type {import('./types.js').SyncError} */
export const NOT_FETCHED = { code: 'player_script', text: t('player_error.script') };

/** The kit, when it is here. @param {Kind} kind @returns {Kit | null} */
export const kit_of = (kind) => here[kind] ?? null;

/** Afterwards it is here. @param {Kind} kind @returns {Promise<void>} */
export const fetch_kit = (kind) => (kind === 'file' ? Promise.resolve() : fetched[kind]());
