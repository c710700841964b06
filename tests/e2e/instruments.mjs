// Runs in every page before its own scripts, and only watches: when frames and chat lines appeared, what was clicked, what was
// asked of the <video> and what it did, all on the machine's clock.
// (One wish of its own: videos are asked for with CORS, so that their picture may be read back.)
/** @param {{fps: number, read?: (video: HTMLVideoElement) => number}} clip read: the frame number in the picture */
export function instrument({ fps, read }) {
  const test = {
    /** Each frame as it reached the screen: [machine ms, media ms, moving]. */ frames: /** @type {[number, number, boolean][]} */ ([]),
    /** The media clock, 20 times a second, in the same form: finer than frames, which come in steps. */ clock: /** @type {[number, number, boolean][]} */ ([]),
    /** Frame numbers read from the picture against those told: [looked at, wrong]. */ numbers: [0, 0],
    /** [machine ms, what, value] */ events: /** @type {[number, string, number|string][]} */ ([]),
    shown: /** @type {Record<string, number>} */ ({}), painted: /** @type {Record<string, number>} */ ({}), pressed: /** @type {Record<string, number>} */ ({}),
  };
  Object.assign(window, { matineeTest: test });
  const { now = performance.now.bind(performance), request = HTMLVideoElement.prototype.requestVideoFrameCallback } = /** @type {any} */ (window).trueClock ?? {};
  const machine = (/** @type {number} */ t) => performance.timeOrigin + t;
  const note = (/** @type {string} */ what, /** @type {number|string} */ value) => {
    test.events.push([machine(now()), what, value]);
    if (test.events.length > 20_000) test.events.splice(0, 10_000);
  };

  const make = document.createElement.bind(document);
  document.createElement = (/** @type {string} */ name, /** @type {any[]} */ ...rest) => {
    const element = make(name, ...rest);
    if (name === 'video') follow(element);
    return element;
  };

  function follow(video) {
    let shown = false;
    video.crossOrigin = 'anonymous';
    const onFrame = (/** @type {number} */ _, frame) => {
      test.frames.push([machine(frame.expectedDisplayTime), frame.mediaTime * 1000, !video.paused && !video.seeking]);
      if (test.frames.length > 20_000) test.frames.splice(0, 10_000);
      if (read && test.frames.length % 60 === 0) look(frame.mediaTime * fps);
      request.call(video, onFrame);
    };
    const look = (/** @type {number} */ told) => {
      test.numbers[0]++;
      // By now the next frame may have come.
      if (Math.abs(/** @type {any} */ (read)(video) - told) > 1.6) test.numbers[1]++;
    };
    request.call(video, onFrame);
    const timer = setInterval(() => {
      if (video.isConnected) shown = true;
      else if (shown) return clearInterval(timer);
      test.clock.push([machine(now()), video.currentTime * 1000, !video.paused && !video.seeking && video.readyState > 2]);
      if (test.clock.length > 20_000) test.clock.splice(0, 10_000);
      return undefined;
    }, 50);
    for (const name of ['play', 'playing', 'pause', 'seeking', 'seeked', 'waiting', 'canplay', 'ended', 'error']) {
      video.addEventListener(name, () => note(name, video.currentTime * 1000));
    }
  }

  for (const name of /** @type {const} */ (['currentTime', 'playbackRate'])) {
    const own = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name));
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      ...own, set(value) { note(`set ${name}`, value); own.set?.call(this, value); },
    });
  }

  for (const type of ['click', 'change']) {
    addEventListener(type, (event) => note(type, /** @type {Element} */ (event.target).closest?.('[id]')?.id ?? ''), true);
  }
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLTextAreaElement) test.pressed[event.target.value] = machine(now());
  }, true);

  const after_frame = (/** @type {() => void} */ task) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = task;
    port2.postMessage(0);
  };
  addEventListener('DOMContentLoaded', () => {
    const list = document.querySelector('#chat-list');
    if (!list) return;
    new MutationObserver(() => {
      const at = machine(now());
      const fresh = [...list.querySelectorAll('.line-text')].map((text) => text.textContent ?? '').filter((text) => !(text in test.shown));
      for (const text of fresh) test.shown[text] = at;
      // The first task after the frame: by then it has been painted.
      if (fresh.length) requestAnimationFrame(() => after_frame(() => { for (const text of fresh) test.painted[text] = machine(now()); }));
    }).observe(list, { childList: true, subtree: true, characterData: true });
  });
}
