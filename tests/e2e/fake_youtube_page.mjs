// The script of the stand-in player page; it runs in the frame, so it may use nothing from outside this function.

/** @param {{id: string, behaviour: import('./fake_youtube.mjs').USUAL}} options */
export function fakePlayer({ id: videoId, behaviour }) {
  const UNSTARTED = -1, ENDED = 0, PLAYING = 1, PAUSED = 2, BUFFERING = 3, CUED = 5;
  let channel = null; // {window, origin, id} of whoever listens
  let state = UNSTARTED, positionMs = 0, since = 0, moving = false, rate = 1, turn = 0, ready = false, muted = false, adDone = false;
  const heard = [];
  // No two devices take the same time.
  const about = (ms) => ms * (1 + (behaviour.vary ?? 0) * (2 * Math.random() - 1));
  const at = (now = performance.now()) => Math.min(behaviour.durationMs, moving ? positionMs + (now - since) * rate : positionMs);
  const fix = () => { positionMs = at(); since = performance.now(); };
  const tell = (event, info) => channel?.window.postMessage(JSON.stringify({ event, info, id: channel.id, channel: 'widget' }), channel.origin);
  const deliver = (more = {}) => tell('infoDelivery', { currentTime: at() / 1000, currentTimeLastUpdated_: Date.now() / 1000, videoLoadedFraction: 0.5, ...more });
  const become = (next) => {
    state = next;
    tell('onStateChange', state);
    deliver({ playerState: state });
  };
  const stop = () => { fix(); moving = false; };
  const move = () => { since = performance.now(); moving = true; };
  const soon = (ms, run) => { const mine = ++turn; setTimeout(() => { if (mine === turn) run(); }, ms); };

  function play() {
    if (behaviour.blocked && !muted) { tell('onAutoplayBlocked'); return; }
    if (moving) return;
    become(BUFFERING);
    soon(about(behaviour.startDelayMs), () => {
      become(PLAYING);
      if (behaviour.adMs > 0 && !adDone) { adDone = true; soon(behaviour.adMs, move); } else move();
    });
  }

  function seek(seconds) {
    const goesOn = state === PLAYING || state === BUFFERING || state === CUED || state === UNSTARTED;
    stop();
    if (goesOn) become(BUFFERING);
    soon(about(behaviour.seekDelayMs), () => {
      positionMs = seconds * 1000;
      if (goesOn) move();
      become(goesOn ? PLAYING : PAUSED);
    });
  }

  function setRate(wanted) {
    if (!behaviour.fine && !behaviour.rates.includes(wanted)) return;
    setTimeout(() => { fix(); rate = wanted; tell('onPlaybackRateChange', rate); deliver({ playbackRate: rate }); }, behaviour.rateLagMs);
  }

  const commands = {
    playVideo: play,
    pauseVideo: () => { turn++; stop(); become(PAUSED); },
    seekTo: seek,
    cueVideoById: (o) => { turn++; stop(); positionMs = (o.startSeconds ?? 0) * 1000; state = CUED; tell('onStateChange', CUED); tell('infoDelivery', { playerState: CUED, currentTime: 0 }); },
    setPlaybackRate: setRate,
    mute: () => { muted = true; },
    unMute: () => { muted = false; },
    setVolume: () => {},
    addEventListener: () => {},
  };

  function greet() {
    tell('initialDelivery', { playerState: state, duration: behaviour.durationMs / 1000, playbackRate: 1, availablePlaybackRates: behaviour.rates });
    tell('onReady');
    ready = true;
    if (behaviour.error !== null) tell('onError', behaviour.error);
  }

  addEventListener('message', (event) => {
    const message = JSON.parse(event.data);
    if (behaviour.silent || performance.now() < behaviour.loadMs) return;
    if (message.event === 'listening' && !channel) {
      channel = { window: event.source, origin: event.origin, id: message.id };
      greet();
    } else if (message.event === 'command' && ready) {
      heard.push([message.func, ...(message.args ?? [])]);
      commands[message.func]?.(...(message.args ?? []));
    }
  });

  setInterval(() => {
    if (state === PLAYING) deliver();
    if (moving && at() >= behaviour.durationMs) { stop(); become(ENDED); }
  }, behaviour.periodMs);

  // A click into the picture pauses, as it does in the real one.
  let pauses = 0;
  addEventListener('click', () => {
    if (!moving) return play();
    pauses++;
    return commands.pauseVideo();
  });

  const context = document.querySelector('canvas').getContext('2d');
  (function draw() {
    const t = at() / 1000;
    context.fillStyle = `hsl(${(t * 20) % 360} 45% 25%)`;
    context.fillRect(0, 0, 320, 180);
    context.fillStyle = '#fff';
    context.fillRect((t * 60) % 300, 120, 20, 20);
    context.font = '28px sans-serif';
    context.fillText(`${videoId}  ${t.toFixed(1)}`, 16, 60);
    requestAnimationFrame(draw);
  })();

  // For the test: the truth, on the one clock of this machine.
  const clock = window.trueClock?.now ?? (() => performance.now());
  const read = () => ({ positionMs: at(), moving, state, rate, pauses, at: performance.timeOrigin + clock() });
  const trace = [];
  setInterval(() => {
    const { at: machine, positionMs: position } = read();
    trace.push([machine, position, moving]);
    if (trace.length > 10_000) trace.splice(0, 5000);
  }, 50);
  Object.assign(window, { fake: { read, heard, trace } });
}
