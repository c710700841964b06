// @ts-check
// A live stream as HLS, in a <video>: by hls.js, or by the browser itself where MediaSource is missing (iPhones). Some seconds later than
// the other forms, so it is for pages that can show no other.

const TYPE = 'application/vnd.apple.mpegurl';
/** What it stays behind the end of the playlist: one segment is played while the next one comes. */
const BEHIND_S = 3;
const LOST_S = 12;
/** The first playlist waits for its first segment, at most 20 s. */
const FIRST_MS = 25_000;

const CONFIG = {
  // Its worker comes from a blob of the script's own text, which is not loaded here as text.
  enableWorker: false, lowLatencyMode: false,
  liveSyncDuration: BEHIND_S, liveMaxLatencyDuration: LOST_S, maxLiveSyncPlaybackRate: 1.1, liveDurationInfinity: true,
  maxBufferLength: 10, backBufferLength: 20,
  // What fails is opened anew by whoever opened this.
  manifestLoadPolicy: { default: { maxTimeToFirstByteMs: FIRST_MS, maxLoadTimeMs: FIRST_MS, timeoutRetry: null, errorRetry: null } },
};

export class HlsFeed {
  /** It says nothing for longer than a socket does. */
  silent_ms = FIRST_MS;
  /** It keeps its own distance: half a second behind what is here would be too near. */
  own_pace = true;
  /** @type {import('../vendor/hls.js').default | null} */ #hls = null;
  #closed = false;
  #stop = new AbortController();

  /** @param {HTMLVideoElement} video @param {number} stream @param {{heard(): void, broke(code: number): void, cannot(): void}} tell */
  constructor(video, stream, tell) {
    const url = `/live/${stream}/hls/index.m3u8`;
    const once = { signal: this.#stop.signal };
    // The playlist says that nothing follows: the stream has ended, or begins anew.
    video.addEventListener('ended', () => tell.broke(1001), once);
    this.#open(video, url, tell, once).catch(() => this.#closed || tell.broke(1006));
  }

  /** @param {HTMLVideoElement} video @param {string} url @param {{heard(): void, broke(code: number): void, cannot(): void}} tell @param {{signal: AbortSignal}} once */
  async #open(video, url, tell, once) {
    const { default: Hls } = await import('../vendor/hls.js');
    if (this.#closed) return;
    if (!Hls.isSupported()) {
      if (!video.canPlayType(TYPE)) return tell.cannot();
      for (const sign of ['progress', 'timeupdate']) video.addEventListener(sign, tell.heard, once);
      video.addEventListener('error', () => tell.broke(1006), once);
      video.src = url;
      return;
    }
    const hls = this.#hls = new Hls(CONFIG);
    for (const sign of [Hls.Events.LEVEL_UPDATED, Hls.Events.FRAG_BUFFERED]) hls.on(sign, tell.heard);
    hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && tell.broke(1006));
    hls.loadSource(url);
    hls.attachMedia(video);
  }

  tidy() {}

  /** How far behind its making the picture is, ms. */
  get behind_ms() { return (this.#hls?.latency ?? 0) * 1000; }

  close() {
    this.#closed = true;
    this.#stop.abort();
    this.#hls?.destroy();
  }
}
