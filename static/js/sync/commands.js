// @ts-check
// What a person wants, as commands to the room: always an explicit target, made against the revision they saw.

/** @typedef {import('../types.js').Playback} Playback */
/** @typedef {import('../types.js').ClientMessage} ClientMessage */
/** @typedef {import('../types.js').Reply} Reply */

let made = 0;
const seed = Array.from(crypto.getRandomValues(new Uint32Array(2)), (n) => n.toString(36)).join('');
/** The room tells whose change a state is by this id. */
const newOp = () => `${seed}-${++made}`;

/** Play and pause mean the same whatever happened in between, so they are repeated once when somebody else was quicker. */
const TARGET = /** @type {const} */ ({ 'playback.play': 'playing', 'playback.pause': 'paused' });

export class Commands {
  #send;
  #playback;
  #refused;
  /** @type {{type: keyof typeof TARGET, base: number, positionMs: number}|null} */
  #again = null;

  /** @param {{send: (m: ClientMessage) => Promise<Reply>|void, playback: () => Playback|null, refused: (error: unknown) => void}} options */
  constructor({ send, playback, refused }) {
    this.#send = send;
    this.#playback = playback;
    this.#refused = refused;
  }

  /** @param {number} positionMs */
  play(positionMs) { this.#targeted('playback.play', positionMs); }

  /** @param {number} positionMs */
  pause(positionMs) { this.#targeted('playback.pause', positionMs); }

  /** @param {number} positionMs */
  seek(positionMs) { this.#command('playback.seek', { position_ms: whole(positionMs) }); }

  /** @param {number} rate @param {number} positionMs */
  rate(rate, positionMs) { this.#command('playback.rate', { rate, position_ms: whole(positionMs) }); }

  startNow() { this.#command('playback.start_now', {}); }

  /** A new state came: a command that was overtaken gets its second chance. */
  onPlayback() {
    const again = this.#again;
    const playback = this.#playback();
    if (!again || !playback || playback.rev <= again.base) return;
    this.#again = null;
    if (playback.phase !== TARGET[again.type]) this.#command(again.type, { position_ms: again.positionMs });
  }

  /** @param {keyof typeof TARGET} type @param {number} positionMs */
  #targeted(type, positionMs) {
    const base = this.#playback()?.rev ?? 0;
    const fields = { position_ms: whole(positionMs) };
    this.#command(type, fields, () => {
      this.#again = { type, base, positionMs: fields.position_ms };
      this.onPlayback();
    });
  }

  /** @param {string} type @param {object} fields @param {() => void} [stale] what to do when somebody else was quicker */
  #command(type, fields, stale) {
    const playback = this.#playback();
    if (!playback) return;
    const judge = (/** @type {any} */ reply) => {
      if (reply?.type !== 'error' && !(reply instanceof Error)) return;
      if (reply.code === 'stale' && stale) stale();
      else if (reply.code !== 'stale') this.#refused(reply);
    };
    Promise.resolve(this.#send({ type, ...fields, base_rev: playback.rev, op: newOp() })).then(judge, judge);
  }
}

/** @param {number} ms */
const whole = (ms) => Math.max(0, Math.round(ms));
