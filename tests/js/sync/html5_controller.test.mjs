import test from 'node:test';
import assert from 'node:assert/strict';
import * as hls from '../../../static/js/sync/hls_controller.js';
import * as html5 from '../../../static/js/sync/html5_controller.js';
import { action, look, rateOf, steps } from './looks.mjs';

/** In the room for long: the eager first seconds are over. */
const settled = () => ({ ...html5.initial(), rev: 'r', commandAt: 0, lastAt: 0, movingSince: 0 });
/** A player whose positions come in steps, or with this much noise, has the wider band. */
const coarse = () => ({ ...settled(), noiseMs: 1.2 });
const ticks = (n, options, from = 10_000) => Array.from({ length: n }, (_, i) => look({ now: from + i * 100, ...options }));
const held = (errorMs, options = {}) => steps(html5, settled(), ticks(3, { errorMs, ...options }));

test('inside the dead band nothing is done', () => {
  for (const [state, edge] of [[settled(), 4], [coarse(), 7]]) {
    for (const errorMs of [0, edge, -edge]) {
      const d = steps(html5, state, ticks(3, { errorMs }));
      assert.equal(rateOf(d), 1, String(errorMs));
      assert.ok(d.inStep);
    }
  }
});

test('outside the dead band the rate leans against the error', () => {
  for (const [state, edge] of [[settled(), 4.5], [coarse(), 7.5]]) {
    assert.ok(rateOf(steps(html5, state, ticks(3, { errorMs: edge }))) < 1);
    assert.ok(rateOf(steps(html5, state, ticks(3, { errorMs: -edge }))) > 1);
  }
});

test('once steering, it goes on until 1 ms, or 3 where positions are coarse', () => {
  for (const [state, edge] of [[settled(), 1], [coarse(), 3]]) {
    const steering = steps(html5, state, ticks(3, { errorMs: 20 })).state;
    const at = (e) => rateOf(html5.step({ ...steering, errors: [e, e, e], steeredMs: 0, dev: 0, noiseMs: state.noiseMs === 1 ? 0 : 1.2 }, look({ now: 10_500, errorMs: e })));
    assert.notEqual(at(edge + 1), 1);
    assert.equal(at(edge), 1);
  }
});

test('steering is 4 % up to 250 ms, 10 % up to a second', () => {
  assert.ok(Math.abs(rateOf(held(250)) - 0.96) < 1e-9);
  assert.ok(Math.abs(rateOf(held(251)) - 0.9) < 1e-9);
  assert.ok(Math.abs(rateOf(held(-1000)) - 1.1) < 1e-9);
});

test('in the first two seconds after a command steering is 8 %, and 25 % far away', () => {
  const at = (now, errorMs) => rateOf(steps(html5, { ...settled(), commandAt: 10_000 }, ticks(3, { errorMs }, now)));
  assert.ok(Math.abs(at(11_799, -119) - 1.08) < 1e-9);
  assert.ok(Math.abs(at(11_799, -240) - 1.25) < 1e-9);
  assert.ok(Math.abs(at(11_800, -240) - 1.04) < 1e-9);
});

test('what keeps the pitch is left only when it is well worth it', () => {
  const far = steps(html5, settled(), ticks(3, { errorMs: -260 })).state;
  const on = (e) => rateOf(html5.step({ ...far, errors: [e, e, e], unsteeredMs: e, steeredMs: 0, devSince: 10_500 }, look({ now: 10_500, errorMs: e })));
  assert.equal(on(-200), 1.1);
  assert.equal(on(-110), 1.04);
});

test('steering is relative to the room’s own rate', () => {
  assert.ok(Math.abs(rateOf(held(-240, { rate: 2 })) - 2.08) < 1e-9);
});

test('more than a second off is one seek with the learned lead', () => {
  const d = steps(html5, { ...settled(), leadMs: 300 }, ticks(3, { errorMs: -1001 }));
  assert.equal(action(d, 'seek').toMs, 10_200 + 300);
  assert.equal(action(held(-1000), 'seek'), undefined);
});

test('after a seek there is none for three seconds, then fewer and fewer', () => {
  const first = steps(html5, settled(), ticks(3, { errorMs: -5000 }));
  assert.ok(action(first, 'seek'));
  const soon = steps(html5, first.state, ticks(25, { errorMs: -5000 }, 10_300));
  assert.equal(action(soon, 'seek'), undefined);
  const later = steps(html5, first.state, ticks(5, { errorMs: -5000 }, 13_300));
  assert.ok(action(later, 'seek'));
  assert.equal(later.state.coolMs, 6000);
});

test('a seek teaches how long seeks take', () => {
  const first = steps(html5, { ...settled(), leadMs: 100, leadKnown: true }, ticks(3, { errorMs: -5000 }));
  const after = steps(html5, first.state, ticks(5, { errorMs: -200 }, 10_800));
  assert.equal(after.state.leadMs, 240);
});

test('what was steered since a seek does not hide where it landed', () => {
  const landed = { ...settled(), leadMs: 100, leadKnown: true, judged: false, seekAt: 10_000, seeks: 1, steeredMs: 530, steeredAtSeek: 500 };
  // 30 ms were steered away, 60 are left: it landed 90 behind.
  const d = steps(html5, { ...landed, errors: [-590, -590, -590] }, ticks(1, { errorMs: -60 }, 10_400));
  assert.equal(d.state.leadMs, 163);
});

test('the first seek on a new source may be followed by one that lands right', () => {
  const first = html5.step({ ...settled(), leadMs: 100 }, look({ rev: 'next', errorMs: -60_000 }));
  const after = steps(html5, first.state, ticks(5, { rev: 'next', errorMs: -700 }, 10_500));
  assert.equal(action(after, 'seek')?.toMs, 10_900 + 800, 'with the lead it taught');
  const third = steps(html5, after.state, ticks(10, { rev: 'next', errorMs: -700 }, 11_300));
  assert.equal(action(third, 'seek'), undefined);
});

test('nothing is read in the first moments of moving, and the same moment is not read twice', () => {
  const started = { ...settled(), movingSince: null };
  const early = steps(html5, started, [0, 40, 80, 120, 140].map((t) => look({ now: 10_000 + t, errorMs: 60 })));
  assert.equal(rateOf(early), 1);
  assert.equal(early.errorMs, null);
  assert.equal(early.wakeInMs, 10);
  const crowd = steps(html5, early.state, [0, 0.1, 0.2, 5].map((t) => look({ now: 10_160 + t, errorMs: 60 })));
  assert.equal(crowd.errorMs, null);
});

test('somebody’s seek is followed at once', () => {
  const d = html5.step(settled(), look({ rev: 'next', errorMs: -60_000 }));
  assert.ok(action(d, 'seek'));
});

test('the dead band is never under twice this player’s noise', () => {
  const noisy = { ...settled(), noiseMs: 10 };
  assert.ok(steps(html5, noisy, ticks(3, { errorMs: 21.5 })).inStep);
  assert.ok(!steps(html5, noisy, ticks(3, { errorMs: 22 })).inStep);
});

test('half a step of the screen is near enough', () => {
  assert.ok(held(-10.2, { grainMs: 16.7 }).inStep);
  assert.ok(!held(-10.5, { grainMs: 16.7 }).inStep);
});

test('noise is measured from the readings', () => {
  const looks = Array.from({ length: 200 }, (_, i) => look({ now: 10_000 + i * 100, errorMs: i % 2 ? 6 : -6 }));
  const d = steps(html5, settled(), looks);
  assert.ok(d.state.noiseMs > 4, String(d.state.noiseMs));
});

test('two corrections that change nothing double the dead band', () => {
  const d = steps(html5, settled(), ticks(60, { errorMs: 100 }));
  assert.equal(d.state.factor, 2);
});

test('a minute in step takes a widened band back', () => {
  const d = steps(html5, { ...settled(), factor: 2 }, ticks(605, { errorMs: 0 }));
  assert.equal(d.state.factor, 1);
});

test('a hidden page corrects nothing under a second', () => {
  const d = held(-900, { hidden: true });
  assert.equal(rateOf(d), 1);
  assert.equal(action(d, 'seek'), undefined);
  assert.ok(action(held(-1100, { hidden: true }), 'seek'));
});

test('a pause stops, then stands exactly on the room’s position', () => {
  const moving = html5.step(settled(), look({ phase: 'paused', holdMs: 5000, rev: 'p' }));
  assert.ok(action(moving, 'pause'));
  const still = html5.step(moving.state, look({ phase: 'paused', holdMs: 5000, rev: 'p', state: 'paused', positionMs: 5012 }));
  assert.equal(action(still, 'seek').toMs, 5000);
  const exact = html5.step(still.state, look({ phase: 'paused', holdMs: 5000, rev: 'p', state: 'paused', positionMs: 5000 }));
  assert.equal(action(exact, 'seek'), undefined);
  assert.ok(exact.inStep && exact.ready);
});

test('a player that will not stand exactly is not asked for ever', () => {
  const d = steps(html5, settled(), ticks(10, { phase: 'paused', holdMs: 5000, rev: 'p', state: 'paused', positionMs: 5040 }));
  assert.equal(action(d, 'seek'), undefined);
  assert.equal(d.errorMs, 40);
});

test('a scheduled start is played early by what starting takes', () => {
  const early = { ...settled(), startMs: 80, rev: 'play' };
  const before = html5.step(early, look({ now: 10_000, startAt: 10_200, rev: 'play', state: 'paused', positionMs: 0 }));
  assert.equal(action(before, 'play'), undefined);
  assert.equal(before.wakeInMs, 120);
  const due = html5.step(before.state, look({ now: 10_120, startAt: 10_200, rev: 'play', state: 'paused', positionMs: 0 }));
  assert.ok(action(due, 'play'));
});

test('a late joiner seeks ahead, waits for the timeline, then plays', () => {
  const s = { ...html5.initial(), leadMs: 200, leadKnown: true, startMs: 50 };
  const first = html5.step(s, look({ now: 60_000, state: 'paused', positionMs: 0 }));
  const { toMs } = action(first, 'seek');
  assert.ok(toMs > 60_000 && toMs < 60_500);
  const there = html5.step(first.state, look({ now: 60_150, state: 'paused', positionMs: toMs }));
  assert.equal(action(there, 'play'), undefined);
  const go = html5.step(there.state, look({ now: 60_150 + there.wakeInMs, state: 'paused', positionMs: toMs }));
  assert.ok(action(go, 'play'));
});

test('who comes and is a little late plays and runs after it: a seek would show the picture later', () => {
  const at = (/** @type {number} */ behindMs, /** @type {object} */ more = {}) => html5.step({ ...html5.initial(), ...more }, look({ now: 60_000, state: 'paused', positionMs: 60_040 - behindMs }));
  assert.ok(action(at(160), 'play'));
  assert.equal(action(at(160), 'seek'), undefined);
  assert.ok(action(at(161), 'seek'));
  const moved = { ...settled(), playAt: 60_000, playFromMs: 60_000, lastAt: 60_000 };
  const { lateMs } = html5.step({ ...moved, lateMs: html5.initial().lateMs }, look({ now: 60_100, errorMs: 0 })).state;
  assert.ok(action(at(120, { lateMs }), 'play'));
  assert.ok(action(at(121, { lateMs }), 'seek'), 'who was seen moving is to be exact');
});

test('stalls, loading and the end of the video lead to no action', () => {
  for (const state of ['buffering', 'loading', 'seeking', 'ad']) {
    const d = html5.step(settled(), look({ state, errorMs: -5000 }));
    assert.deepEqual(d.actions.filter((a) => a.do !== 'rate'), [], state);
  }
  const over = html5.step(settled(), look({ now: 700_000, state: 'ended', positionMs: 600_000 }));
  assert.deepEqual(over.actions, []);
});

test('a stream is sought only where a file would have been long before', () => {
  const streaming = { ...hls.initial(), rev: 'r', commandAt: 0, lastAt: 0, movingSince: 0 };
  assert.equal(action(steps(hls, streaming, ticks(3, { errorMs: -1900 })), 'seek'), undefined);
  assert.ok(action(steps(hls, streaming, ticks(3, { errorMs: -2100 })), 'seek'));
  assert.equal(action(hls.step(streaming, look({ rev: 'next', errorMs: -400 })), 'seek'), undefined);
  assert.ok(action(hls.step(streaming, look({ rev: 'next', errorMs: -600 })), 'seek'));
});

test('the state that comes in is left as it was', () => {
  const s = Object.freeze({ ...settled(), errors: Object.freeze([1, 2, 3]), failures: Object.freeze([]) });
  assert.doesNotThrow(() => html5.step(s, look({ errorMs: 50 })));
});
