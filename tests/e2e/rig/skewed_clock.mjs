// Runs first in a page (and in its frames): the clocks its scripts read are wrong by an offset and run too fast or too slow, all by
// the same amount. `trueClock` keeps the machine's own for the instruments.

/** @param {{offsetMs: number, driftPpm: number, since: number}} skew since: machine time (Unix ms) at which the offset is exact */
export function skewClock({ offsetMs, driftPpm, since }) {
  const drift = driftPpm * 1e-6;
  const now = performance.now.bind(performance);
  const date = Date.now.bind(Date);
  const origin = performance.timeOrigin;
  // performance.now() counts from an origin of its own and is never negative.
  const shift = offsetMs < 0 ? 0 : offsetMs;
  const skewed = (/** @type {number} */ t) => t + shift + drift * (origin + t - since);
  Performance.prototype.now = () => skewed(now());
  Date.now = () => Math.round(date() + offsetMs + drift * (date() - since));
  const request = HTMLVideoElement.prototype.requestVideoFrameCallback;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
    return request.call(this, (t, frame) => callback(skewed(t), {
      ...copy(frame), expectedDisplayTime: skewed(frame.expectedDisplayTime), presentationTime: skewed(frame.presentationTime),
    }));
  };
  const copy = (/** @type {any} */ frame) => ({ mediaTime: frame.mediaTime, presentedFrames: frame.presentedFrames, width: frame.width, height: frame.height, processingDuration: frame.processingDuration });
  Object.assign(window, { trueClock: { now, request } });
}
