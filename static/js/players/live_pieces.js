// @ts-check
// Pieces of WebM or MP4 from a live socket into a <video>, by MediaSource.

/** Seconds that stay to go back to. */
export const KEPT_S = 20;
/** What comes in while the browser is busy with the piece before. */
const WAITING_PIECES_MAX = 600;

/** @param {number} stream @param {string} path */
export const live_url = (stream, path) => new URL(`/live/${stream}/${path}`, location.href.replace(/^http/, 'ws')).href;

/** Pieces of WebM or MP4 from the socket into a <video>. */
export class PieceFeed {
  #video; #broke; #socket;
  #source = new MediaSource();
  /** @type {SourceBuffer | null} */ #buffer = null;
  #type = '';
  /** @type {ArrayBuffer[]} */ #waiting = [];
  #url = '';
  #closed = false;

  /** @param {HTMLVideoElement} video @param {number} stream @param {{heard(): void, broke(code: number): void, cannot(): void}} tell */
  constructor(video, stream, tell) {
    this.#video = video;
    this.#broke = tell.broke;
    this.#url = URL.createObjectURL(this.#source);
    video.src = this.#url;
    this.#source.addEventListener('sourceopen', () => this.#ready());
    const socket = this.#socket = new WebSocket(live_url(stream, 'media'));
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => {
      tell.heard();
      if (typeof data !== 'string') return this.#take(data);
      const { type } = JSON.parse(data);
      if (!MediaSource.isTypeSupported(type)) return tell.cannot();
      // Another publisher, or the same one anew: its times begin anew, so does the player.
      if (this.#type) return this.#broke(1001);
      this.#type = type;
      this.#ready();
    };
    socket.onclose = ({ code }) => this.#closed || this.#broke(code);
  }

  #ready() {
    if (this.#buffer || !this.#type || this.#source.readyState !== 'open') return;
    this.#buffer = this.#source.addSourceBuffer(this.#type);
    // Pieces are appended as they come: where one begins is where the one before ended.
    this.#buffer.addEventListener('updateend', () => this.#append());
    this.#buffer.addEventListener('error', () => this.#broke(1003));
    this.#append();
  }

  /** @param {ArrayBuffer} piece */
  #take(piece) {
    this.#waiting.push(piece);
    if (this.#waiting.length > WAITING_PIECES_MAX) return this.#broke(1013);
    return this.#append();
  }

  #append() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || !this.#waiting.length || this.#closed) return;
    const pieces = this.#waiting.splice(0);
    try {
      buffer.appendBuffer(join(pieces));
    } catch {
      this.#broke(1003);
    }
  }

  /** Forgets what was seen long ago. */
  tidy() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || !buffer.buffered.length) return;
    const from = buffer.buffered.start(0), until = this.#video.currentTime - KEPT_S;
    if (until - from > KEPT_S) buffer.remove(from, until);
  }

  close() {
    this.#closed = true;
    this.#socket.close(1000);
    URL.revokeObjectURL(this.#url);
  }
}

/** @param {ArrayBuffer[]} pieces */
function join(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole;
}
