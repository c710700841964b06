// @ts-check
// MPEG-1 in MPEG-TS, as the smallest cameras send it: no browser plays it, so jsmpeg decodes it here, away from the page. Everything that
// has come is decoded at once and only the newest picture is handed over: nothing queues. Its sound is MPEG-1 Layer II.
import JSMpeg from '../vendor/jsmpeg.js';

/**
 * @typedef {{kind: 'picture', picture: ImageBitmap} | {kind: 'sound', rate: number, left: Float32Array<ArrayBuffer>, right: Float32Array<ArrayBuffer>}} Told
 */

const here = /** @type {{postMessage(told: Told, transfer?: Transferable[]): void, onmessage: (event: MessageEvent<ArrayBuffer>) => void}} */ (/** @type {unknown} */ (globalThis));
// It asks a window for the time.
/** @type {any} */ (globalThis).window ??= globalThis;
/** What waits to be decoded, at most: a second of a rich stream. */
const BUFFER_BYTES = 1024 * 1024;

/** The end of the decoder's line, as jsmpeg wants it: the newest picture, in RGBA. */
class Newest {
  width = 0;
  height = 0;
  enabled = true;
  /** @type {ImageData | null} */
  image = null;
  fresh = false;

  /** @param {number} width @param {number} height */
  resize(width, height) {
    // Two lines and two columns share their colour.
    this.width = width & ~1;
    this.height = height & ~1;
    this.image = new ImageData(this.width, this.height);
    // The decoder writes colours alone.
    this.image.data.fill(255);
  }

  /** @param {Uint8ClampedArray} y @param {Uint8ClampedArray} cb @param {Uint8ClampedArray} cr */
  render(y, cb, cr) {
    if (!this.image) return;
    JSMpeg.Renderer.Canvas2D.prototype.YCbCrToRGBA.call(this, y, cb, cr, this.image.data);
    this.fresh = true;
  }
}

/** Whole packets in, pictures and sound out. */
function make_line() {
  const newest = new Newest();
  const demuxer = new JSMpeg.Demuxer.TS({});
  const video = new JSMpeg.Decoder.MPEG1Video({ streaming: true, videoBufferSize: BUFFER_BYTES });
  demuxer.connect(JSMpeg.Demuxer.TS.STREAM.VIDEO_1, video);
  video.connect(newest);
  const audio = new JSMpeg.Decoder.MP2Audio({ streaming: true });
  demuxer.connect(JSMpeg.Demuxer.TS.STREAM.AUDIO_1, audio);
  audio.connect({
    /** @param {number} rate @param {Float32Array} samples_left @param {Float32Array} samples_right */
    play(rate, samples_left, samples_right) {
      const [left, right] = [samples_left.slice(), samples_right.slice()];
      here.postMessage({ kind: 'sound', rate, left, right }, [left.buffer, right.buffer]);
    },
  });

  let showing = false;

  async function show() {
    if (showing) return;
    showing = true;
    while (newest.fresh && newest.image) {
      newest.fresh = false;
      const picture = await createImageBitmap(newest.image);
      here.postMessage({ kind: 'picture', picture }, [picture]);
    }
    showing = false;
  }

  return (/** @type {ArrayBuffer} */ packets) => {
    demuxer.write(packets);
    // It stops at whatever is no picture, such as the head of a group.
    while (video.decode() || video.bits.has(32));
    while (audio.decode());
    void show();
  };
}

const take = make_line();
here.onmessage = (/** @type {MessageEvent<ArrayBuffer>} */ { data }) => take(data);
