// @ts-check
// The clap test: a clap and a flash on every full second of the room's clock, the clap earlier by what the person's sound is late.
// Whoever sees and hears them together has the right offset; two people who talk hear whether their claps meet. Pure but for Clapper.

export const CLAP_EVERY_MS = 1000;
/** A sound cannot be asked for in the past: the next second must be this far away. */
const ROOM_MS = 60;

/**
 * How long until the next clap and flash.
 * @param {number} serverMs now, by the room's clock @param {number} offsetMs how late this person's sound is
 */
export function nextClap(serverMs, offsetMs) {
  const needed = Math.max(0, offsetMs) + ROOM_MS;
  const flashInMs = Math.ceil((serverMs + needed) / CLAP_EVERY_MS) * CLAP_EVERY_MS - serverMs;
  return { flashInMs, clapInMs: flashInMs - offsetMs };
}

export class Clapper {
  #serverNow; #offset; #flash;
  /** @type {AudioContext|null} */ #audio = null;
  #timer = 0;

  /** @param {{serverNow: () => number, offset: () => number, flash: () => void}} options */
  constructor({ serverNow, offset, flash }) {
    this.#serverNow = serverNow;
    this.#offset = offset;
    this.#flash = flash;
  }

  get running() { return this.#audio !== null; }

  /** Call it inside a click: only then is there sound. */
  start() {
    if (this.#audio) return;
    this.#audio = new AudioContext({ latencyHint: 'interactive' });
    this.#next();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#audio?.close();
    this.#audio = null;
  }

  #next() {
    const audio = /** @type {AudioContext} */ (this.#audio);
    const { flashInMs, clapInMs } = nextClap(this.#serverNow(), this.#offset());
    clap(audio, audio.currentTime + clapInMs / 1000);
    this.#timer = setTimeout(() => {
      this.#flash();
      this.#next();
    }, flashInMs);
  }
}

/** A short burst that dies away quickly has a clear beginning. @param {AudioContext} audio @param {number} at */
function clap(audio, at) {
  const tone = audio.createOscillator();
  const level = audio.createGain();
  tone.type = 'square';
  tone.frequency.value = 1800;
  level.gain.setValueAtTime(0.4, at);
  level.gain.exponentialRampToValueAtTime(0.001, at + 0.06);
  tone.connect(level).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.07);
}
