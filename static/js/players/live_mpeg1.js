// @ts-check
// A live stream of MPEG-1 pictures, decoded in a worker (mpeg1_worker.js), one worker for each line. It comes back by itself.
import { LiveLine } from './live_line.js';

/** @typedef {import('./mpeg1_worker.js').Told} Told */
/** @typedef {{postMessage(packets: ArrayBuffer, moved: Transferable[]): void, terminate(): void, onmessage: any, onerror: any}} WorkerLike */
/** @typedef {{work(): WorkerLike, open(stream: number): {close(code?: number): void, onmessage: any, onclose: any}, later(task: () => void, ms: number): any, cancel(timer: any): void, random(): number}} Parts */

/** Sound is put so far ahead of its clock; what would be further ahead is left out, so that it stays with the picture. */
const AHEAD_S = 0.06;
const AHEAD_MAX_S = 0.3;

/** Pieces of sound, one after the other. A browser lets it be heard only after a tap. */
export class SoundOut {
  muted = false;
  /** @type {AudioContext | null} */
  #context = null;
  #next = 0;

  /** @param {number} rate @param {Float32Array<ArrayBuffer>} left @param {Float32Array<ArrayBuffer>} right */
  play(rate, left, right) {
    if (this.muted) return;
    const context = this.#context ??= new AudioContext();
    if (context.state !== 'running') return;
    const now = context.currentTime;
    if (this.#next < now) this.#next = now + AHEAD_S;
    if (this.#next > now + AHEAD_MAX_S) return;
    const buffer = context.createBuffer(2, left.length, rate);
    buffer.copyToChannel(left, 0);
    buffer.copyToChannel(right, 1);
    const piece = context.createBufferSource();
    piece.buffer = buffer;
    piece.connect(context.destination);
    piece.start(this.#next);
    this.#next += buffer.duration;
  }

  get hushed() { return !this.muted && this.#context?.state === 'suspended'; }

  /** Inside a tap: only then does a browser let the sound on. @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (!muted) void this.#context?.resume();
  }

  close() {
    void this.#context?.close();
    this.#context = null;
    this.#next = 0;
  }
}

/** Says `picture` (an ImageBitmap: draw it now, it is closed afterwards), `sound` (for SoundOut) and `state`. */
export class LiveMpeg1Player extends LiveLine {
  #parts;
  /** @type {WorkerLike | null} */
  #worker = null;
  /** @type {ReturnType<Parts['open']> | null} */
  #socket = null;

  /** @param {Parts} parts */
  constructor(parts) {
    super(parts);
    this.#parts = parts;
  }

  /** @protected @override */
  open_line() {
    const worker = this.#worker = this.#parts.work();
    this.heard();
    worker.onmessage = (/** @type {{data: Told}} */ { data }) => {
      if (data.kind === 'picture') this.#draw(worker, data.picture);
      else if (worker === this.#worker) this.emit('sound', data);
    };
    worker.onerror = () => worker === this.#worker && this.broke(1006);
    const socket = this.#socket = this.#parts.open(this.stream);
    socket.onmessage = (/** @type {{data: ArrayBuffer}} */ { data }) => {
      if (worker !== this.#worker) return;
      this.heard();
      worker.postMessage(data, [data]);
    };
    socket.onclose = (/** @type {{code: number}} */ { code }) => worker === this.#worker && this.broke(code);
  }

  /** @protected @override */
  close_line() {
    const [worker, socket] = [this.#worker, this.#socket];
    this.#worker = this.#socket = null;
    worker?.terminate();
    socket?.close(1000);
  }

  /** @param {object} worker @param {ImageBitmap} picture */
  #draw(worker, picture) {
    if (worker === this.#worker) {
      this.emit('picture', picture);
      this.seen();
    }
    picture.close();
  }
}
