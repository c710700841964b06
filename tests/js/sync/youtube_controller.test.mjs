import test from 'node:test';
import assert from 'node:assert/strict';
import * as youtube from '../../../static/js/sync/youtube_controller.js';
import { action, look, rateOf, steps } from './looks.mjs';

const settled = (more = {}) => ({ ...youtube.initial(), rev: 'r', commandAt: 0, lastAt: 0, ...more });
const ticks = (n, options, from = 20_000) => Array.from({ length: n }, (_, i) => look({ now: from + i * 250, rate: 1, ...options }));
const held = (errorMs, state = settled(), n = 4) => steps(youtube, state, ticks(n, { errorMs }));

test('four deliveries are heard before anything is judged', () => {
  assert.equal(held(-300, settled(), 3).errorMs, null);
  assert.equal(held(-300, settled(), 4).errorMs, -300);
});

test('70 ms are left alone, 71 are not', () => {
  assert.ok(held(70).inStep);
  assert.equal(rateOf(held(70)), 1);
  assert.notEqual(rateOf(held(71)), 1);
});

test('a correction is one pulse as long as the error needs', () => {
  const behind = held(-500, settled({ fine: false }));
  assert.equal(rateOf(behind), 1.25);
  assert.equal(behind.wakeInMs, 2000);
  const ahead = held(500, settled({ fine: false, delayMs: 100 }));
  assert.equal(rateOf(ahead), 0.75);
  assert.equal(ahead.wakeInMs, 1900);
});

test('a pulse ends on time and is followed by quiet', () => {
  const on = held(-500, settled({ fine: false }));
  const now = 20_750;
  const during = youtube.step(on.state, look({ now: now + 300, rate: 1, errorMs: -400, ...{} }));
  assert.equal(during.actions.length, 0);
  const l = look({ now: now + 2000 });
  const off = youtube.step(on.state, { ...l, reading: { ...l.reading, rate: 1.25 } });
  assert.equal(rateOf(off), 1);
  const again = steps(youtube, off.state, ticks(6, { errorMs: -200 }, now + 2400));
  assert.equal(rateOf(again), 1, 'less than four seconds after the last action');
});

test('a fine rate is tried on a small error only, and used when it is told back', () => {
  assert.equal(rateOf(held(-120)), 1.1);
  assert.equal(rateOf(held(-400)), 1.25);
  const on = held(-100);
  assert.equal(rateOf(on), 1.05);
  const l = look({ now: 20_750 + on.wakeInMs });
  const off = youtube.step(on.state, { ...l, reading: { ...l.reading, rate: 1.05 } });
  assert.equal(off.state.fine, true);
});

test('a fine rate that is not told back is not tried again', () => {
  const on = held(-100);
  const l = look({ now: 21_500 });
  const off = youtube.step(on.state, { ...l, reading: { ...l.reading, rate: 1 } });
  assert.equal(off.state.fine, false);
  assert.equal(rateOf(off), 1);
});

test('a player that knows no rates waits when ahead and seeks when behind', () => {
  const s = settled({ fine: false, pulses: false, startMs: 100 });
  const ahead = held(300, s);
  assert.ok(action(ahead, 'pause'));
  assert.ok(ahead.state.pauseUntil > 20_750);
  const on = youtube.step(ahead.state, look({ now: ahead.state.pauseUntil, state: 'paused' }));
  assert.ok(action(on, 'play'));
  assert.ok(action(held(-300, s), 'seek'));
});

test('more than a second off is a seek with the learned lead, not repeated for four seconds', () => {
  const d = held(-1001, settled({ leadMs: 600 }));
  assert.equal(action(d, 'seek').toMs, 20_750 + 600);
  const soon = steps(youtube, d.state, ticks(4, { errorMs: -3000 }, 22_000));
  assert.equal(action(soon, 'seek'), undefined);
});

test('a seek teaches how long seeks take', () => {
  const d = held(-3000, settled({ leadMs: 400, leadKnown: true }));
  const after = steps(youtube, d.state, ticks(5, { errorMs: -100 }, 22_500));
  assert.equal(after.state.leadMs, 470);
});

test('somebody’s seek is followed at once', () => {
  assert.ok(action(youtube.step(settled(), look({ rev: 'next', errorMs: 9000 })), 'seek'));
});

test('starting teaches how long starting takes', () => {
  const s = settled({ startMs: 300, playAt: 20_000, playFromMs: 0 });
  const still = youtube.step(s, look({ now: 20_400, positionMs: 0 }));
  assert.equal(still.state.startMs, 300, 'a picture that does not move yet teaches nothing');
  const moves = youtube.step(still.state, look({ now: 20_700, positionMs: 100, startAt: 20_600 }));
  assert.equal(moves.state.startMs, 500);
});

test('advertisements, stalls and loading lead to no action', () => {
  for (const state of ['ad', 'buffering', 'loading', 'seeking']) {
    const d = youtube.step(settled(), look({ state, errorMs: -9000 }));
    assert.deepEqual(d.actions, [], state);
  }
});

test('a pause stands exactly', () => {
  const d = youtube.step(settled(), look({ phase: 'paused', holdMs: 4000, rev: 'p', state: 'paused', positionMs: 4100 }));
  assert.equal(action(d, 'seek').toMs, 4000);
});

test('what a first seek leaves is pulsed away without waiting for four seconds', () => {
  const landed = (seeks) => settled({ seeks, leadMs: 400, leadKnown: true, fine: false });
  for (const [seeks, rate] of [[0, 1.25], [2, 1]]) {
    const sought = steps(youtube, landed(seeks), ticks(2, { errorMs: -3000 }));
    assert.ok(action(sought, 'seek'));
    assert.equal(rateOf(steps(youtube, sought.state, ticks(4, { errorMs: -300 }, 21_500))), rate, `${seeks} seeks before`);
  }
});
