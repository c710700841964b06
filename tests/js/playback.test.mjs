import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlaybackModel, change_between, change_text, film_of, position_at, stream_of } from '../../static/js/models/playback.js';

const media = { kind: 'file', url: 'https://example.org/a.mp4' };
const other = { kind: 'file', url: 'https://example.org/b.mp4' };
const state = (more) => ({ rev: 1, epoch: 1, phase: 'playing', media, position_ms: 10_000, at_ms: 1_000, rate: 1, by: '2', op: 'a', ...more });

test('the position moves only while playing, and not before the start', () => {
  assert.equal(position_at(state({ rate: 2 }), 3_000), 14_000);
  assert.equal(position_at(state(), 500), 10_000);
  for (const phase of ['paused', 'waiting', 'idle']) assert.equal(position_at(state({ phase }), 9_000), 10_000);
});

const cases = [
  ['another video', state(), state({ media: other, op: 'b' }), 'set', { url: media.url, position_ms: 10_000 }],
  ['the first video', state({ media: null, phase: 'idle' }), state({ op: 'b' }), 'set', { url: '', position_ms: null }],
  ['no video any more', state(), state({ media: null, phase: 'idle', op: 'b' }), 'clear', { url: media.url, position_ms: 10_000 }],
  ['a jump', state(), state({ position_ms: 60_000, at_ms: 2_000, op: 'b' }), 'seek', { position_ms: 11_000 }],
  ['a jump while paused', state({ phase: 'paused' }), state({ phase: 'paused', position_ms: 60_000, op: 'b' }), 'seek', { position_ms: 10_000 }],
  ['a pause', state(), state({ phase: 'paused', position_ms: 11_040, at_ms: 2_000, op: 'b' }), 'pause', null],
  ['a start', state({ phase: 'paused' }), state({ at_ms: 5_000, op: 'b' }), 'play', null],
  ['another speed', state(), state({ rate: 1.5, position_ms: 11_000, at_ms: 2_000, op: 'b' }), 'rate', { rate: 1 }],
];
for (const [name, before, after, kind, undo] of cases) {
  test(`${name} is told as ${kind}`, () => {
    const change = change_between(before, after);
    assert.equal(change?.kind, kind);
    assert.deepEqual(change?.undo, undo);
  });
}

test('a stream of the room is no film; a pause of it names no time', () => {
  const stream = { kind: 'stream', url: '/live/4294967297', live: true };
  assert.equal(stream_of({ now: state({ media: stream }) }), 4294967297);
  assert.equal(stream_of({ now: state() }), 0);
  assert.equal(stream_of({ now: null }), 0);
  assert.equal(film_of({ now: state({ media: stream }) }), '');
  assert.equal(film_of({ now: state() }), media.url);
  const pause = change_between(state({ media: stream }), state({ media: stream, phase: 'paused', position_ms: 11_040, at_ms: 2_000, op: 'b' }));
  assert.equal(change_text(pause, 'Ana'), 'Ana paused.');
});

test('the same state again, or the end of a wait, is nothing to tell', () => {
  assert.equal(change_between(state(), state()), null);
  assert.equal(change_between(state({ phase: 'waiting' }), state({ at_ms: 5_000 })), null);
});

test('an older state is not taken, a newer epoch always is', () => {
  const model = new PlaybackModel();
  model.welcome(state({ rev: 5 }));
  assert.equal(model.apply(state({ rev: 4 })), false);
  assert.equal(model.rev, 5);
  assert.equal(model.apply(state({ rev: 1, epoch: 2 })), true);
  assert.equal(model.rev, 1);
});

test('a welcome is no news', () => {
  const model = new PlaybackModel();
  const noted = [];
  model.on('noted', (change) => noted.push(change.kind));
  model.welcome(state());
  model.welcome(state({ media: other }));
  assert.deepEqual(noted, []);
});
