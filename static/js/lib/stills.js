// @ts-check
// A small picture of what this page sends live, now and then, so that a list of streams has something to show.

const FIRST_MS = 1_000;
const EVERY_MS = 10_000;
const LONGER_SIDE = 320;
const QUALITY = 0.72;
/** docs/limits.md, still_bytes_max. */
const BYTES_MAX = 128 * 1024;
const PATIENCE_MS = 8_000;

/** @param {number} width @param {number} height @returns {[number, number]} as large as a still is, in whole pixels */
export function still_size(width, height) {
  const scale = Math.min(1, LONGER_SIDE / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** @param {MediaStream} stream @param {string} url @returns {{stop(): void}} */
export function send_stills(stream, url) {
  const video = document.createElement('video');
  const canvas = document.createElement('canvas');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  void video.play().catch(() => {});
  let stopped = false;

  async function shoot() {
    if (!video.videoWidth) return;
    [canvas.width, canvas.height] = still_size(video.videoWidth, video.videoHeight);
    canvas.getContext('2d', { alpha: false })?.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise((/** @type {BlobCallback} */ done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
    if (stopped || !picture || picture.size > BYTES_MAX) return;
    // Nobody misses one still: the next one comes.
    await fetch(url, { method: 'POST', body: picture, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {});
  }
  const first = setTimeout(shoot, FIRST_MS);
  const timer = setInterval(shoot, EVERY_MS);
  return {
    stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(timer);
      video.srcObject = null;
    },
  };
}
