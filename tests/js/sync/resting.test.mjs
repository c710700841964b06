// Stopping on a picture: where somebody who pauses stops everybody, and who needs a seek for it.
import test from 'node:test';
import assert from 'node:assert/strict';
import * as html5 from '../../../static/js/sync/html5_controller.js';
import { stopAt } from '../../../static/js/sync/resting.js';
import { action, look } from './looks.mjs';

/** 25 pictures a second on a screen that changes 50 times: this one came 10 ms ago. */
const PICTURE = { fromMs: 5000, lengthMs: 40, shownAt: 9_990, screenMs: 20 };
const reading = (/** @type {object} */ more) => ({ .../** @type {any} */ (look({})).reading, state: 'playing', picture: PICTURE, ...more });
const paused = (/** @type {object} */ more) => look({ phase: 'paused', rev: 'p', holdMs: 5060, ...more });
/** The decisions of a player that stands, 100 ms apart. */
function standing(/** @type {object} */ more) {
  const first = html5.step(html5.initial(), paused({ state: 'paused', now: 10_000, ...more }));
  return [first, html5.step(first.state, paused({ state: 'paused', now: 10_100, ...more }))];
}

test('who pauses names the middle of the first picture that the news can reach in time', () => {
  // To stop on the picture of 5040, due at 10 030, pause() is called from 10 010 on; timers are late, so at 10 018.
  assert.equal(stopAt(5010, reading({}), 10_000, 10, 1), 5060);
  assert.equal(stopAt(5010, reading({}), 10_008, 10, 1), 5060);
  assert.equal(stopAt(5010, reading({}), 10_009, 10, 1), 5100);
  assert.equal(stopAt(5010, reading({}), 10_000, 10, 2), 5100, 'twice as fast pictures last half as long');
  assert.equal(stopAt(5019, reading({ picture: undefined }), 10_000, 10, 1), 5019, 'no pictures known: where the room is');
  assert.equal(stopAt(5019, reading({ state: 'paused' }), 10_000, 10, 1), 5019);
  assert.equal(stopAt(5019, null, 10_000, 10, 1), 5019);
});

test('who hears of it in time plays on to there, and then stops', () => {
  const playing = (/** @type {number} */ now, /** @type {object} */ more = {}) => html5.step(html5.initial(), paused({ positionMs: 5010 + now - 10_000, now, at: now, picture: PICTURE, ...more }));
  const does = (/** @type {any} */ decision) => decision.actions.map((/** @type {{do: string}} */ one) => one.do).filter((/** @type {string} */ name) => name !== 'rate');
  assert.deepEqual(does(playing(10_000)), []);
  assert.equal(playing(10_000).wakeInMs, 18);
  assert.deepEqual(does(playing(10_018)), ['pause']);
  assert.deepEqual(does(playing(10_050)), ['pause'], 'the last moment');
  assert.deepEqual(does(playing(10_051)), ['pause', 'seek'], 'the next picture is on its way: that is known without looking');
  assert.equal(playing(9_868, { holdMs: 5060 }).wakeInMs, 150);
  assert.deepEqual(does(playing(9_867, { holdMs: 5060 })), ['pause'], 'that is no news on its way, that is somebody far behind');
  assert.deepEqual(does(playing(10_000, { picture: undefined })), ['pause'], 'a player that tells no pictures stops at once');
  assert.deepEqual(does(playing(10_051, { edgeMs: 9000 })), ['pause'], 'a live stream is not sought');
});

test('a player that shows the picture of the position needs no seek, once it has had time to tell', () => {
  const [first, second] = standing({ positionMs: 5035, picture: { ...PICTURE, fromMs: 5040 } });
  assert.deepEqual([action(first, 'seek'), first.ready], [undefined, false]);
  assert.deepEqual([action(second, 'seek'), second.ready, second.inStep, second.errorMs], [undefined, true, true, 0]);
});

test('a player that shows another picture seeks, even where its position is right', () => {
  for (const fromMs of [5000, 5080]) {
    const [, second] = standing({ positionMs: 5060, picture: { ...PICTURE, fromMs } });
    assert.equal(action(second, 'seek').toMs, 5060);
    const after = html5.step(second.state, paused({ state: 'paused', now: 10_200, positionMs: 5060, picture: { ...PICTURE, fromMs } }));
    assert.ok(after.ready, 'who came by a seek shows the right one, though nothing told of it yet');
  }
});

test('a player that stands further away than a stop can be off seeks at once, whatever it told last', () => {
  const there = { picture: { ...PICTURE, fromMs: 5040 } };
  const [first] = standing({ positionMs: 5060 - 80, ...there });
  assert.equal(action(first, 'seek').toMs, 5060);
  const [wait] = standing({ positionMs: 5060 - 79, ...there });
  assert.equal(action(wait, 'seek'), undefined);
});

test('a live stream, and a video at its end, are not sought for their picture', () => {
  const [, live] = standing({ positionMs: 5060, edgeMs: 9000, picture: { ...PICTURE, fromMs: 4960 } });
  assert.deepEqual([action(live, 'seek'), live.ready], [undefined, true]);
  const end = { state: 'ended', positionMs: 5028, durationMs: 5028, holdMs: 6000, picture: PICTURE };
  const first = html5.step(html5.initial(), paused({ now: 10_000, ...end }));
  const second = html5.step(first.state, paused({ now: 10_100, ...end }));
  assert.deepEqual([action(second, 'seek'), second.ready], [undefined, true]);
});

test('from inside the picture the start needs no seek either', () => {
  const start = html5.step({ ...html5.initial(), startMs: 10 }, look({ state: 'paused', rev: 's', holdMs: 5028, startAt: 12_000, positionMs: 5035, picture: PICTURE }));
  assert.equal(action(start, 'seek'), undefined);
  const far = html5.step({ ...html5.initial(), startMs: 10 }, look({ state: 'paused', rev: 's', holdMs: 5028, startAt: 12_000, positionMs: 5045, picture: { ...PICTURE, fromMs: 5040 } }));
  assert.equal(action(far, 'seek').toMs, 5028);
});
