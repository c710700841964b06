import test from 'node:test';
import assert from 'node:assert/strict';
import { branch, isAgain, isNewer, lookOf, positionAt } from '../../../static/js/sync/timeline.js';

const playing = { rev: 4, epoch: 1, phase: 'playing', media: null, position_ms: 5000, at_ms: 100_000, rate: 1.5, by: '1', op: '' };

test('a playing timeline moves at its rate', () => assert.equal(positionAt(playing, 102_000), 8000));

test('a start in the future holds its position until then', () => {
  assert.equal(positionAt(playing, 99_999), 5000);
  assert.equal(positionAt(playing, 100_000), 5000);
});

test('a paused or waiting timeline stands', () => {
  for (const phase of /** @type {const} */ (['paused', 'waiting', 'idle'])) assert.equal(positionAt({ ...playing, phase }, 200_000), 5000);
});

test('nothing plays beyond its end', () => assert.equal(positionAt(playing, 900_000, 60_000), 60_000));

test('watching alone begins where the room is and changes only what is asked', () => {
  const own = branch(playing, 102_000, { phase: 'paused' });
  assert.deepEqual([own.phase, own.position_ms, own.at_ms, own.rate], ['paused', 8000, 102_000, 1.5]);
  assert.equal(branch(playing, 102_000, { position_ms: 0 }).position_ms, 0);
});

test('an older or equal revision is no news, another epoch is', () => {
  assert.ok(isNewer(null, playing));
  assert.ok(!isNewer(playing, playing));
  assert.ok(!isNewer(playing, { ...playing, rev: 3 }));
  assert.ok(isNewer(playing, { ...playing, rev: 5 }));
  assert.ok(isNewer(playing, { ...playing, rev: 1, epoch: 2 }));
  assert.ok(isAgain(playing, { ...playing, waiting_for: ['a'] }), 'the same rev tells anew for whom the room waits');
  assert.ok(!isAgain(null, playing) && !isAgain(playing, { ...playing, rev: 5 }) && !isAgain(playing, { ...playing, epoch: 2 }));
});

test('a live stream has its own edge for a target and rests where it stands', () => {
  const reading = { state: 'playing', positionMs: 4000, at: 50, bufferedAheadMs: 0, durationMs: null, ready: true, edgeMs: 4300 };
  const look = lookOf(playing, reading, { localAt: (t) => t, serverAt: (t) => t }, { now: 50, hidden: false, turn: 0 });
  assert.equal(look.target(50), 4300);
  assert.equal(look.target(150), 4400);
  assert.equal(look.rate, 1, 'nobody plays a live stream faster than it comes');
  assert.equal(look.holdMs, 4000);
});

test('a paused live stream stands on what everybody saw when the room paused, where that is near', () => {
  const clock = { localAt: (t) => t, serverAt: (t) => t };
  const hold = (positionMs, more = {}, phase = 'paused') => lookOf({ ...playing, phase }, { state: 'paused', positionMs, at: 50, bufferedAheadMs: 0, durationMs: null, ready: true, edgeMs: positionMs, programmeMs: 40_000, ...more }, clock, { now: 100_500, hidden: false, turn: 0, behindMs: 5_000 }).holdMs;
  assert.equal(hold(55_060), 55_000, 'what was made at 95.000 stands at 55.000 of this page’s own time');
  assert.equal(hold(54_000), 55_000);
  assert.equal(hold(66_000), 66_000, 'too far back');
  assert.equal(hold(55_060, { programmeMs: undefined }), 55_060, 'no times');
  assert.equal(hold(55_060, { programmeMs: 96_000 }), 55_060, 'before its beginning');
  assert.equal(hold(55_060, {}, 'waiting'), 55_060, 'a room that waits begins where each page is ready');
});

test('whose sound comes late is shown a target that is earlier, at the start too, but not at rest', () => {
  const reading = { state: 'playing', positionMs: 0, at: 0, bufferedAheadMs: 0, durationMs: 60_000, ready: true };
  const clock = { localAt: (t) => t, serverAt: (t) => t };
  const look = (timeline, offsetMs) => lookOf(timeline, reading, clock, { now: 101_000, hidden: false, turn: 0, offsetMs });
  assert.equal(look(playing, 200).target(101_000) - look(playing, 0).target(101_000), 300, 'at one and a half times the speed');
  assert.equal(look(playing, 200).startAt, 99_800);
  assert.equal(look(playing, -200).target(100_100), 5000);
  assert.equal(look({ ...playing, phase: 'paused' }, 200).target(101_000), 5000);
});
