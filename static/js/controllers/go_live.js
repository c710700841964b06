// @ts-check
// Going live from this page: a camera or a screen, recorded by the browser and sent in pieces.
import { random_id } from '../lib/ids.js';
import { clock_text } from '../lib/format.js';
import { send_stills } from '../lib/stills.js';
import { find, set_text } from '../lib/dom.js';
import { has, t } from '../lib/strings.js';
import { ChunkSender, recording_of } from '../models/chunk_sender.js';
import { is_recorded } from '../models/recordings.js';
import { open_dialog } from '../views/dialogs.js';
import { control_feeds } from './feeds.js';
import { load_styles, make_go_live } from '../views/go_live.js';

/** @typedef {import('../views/go_live.js').Kind} Kind */

const PIECE_MS = 250;
const KEY_FRAME_MS = 1_000;
const BITS = { videoBitsPerSecond: 2_500_000, audioBitsPerSecond: 96_000 };
const CAMERA = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const PATIENCE_MS = 15_000;

/** What went wrong, said to a person. @param {unknown} error @param {Kind} kind */
function device_sentence(error, kind) {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return t(kind === 'camera' ? 'go_live.denied_camera' : 'go_live.denied_screen');
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return t('go_live.no_camera');
  if (name === 'NotReadableError' || name === 'AbortError') return t('go_live.in_use');
  return t('go_live.failed');
}

/** @param {string} code */
const refusal = (code) => { const key = `go_live.over_${code}`; return has(key) ? t(key) : t('go_live.over_other'); };

/** @param {import('../app.js').App} app @param {(text: string) => void} say */
export async function control_go_live(app, say) {
  await load_styles();
  /** @type {Kind} */ let kind = 'camera';
  /** @type {MediaStream | null} */ let taken = null;
  /** @type {MediaRecorder | null} */ let recorder = null;
  /** @type {'asking' | 'ready' | 'starting' | 'refused'} */ let state = 'asking';
  let sentence = '';
  let asked = 0;
  let stream_id = 0;
  let began_at = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */ let ticking;
  /** @type {ReturnType<typeof listen_to> | null} */ let ear = null;
  /** @type {ReturnType<typeof send_stills> | null} */ let stills = null;

  const type = recording_of((one) => 'MediaRecorder' in window && MediaRecorder.isTypeSupported(one));
  const feeds = control_feeds(app);
  const view = make_go_live({ kind: choose, device: () => void take(), start: () => void start(), closed }, feeds.node);
  const sender = new ChunkSender({
    post, later: (task, ms) => setTimeout(task, ms), cancel: (timer) => clearTimeout(timer), now: () => performance.now(), draw_session: random_id,
  });
  sender.on('change', sent);
  // The server has lost the thread: a recording begins with its head again.
  sender.on('anew', () => { if (taken) record(); });

  const end_button = find('#live-own-end');
  end_button.addEventListener('click', () => { finish(); });
  addEventListener('pagehide', () => release());

  function paint() {
    view.paint({ kind, state, sentence, note: type && !type.includes('avc1') ? t('go_live.not_on_iphones') : '' });
  }

  /** @param {string} words */
  function refuse(words) {
    state = 'refused';
    sentence = words;
    paint();
  }

  /** @param {Kind} chosen */
  function choose(chosen) {
    kind = chosen;
    if (kind !== 'feed') return void take();
    asked++;
    release();
    paint();
    return feeds.open();
  }

  async function take() {
    const turn = ++asked;
    release();
    if (!navigator.mediaDevices) return refuse(t('go_live.https'));
    if (!type) return refuse(t('go_live.cannot'));
    state = 'asking';
    sentence = '';
    paint();
    try {
      const found = kind === 'camera' ? await camera() : await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30 } }, audio: true });
      if (turn !== asked || !view.dialog.open) return found.getTracks().forEach((track) => track.stop());
      taken = found;
    } catch (error) {
      if (turn === asked) refuse(device_sentence(error, kind));
      return undefined;
    }
    for (const track of taken.getTracks()) track.addEventListener('ended', () => { if (turn === asked) lost_device(); });
    const used = { camera: id_of(taken.getVideoTracks()[0]), microphone: id_of(taken.getAudioTracks()[0]) || 'none' };
    view.devices(await navigator.mediaDevices.enumerateDevices().catch(() => []), used);
    ear = listen_to(taken, view.level);
    view.preview(taken);
    state = 'ready';
    paint();
    return undefined;
  }

  async function camera() {
    const chosen = view.chosen();
    const video = { ...CAMERA, ...(chosen.camera ? { deviceId: { exact: chosen.camera } } : {}) };
    if (chosen.microphone === 'none') return navigator.mediaDevices.getUserMedia({ video });
    const audio = { echoCancellation: true, noiseSuppression: true, ...(chosen.microphone ? { deviceId: { exact: chosen.microphone } } : {}) };
    try {
      return await navigator.mediaDevices.getUserMedia({ video, audio });
    } catch (error) {
      // A camera without a microphone is enough.
      if (error instanceof DOMException && error.name === 'NotFoundError') return navigator.mediaDevices.getUserMedia({ video });
      throw error;
    }
  }

  async function start() {
    if (state !== 'ready' || !taken) return;
    state = 'starting';
    paint();
    const answer = await own_stream();
    if (!taken) return;
    if (typeof answer === 'string') {
      state = 'ready';
      sentence = answer;
      return paint();
    }
    stream_id = answer.id;
    began_at = performance.now();
    record();
    view.dialog.close();
  }

  /** The person's stream of this kind: made once, used again. @returns {Promise<{id: number} | string>} a sentence when there is none */
  async function own_stream() {
    const url = `/rooms/${app.page.code}/streams`;
    try {
      const listed = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS) });
      const found = listed.ok ? await listed.json() : { streams: [] };
      const mine = found.streams.find((/** @type {any} */ one) => one.mine && one.kind === kind && !one.ended && !app.live.now.streams.some((live) => live.id === one.id));
      if (mine) return mine;
      const name = t(`live.${kind}`, { name: app.people.self?.name ?? app.page.you.name }).slice(0, 60);
      const made = await fetch(url, {
        method: 'POST', body: new URLSearchParams({ csrf: app.page.csrf, name, kind }), credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const answer = await made.json().catch(() => ({}));
      return made.ok ? answer : refusal(String(answer.error ?? made.status));
    } catch {
      return t('go_live.over_network');
    }
  }

  function record() {
    if (!taken) return;
    stop_recorder();
    sender.begin();
    const made = recorder = new MediaRecorder(taken, /** @type {any} */ ({ mimeType: type, ...BITS, videoKeyFrameIntervalDuration: KEY_FRAME_MS }));
    made.addEventListener('dataavailable', ({ data }) => { if (made === recorder) sender.push(data); });
    made.addEventListener('error', () => { if (made === recorder) finish(); });
    made.start(PIECE_MS);
  }

  function stop_recorder() {
    const old = recorder;
    recorder = null;
    if (old && old.state !== 'inactive') old.stop();
  }

  /** Says goodbye: viewers are told at once. */
  function finish() {
    stop_recorder();
    sender.push(new Blob([]), true);
    release();
  }

  function lost_device() {
    if (recorder) finish();
    else void take();
  }

  /** Lets go of camera and screen. */
  function release() {
    ear?.stop();
    stills?.stop();
    ear = stills = null;
    view.preview(null);
    view.level(0);
    taken?.getTracks().forEach((track) => track.stop());
    taken = null;
  }

  function closed() {
    asked++;
    if (!recorder) release();
    else {
      ear?.stop();
      ear = null;
      // The tracks go on; only the dialog does not show them any more.
      view.preview(null);
      for (const track of taken?.getTracks() ?? []) track.addEventListener('ended', lost_device);
    }
  }

  function sent() {
    const live = sender.state === 'live' || sender.state === 'behind';
    find('#live-own').hidden = !live;
    clearInterval(ticking);
    if (live) {
      ticking = setInterval(tell, 1_000);
      tell();
    } else if (sender.state === 'over') {
      stop_recorder();
      release();
      if (sender.reason) say(refusal(sender.reason));
    }
  }

  function tell() {
    const stream = app.live.now.streams.find((one) => one.id === stream_id);
    const viewers = stream?.viewers ?? 0;
    // Not before the room knows of it: nobody would take it.
    if (stream?.online && taken && !stills) stills = send_stills(taken, `/live/${stream_id}/thumb.jpg`);
    const time = clock_text(performance.now() - began_at);
    const words = sender.state === 'behind' ? t('go_live.behind') : t('go_live.you_are_live', { time, n: viewers });
    const recorder = is_recorded(stream) ? stream?.recording : undefined;
    const recorded = recorder ? t(recorder.by === app.people.me ? 'record.by_you' : 'record.by', { name: recorder.name }) : '';
    set_text(find('#live-own-text'), recorded ? `${words} · ${recorded}` : words);
  }

  /** @param {string} session @param {number} seq @param {Blob} chunk @param {boolean} last @returns {Promise<import('../models/chunk_sender.js').Answer>} */
  async function post(session, seq, chunk, last) {
    try {
      const answer = await fetch(`/live/${stream_id}/chunks?s=${session}&seq=${seq}${last ? '&last=1' : ''}`, {
        method: 'POST', body: chunk, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const told = answer.status >= 300 ? await answer.json().catch(() => ({})) : {};
      return { status: answer.status, error: told.error, expected: told.expected };
    } catch {
      return { status: 0 };
    }
  }

  return {
    open() {
      if (sender.state === 'live' || sender.state === 'behind') return end_button.focus();
      open_dialog('go-live-dialog');
      choose(kind);
      return undefined;
    },
  };
}

/** @param {MediaStreamTrack | undefined} track */
const id_of = (track) => track?.getSettings().deviceId ?? '';

/** How loud it is, told some times a second. @param {MediaStream} stream @param {(loud: number) => void} tell */
function listen_to(stream, tell) {
  if (!stream.getAudioTracks().length) return { stop() {} };
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    // From -60 dB to 0: what is spoken fills half of it.
    tell(Math.max(0, Math.min(1, 1 + Math.log10(Math.max(power, 1e-12)) / 6)));
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      void context.close();
    },
  };
}
