// @ts-check
import { find } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { LiveMeter, latency_text } from '../models/live_meter.js';
import { stream_name } from '../models/live.js';
import { live_form } from '../models/live_form.js';
import { is_recorded } from '../models/recordings.js';
import { LiveMpeg1Player, SoundOut } from '../players/live_mpeg1.js';
import { LiveStreamPlayer } from '../players/live_stream.js';
import { LiveVideoPlayer } from '../players/live_video.js';
import { make_live } from '../views/live.js';
import { control_record } from './record.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../views/live.js').LineState} LineState */
/**
 * @typedef {{say(text: string): void, alone(): boolean, watch(url: string): Promise<string | null>}} LivePlayer alone: this person watches on their own;
 *   watch: that is the room's video now, or the sentence why not
 */

const FACTS_EVERY_MS = 1_000;

/** @param {number} stream */
function open_socket(stream) {
  const socket = new WebSocket(new URL(`/live/${stream}/socket`, location.href.replace(/^http/, 'ws')), 'matinee.live.v1');
  socket.binaryType = 'arraybuffer';
  return socket;
}

/**
 * The streams of cameras, screens and files: which has the stage, and its pictures. Fetched when something is live first.
 * @param {App} app @param {import('../types.js').Engine} engine @param {LivePlayer} player
 */
export function control_live(app, engine, { say, alone, watch }) {
  const model = app.live;
  const meter = new LiveMeter();
  const player = new LiveStreamPlayer({
    open: open_socket,
    decode: (jpeg) => createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' })),
    later: (task, ms) => setTimeout(task, ms), cancel: (timer) => clearTimeout(timer), random: Math.random,
  });
  const video = new LiveVideoPlayer(/** @type {HTMLVideoElement} */ (find('#live-video')));
  const mpeg1 = new LiveMpeg1Player({
    // From here and from the page's one script it lies in the same place.
    work: () => new Worker(new URL('../players/mpeg1_worker.js', import.meta.url), { type: 'module' }),
    open(stream) {
      const socket = new WebSocket(new URL(`/live/${stream}/ts`, location.href.replace(/^http/, 'ws')));
      socket.binaryType = 'arraybuffer';
      return socket;
    },
    later: (task, ms) => setTimeout(task, ms), cancel: (timer) => clearTimeout(timer), random: Math.random,
  });
  const sound = new SoundOut();
  const view = make_live({ watch: (id) => model.watch(id), back: () => model.back(), mute, together });
  const can = model.can;
  const form_of = (/** @type {import('../types.js').LiveStream | null} */ stream) => (stream ? live_form(stream, can) : 'mjpeg');
  /** The stream whose picture is on the canvas. */
  let drawn = 0;
  let over = false;
  let was_on_stage = 0;
  let left_video = false;
  /** It was in step with the room until then, so coming back means to be in step again. */
  let was_in_step = false;
  let ticking = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);

  /** @returns {LineState} */
  function line_state() {
    const stream = model.on_stage;
    if (!stream) return 'ended';
    if (!stream.online) return 'away';
    const form = form_of(stream);
    if (form === 'mpeg1') return mpeg1.state === 'waiting' ? 'reconnecting' : drawn === stream.id ? 'live' : 'connecting';
    if (form === 'none' || (form !== 'mjpeg' && video.state === 'unplayable')) return 'unplayable';
    if (form !== 'mjpeg') return video.state === 'live' ? 'live' : video.state === 'waiting' ? 'reconnecting' : 'connecting';
    if (player.state === 'waiting') return 'reconnecting';
    return drawn === stream.id ? 'live' : 'connecting';
  }

  /** Nobody looks at a hidden page: its line is closed, and opened again when somebody does. */
  function tune() {
    const stream = document.hidden || over ? null : model.on_stage;
    if (stream && drawn && stream.id !== drawn) {
      drawn = 0;
      view.blank();
    }
    const form = form_of(stream);
    const pictures = form === 'mjpeg' ? stream?.id ?? 0 : 0;
    if (pictures !== player.stream) meter.forget();
    player.watch(pictures);
    const in_video = form === 'mjpeg' || form === 'mpeg1' || form === 'none' ? 0 : stream?.id ?? 0;
    // Nobody wants to hear their own words a second later.
    if (in_video && in_video !== video.stream && stream?.publisher === model.me) video.mute(true);
    video.watch(in_video, form, stream?.forms?.includes('hls'));
    const decoded = form === 'mpeg1' ? stream?.id ?? 0 : 0;
    if (decoded !== mpeg1.stream) {
      meter.forget();
      sound.close();
      if (stream?.publisher === model.me) sound.mute(true);
    }
    mpeg1.watch(decoded);
    if (stream?.online) hurry();
    clearInterval(ticking);
    ticking = stream ? setInterval(paint_facts, FACTS_EVERY_MS) : undefined;
  }

  function hurry() {
    for (const one of [player, video, mpeg1]) one.hurry();
  }

  /** @param {boolean} muted */
  function mute(muted) {
    if (!mpeg1.stream) return video.mute(muted);
    sound.mute(muted);
    return paint();
  }

  /** The stream on the stage becomes the room's video, for everybody at the same moment. */
  async function together() {
    const stream = model.on_stage;
    if (!stream) return;
    const sentence = await watch(`/live/${stream.id}`);
    if (!sentence) return;
    say(sentence);
    app.announce(sentence);
  }

  function step_out() {
    if (model.instead === left_video) return;
    left_video = model.instead;
    if (!left_video) {
      if (was_in_step) engine.watchAlone(false);
      return;
    }
    was_in_step = !alone();
    if (was_in_step) engine.watchAlone(true);
    engine.pause();
  }

  function paint_facts() {
    const stream = model.on_stage;
    const facts = [];
    if (stream && line_state() === 'live') {
      const now = performance.now();
      const form = form_of(stream);
      const late = form === 'mpeg1' ? '' : latency_text(form === 'mjpeg' ? meter.latency_ms(now) : video.behind_ms);
      const fps = Math.round(meter.fps(now));
      if (late) facts.push(t('live.behind', { time: late }));
      if (fps) facts.push(t('live.fps', { n: fps }));
    }
    if (stream?.viewers) facts.push(t('live.watching', { n: stream.viewers }));
    if (stream?.recording && is_recorded(stream)) facts.push(t(stream.recording.by === model.me ? 'record.by_you' : 'record.by', { name: stream.recording.name }));
    view.facts(facts);
  }

  function paint() {
    const decoded = mpeg1.stream !== 0;
    view.paint(model, line_state(), {
      video: video.stream !== 0, audible: video.stream !== 0 || (decoded && model.on_stage?.sound === true),
      muted: decoded ? sound.muted : video.muted, hushed: decoded ? sound.hushed : video.hushed,
    });
    paint_facts();
  }

  function announce() {
    const stream = model.on_stage;
    if (stream && stream.id !== was_on_stage) app.announce(t('live.is_live', { stream: stream_name(stream, model.me) }));
    was_on_stage = stream?.id ?? 0;
  }

  /** @param {import('../lib/live_frame.js').LiveFrame} frame */
  function measure(frame) {
    const server_ms = engine.serverMs();
    if (server_ms !== null) meter.drawn(performance.now(), server_ms - frame.captured_ms);
  }

  player.on('picture', ({ picture, frame }) => {
    view.draw(picture);
    measure(frame);
    const first = drawn !== frame.stream;
    drawn = frame.stream;
    if (first) paint();
  });
  mpeg1.on('picture', (picture) => {
    view.draw(picture);
    meter.drawn(performance.now(), 0);
    const first = drawn !== mpeg1.stream;
    drawn = mpeg1.stream;
    if (first) paint();
  });
  mpeg1.on('sound', ({ rate, left, right }) => {
    const before = sound.hushed;
    sound.play(rate, left, right);
    if (before !== sound.hushed) paint();
  });
  mpeg1.on('state', paint);
  player.on('still', measure);
  player.on('state', paint);
  video.on('state', paint);
  const changed = () => {
    if (!model.on_stage && !model.ended) drawn = 0;
    step_out();
    tune();
    announce();
    paint();
  };
  model.on('change', changed);
  app.on('connection', (state) => {
    over = state === 'ended';
    tune();
    if (state === 'joined') hurry();
  });
  document.addEventListener('visibilitychange', () => {
    tune();
    paint();
  });
  changed();
  control_record(app, say);
}
