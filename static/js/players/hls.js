// @ts-check
// HLS as a player: a <video> fed by hls.js, which is fetched only when a .m3u8 is played; browsers without media source
// extensions (iPhones) play it by themselves. Of a live stream the playlist tells how near its edge this page can play, and often
// when each picture was made: sync/live_latency.js makes one moment for everybody of it.
import { t } from '../lib/strings.js';
import { programmeAt } from '../sync/live_latency.js';
import { Html5Player } from './html5.js';

/** @typedef {import('./player.js').Media} Media */
/** @typedef {import('../sync/types.js').Reading} Reading */

const TYPE = 'application/vnd.apple.mpegurl';
const CONFIG = {
  // Its worker comes from a blob of the script's own text, which is not loaded here as text.
  enableWorker: false, lowLatencyMode: false, startFragPrefetch: true,
  maxBufferLength: 30, backBufferLength: 60, liveDurationInfinity: true,
  // The room steers the rate; two hands on it would fight.
  maxLiveSyncPlaybackRate: 1,
};

/** A live edge moves when a playlist comes: nearer than half of this nobody can say where it is. */
const EDGE_GRAIN_MS = 1000;

const SENTENCES = /** @type {Record<string, [string, string]>} */ ({
  network: ['hls_network', t('player_error.hls_network')],
  media: ['hls_decode', t('player_error.hls_decode')],
  none: ['hls_unsupported', t('player_error.hls_unsupported')],
  script: ['hls_script', t('player_error.hls_script')],
});

export class HlsPlayer extends Html5Player {
  /** @protected @type {import('../vendor/hls.js').default|null} */ hls = null;
  #recovered = false;
  /** @protected */ destroyed = false;

  /** @override @param {Media} media @param {number} startMs */
  load(media, startMs) {
    if (this.refusesMixed(media)) return;
    this.watchFrames();
    this.open(media.url, startMs > 0 ? { startPosition: startMs / 1000 } : {});
  }

  /** @protected What the playlist says of what plays now. */
  get details() { return this.hls?.levels[this.hls.currentLevel]?.details; }

  /** @override @returns {Reading} */
  read() {
    const reading = super.read();
    const { details } = this;
    const edge = details?.live ? this.hls?.liveSyncPosition : null;
    if (!details || edge == null) return reading;
    const programmeMs = programmeAt(details.fragments, this.video.currentTime);
    return { ...reading, durationMs: null, edgeMs: edge * 1000, ...(programmeMs === null ? { grainMs: EDGE_GRAIN_MS } : { programmeMs }) };
  }

  /** @override */
  destroy() {
    this.destroyed = true;
    this.hls?.destroy();
    super.destroy();
  }

  /** @protected @param {string} url @param {Partial<import('hls.js').HlsConfig>} config beside what every stream has */
  open(url, config) { this.#open(url, config).catch(() => this.failed(...SENTENCES.script)); }

  /** @protected Before it loads. @param {import('../vendor/hls.js').default} _hls @param {typeof import('../vendor/hls.js').default} _Hls */
  made(_hls, _Hls) {}

  /** @protected It came to its end before its time. @param {'network' | 'media'} what @param {number} [_status] of the answer that was no good */
  broke(what, _status) { this.failed(...SENTENCES[what]); }

  /** @param {string} url @param {Partial<import('hls.js').HlsConfig>} config */
  async #open(url, config) {
    const { default: Hls } = await import('../vendor/hls.js');
    if (this.destroyed) return;
    if (!Hls.isSupported()) {
      if (!this.video.canPlayType(TYPE)) this.failed(...SENTENCES.none);
      else this.begin(url, (config.startPosition ?? 0) * 1000);
      return;
    }
    const hls = new Hls({ ...CONFIG, ...config });
    this.hls = hls;
    this.made(hls, Hls);
    this.#recovered = false;
    hls.on(Hls.Events.ERROR, (_, error) => {
      if (!error.fatal || hls !== this.hls) return;
      if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !this.#recovered) {
        this.#recovered = true;
        hls.recoverMediaError();
      } else {
        this.broke(error.type === Hls.ErrorTypes.NETWORK_ERROR ? 'network' : 'media', error.response?.code);
      }
    });
    hls.loadSource(url);
    hls.attachMedia(this.video);
  }
}
