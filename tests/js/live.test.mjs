import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { read_frame } from '../../static/js/lib/live_frame.js';
import { LiveModel, frames_chip, stream_name } from '../../static/js/models/live.js';
import { LiveMeter, latency_text } from '../../static/js/models/live_meter.js';
import { note_text } from '../../static/js/views/live.js';

/** The bytes of a worked example of docs/videoproto.md. */
function example(title) {
  const page = readFileSync(new URL('../../docs/videoproto.md', import.meta.url), 'utf8');
  const hex = new RegExp(`# ${title}[^\\n]*\\n([0-9a-f\\s]+)\`\`\``).exec(page)[1].replace(/\s/g, '');
  return Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16)).buffer;
}

const stream = (id, more = {}) => ({ id, kind: 'camera', room_video: false, title: '', publisher: '7', name: 'Ada', width: 320, height: 180, fps: 30, sound: false, online: true, viewers: 0, ...more });
const live = (...streams) => ({ streams, desktops: streams.length, windows: 0, frames: 'none' });

function bench() {
  const timers = new Set();
  const model = new LiveModel({ later: (task) => { const timer = { task }; timers.add(timer); return timer; }, cancel: (timer) => timers.delete(timer) });
  let changes = 0;
  model.on('change', () => { changes += 1; });
  return { model, changes: () => changes, pass: () => { for (const timer of [...timers]) if (timers.delete(timer)) timer.task(); } };
}
const stage = (model) => model.on_stage?.id ?? null;

test('the document’s picture is read: stream, time of capture, time in the relay, JPEG', () => {
  const frame = read_frame(example('FRAME flags=1'));
  assert.deepEqual({ ...frame, jpeg: frame.jpeg.length }, { stream: 7, sequence: 42, captured_ms: 1400, relay_ms: 1.85, jpeg: 141 });
  assert.deepEqual([...frame.jpeg.slice(0, 2), ...frame.jpeg.slice(-2)], [0xff, 0xd8, 0xff, 0xd9]);
  assert.equal(read_frame(example('FRAME flags=2')).jpeg, null, 'the same picture still');
});

test('what is no whole picture is nothing', () => {
  const good = example('FRAME flags=1');
  assert.equal(read_frame(good.slice(0, 31)), null);
  assert.equal(read_frame(good.slice(0, good.byteLength - 1)), null);
  for (const [at, value] of [[0, 0x57], [4, 2], [5, 0x21], [11, 0x8c]]) {
    const bad = new Uint8Array(good.slice(0));
    bad[at] = value;
    assert.equal(read_frame(bad.buffer), null, `byte ${at}`);
  }
  const empty = new Uint8Array(good.slice(0, 32));
  empty[11] = 0;
  assert.equal(read_frame(empty.buffer), null, 'a picture without bytes that claims to be none of the same');
});

test('a stream in a form that this page cannot show takes no stage, and is told by its own name', () => {
  const { model } = bench();
  const garden = stream(2 ** 32, { kind: 'feed', title: 'Garden', forms: ['ts'], codecs: ['h264'] });
  model.apply(live(garden, stream(3, { room_video: true })), '1');
  assert.equal(stage(model), null);
  assert.deepEqual(model.streams, []);
  assert.deepEqual(model.elsewhere, [garden]);
  assert.equal(stream_name(garden, '1'), 'Garden');
  assert.equal(stream_name(garden, '7'), 'Garden');
  model.apply(live(garden, stream(4, { forms: ['mjpeg'] }), stream(5, { forms: ['new', 'mjpeg'] })), '1');
  assert.equal(stage(model), 4);
  assert.deepEqual(model.streams.map(({ id }) => id), [4, 5]);
});

test('an empty stage is taken by a stream by itself, and given back when it ends', () => {
  const { model, pass } = bench();
  assert.equal(stage(model), null);
  model.apply(live(stream(3)), '1');
  assert.equal(stage(model), 3);
  model.apply(live(stream(3, { online: false })));
  assert.equal(stage(model), 3, 'one that is away keeps its place');
  model.apply(live());
  assert.equal(stage(model), null);
  assert.equal(model.ended.id, 3, 'said for a while');
  pass();
  assert.equal(model.ended, null);
});

test('a room video takes the stage; a stream is then a wish of one’s own', () => {
  const { model } = bench();
  model.apply(live(stream(3)), '1');
  model.video(true);
  assert.equal(stage(model), null);
  assert.equal(model.stream.id, 3, 'for the chip');
  model.watch(3);
  assert.equal(stage(model), 3);
  assert.ok(model.instead);
  model.back();
  assert.equal(stage(model), null);
  model.watch(3);
  model.apply(live());
  assert.equal(stage(model), null, 'it ended: the video is back');
  assert.equal(model.instead, false);
  assert.equal(model.ended, null, 'and the stage is not empty');
  model.apply(live(stream(4)));
  assert.equal(stage(model), null, 'another one does not push in');
  model.video(false);
  assert.equal(stage(model), 4);
});

test('of several the first that is there has the stage, and who chose another keeps it', () => {
  const { model } = bench();
  model.apply(live(stream(3, { online: false }), stream(4), stream(5)), '1');
  assert.equal(stage(model), 4);
  model.watch(5);
  model.apply(live(stream(3), stream(4), stream(5, { online: false })));
  assert.equal(stage(model), 5);
  model.apply(live(stream(3), stream(4)));
  assert.equal(stage(model), 3);
  assert.equal(model.ended, null, 'the next one is there at once');
});

test('frames of the room’s own video are no stream to watch here, only a chip', () => {
  const { model } = bench();
  const state = { ...live(stream(3, { room_video: true, kind: 'link' })), windows: 2, frames: 'live' };
  model.apply(state, '1');
  assert.equal(stage(model), null);
  assert.deepEqual(model.streams, []);
  assert.equal(frames_chip(state), 'windows');
  for (const [frames, chip] of [['none', ''], ['asking', ''], ['nobody', 'nobody']]) assert.equal(frames_chip({ ...state, frames }), chip);
});

test('a stream that is the room’s video is not offered beside itself, and its name stands there after its end', () => {
  const { model, pass } = bench();
  model.apply(live(stream(3), stream(4)), '1');
  model.watch(3);
  model.video(true, 3);
  assert.equal(stage(model), null);
  assert.deepEqual(model.streams.map(({ id }) => id), [4], 'another one is');
  assert.equal(model.shared.id, 3);
  assert.equal(model.missed, undefined);
  model.apply(live(stream(3, { online: false })));
  assert.equal(model.missed.id, 3, 'cut off');
  model.apply(live());
  assert.equal(model.missed.id, 3, 'gone, and still the video');
  assert.equal(model.ended, null, 'not yet over');
  model.video(false);
  assert.equal(model.ended.id, 3);
  assert.equal(model.missed, undefined);
  pass();
  assert.equal(model.ended, null);
  model.video(true, 9);
  assert.equal(model.missed, null, 'nobody here has heard of it yet');
  model.apply(live(stream(9)));
  model.video(true);
  assert.equal(model.ended, null, 'another video, and it runs');
  model.video(true, 9);
  model.video(false);
  assert.equal(stage(model), 9, 'it runs: on the empty stage it is watched as before');
});

test('a server that says nothing of streams has none', () => {
  const { model } = bench();
  model.apply(undefined, '1');
  assert.deepEqual(model.streams, []);
});

test('streams are called after who sends them, one’s own after oneself', () => {
  assert.equal(stream_name(stream(1), '1'), 'Ada’s camera');
  assert.equal(stream_name(stream(1, { kind: 'screen' }), '7'), 'Your screen');
  assert.equal(stream_name(stream(1, { kind: 'file' }), '1'), 'Ada’s video');
  assert.equal(note_text('Ada’s camera', 'away'), 'Ada’s camera is away, waiting for it');
  assert.equal(note_text('Your camera', 'connecting'), 'Connecting to your camera…');
  assert.equal(note_text('Ada’s camera', 'live'), '');
});

test('pictures a second and how late they are, of the last two seconds', () => {
  const meter = new LiveMeter();
  assert.equal(meter.fps(0), 0);
  assert.equal(meter.latency_ms(0), null);
  for (let i = 0; i <= 100; i += 1) meter.drawn(i * 50, i === 90 ? 900 : 120);
  assert.equal(Math.round(meter.fps(5_000)), 20);
  assert.equal(meter.latency_ms(5_000), 120, 'one late picture does not show');
  assert.equal(meter.latency_ms(60_000), null);
  assert.equal(meter.fps(60_000), 0);
  meter.drawn(60_000, -3);
  assert.equal(meter.latency_ms(60_000), 0, 'clocks are not that exact');
  for (const [ms, text] of [[null, ''], [0, '10 ms'], [123, '120 ms'], [994, '990 ms'], [995, '1.0 s'], [1_240, '1.2 s'], [12_340, '12 s']]) assert.equal(latency_text(ms), text);
});
