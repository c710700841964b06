// Runs in every page before its own scripts, and only watches: when frames and chat lines appeared, on the machine's clock.
// (One wish of its own: videos are asked for with CORS, so that their picture may be read back.)
export function instrument() {
  const test = { frames: /** @type {[number, number, boolean][]} */ ([]), shown: /** @type {Record<string, number>} */ ({}), pressed: /** @type {Record<string, number>} */ ({}) };
  Object.assign(window, { matineeTest: test });
  const machine = (/** @type {number} */ t) => performance.timeOrigin + t;

  const make = document.createElement.bind(document);
  document.createElement = (/** @type {string} */ name, /** @type {any[]} */ ...rest) => {
    const element = make(name, ...rest);
    if (name === 'video') follow(element);
    return element;
  };

  function follow(video) {
    video.crossOrigin = 'anonymous';
    const onFrame = (/** @type {number} */ _, frame) => {
      test.frames.push([machine(frame.expectedDisplayTime), frame.mediaTime * 1000, !video.paused && !video.seeking]);
      if (test.frames.length > 20_000) test.frames.splice(0, 10_000);
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLTextAreaElement) test.pressed[event.target.value] = machine(performance.now());
  }, true);

  addEventListener('DOMContentLoaded', () => {
    const list = document.querySelector('#chat-list');
    if (!list) return;
    new MutationObserver(() => {
      const now = machine(performance.now());
      for (const text of list.querySelectorAll('.line-text')) test.shown[text.textContent] ??= now;
    }).observe(list, { childList: true, subtree: true, characterData: true });
  });
}
