// @ts-check
// What this browser plays of live streams.

const HLS = 'application/vnd.apple.mpegurl';

/** @returns {{media: boolean, hls: boolean}} media: what is fed by hand; hls: by hls.js, or by the browser itself (iPhones) */
export function can_play() {
  const media = 'MediaSource' in globalThis;
  return { media, hls: media || 'ManagedMediaSource' in globalThis || document.createElement('video').canPlayType(HLS) !== '' };
}
