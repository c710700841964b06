// @ts-check
// What this browser plays of live streams.

const HLS = 'application/vnd.apple.mpegurl';

/** @returns {{media: boolean, hls: boolean, work: boolean}} media: what is fed by hand; hls: by hls.js, or by the browser itself (iPhones) */
export function can_play() {
  const media = 'MediaSource' in globalThis;
  const work = globalThis.Worker !== undefined && globalThis.createImageBitmap !== undefined;
  return { media, work, hls: media || 'ManagedMediaSource' in globalThis || document.createElement('video').canPlayType(HLS) !== '' };
}
