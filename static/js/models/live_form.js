// @ts-check
// In which form a page watches a live stream. Pure.

/** @typedef {'mjpeg' | 'media' | 'ts' | 'mpeg1' | 'hls' | 'none'} LiveForm mpeg1: in MPEG-TS, decoded by the page itself */

/**
 * @param {{forms?: string[], codecs?: string[]}} stream
 * @param {{media: boolean, hls: boolean, work?: boolean}} can media: MediaSource is there; hls: HLS is played, some seconds later; work: workers that draw are there
 * @returns {LiveForm} none: this browser cannot show it
 */
export function live_form({ forms = ['mjpeg'], codecs = [] }, { media, hls, work = false }) {
  if (forms.includes('mjpeg')) return 'mjpeg';
  if (work && forms.includes('ts') && codecs.includes('mpeg1')) return 'mpeg1';
  if (media && (forms.includes('webm') || forms.includes('mp4'))) return 'media';
  if (media && forms.includes('ts') && codecs.includes('h264')) return 'ts';
  return hls && forms.includes('hls') ? 'hls' : 'none';
}

/** How far behind the newest picture a page plays, ms, and what it does about being further. */
const EDGE = { goal_ms: 700, late_ms: 1_300, lost_ms: 6_000 };

/**
 * @param {number} behind_ms from the picture that is shown to the newest one that is here
 * @param {boolean} hurrying it plays faster already
 * @returns {{rate: number, jump: boolean}} jump: to the goal at once
 */
export function chase(behind_ms, hurrying) {
  if (behind_ms > EDGE.lost_ms) return { rate: 1, jump: true };
  return { rate: behind_ms > (hurrying ? EDGE.goal_ms : EDGE.late_ms) ? 1.1 : 1, jump: false };
}

export const goal_ms = EDGE.goal_ms;
