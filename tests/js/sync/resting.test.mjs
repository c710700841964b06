// Stopping on a picture: where somebody who pauses stops everybody, and who needs a seek for it.
import test from 'node:test';
import assert from 'node:assert/strict';
import * as html5 from '../../../static/js/sync/html5_controller.js';
import { stopAt } from '../../../static/js/sync/resting.js';
import { action, look } from './looks.mjs';

const PICTURE = { fromMs: 5000, lengthMs: 40 };
const reading = (/** @type {object} */ more) => ({ .../** @type {any} */ (look({})).reading, state: 'playing', picture: PICTURE, ...more });
const paused = (/** @type {object} */ more) => look({ phase: 'paused', rev: 'p', holdMs: 5028, ...more });
/** The decisions of a player that stands, 100 ms apart. */
function standing(/** @type {object} */ more) {
  const first = html5.step(html5.initial(), paused({ state: 'paused', now: 10_000, ...more }));
  return [first, html5.step(first.state, paused({ state: 'paused', now: 10_100, ...more }))];
}

test('who pauses names a place early in the first picture that the news can reach', () => {
  assert.equal(stopAt(4990, reading({}), 10), 5008);
  assert.equal(stopAt(4997, reading({}), 10), 5008);
  assert.equal(stopAt(4999, reading({}), 10), 5048);
  assert.equal(stopAt(5019, reading({ picture: undefined }), 10), 5019, 'no pictures known: where the room is');
  assert.equal(stopAt(5019, reading({ state: 'paused' }), 10), 5019);
  assert.equal(stopAt(5019, null, 10), 5019);
});

test('who hears of it in time plays on to there, and then stops', () => {
  const early = html5.step(html5.initial(), paused({ positionMs: 5018, at: 10_000, picture: PICTURE }));
  assert.equal(action(early, 'pause'), undefined);
  assert.equal(early.wakeInMs, 10);
  assert.ok(action(html5.step(early.state, paused({ positionMs: 5028, picture: PICTURE })), 'pause'));
  assert.ok(action(html5.step(html5.initial(), paused({ positionMs: 5060, picture: PICTURE })), 'pause'), 'it is over');
  assert.ok(action(html5.step(html5.initial(), paused({ positionMs: 4800, picture: PICTURE })), 'pause'), 'that is no news on its way, that is somebody far behind');
  assert.ok(action(html5.step(html5.initial(), paused({ positionMs: 5018 })), 'pause'), 'a player that tells no pictures stops at once');
});

test('a player that shows the picture of the position needs no seek, once it has had time to tell', () => {
  const [first, second] = standing({ positionMs: 5035, picture: PICTURE });
  assert.deepEqual([action(first, 'seek'), first.ready], [undefined, false]);
  assert.deepEqual([action(second, 'seek'), second.ready, second.inStep, second.errorMs], [undefined, true, true, 0]);
});

test('a player that shows another picture seeks, even where its position is right', () => {
  for (const fromMs of [4960, 5040]) {
    const [, second] = standing({ positionMs: 5028, picture: { ...PICTURE, fromMs } });
    assert.equal(action(second, 'seek').toMs, 5028);
    const after = html5.step(second.state, paused({ state: 'paused', now: 10_200, positionMs: 5028, picture: { ...PICTURE, fromMs } }));
    assert.ok(after.ready, 'who came by a seek shows the right one, though nothing told of it yet');
  }
});

test('a player that stands more than a picture away seeks at once, whatever it told last', () => {
  const [first] = standing({ positionMs: 5069, picture: PICTURE });
  assert.equal(action(first, 'seek').toMs, 5028);
  const [wait] = standing({ positionMs: 5067, picture: PICTURE });
  assert.equal(action(wait, 'seek'), undefined);
});

test('a live stream, and a video at its end, are not sought for their picture', () => {
  const [, live] = standing({ positionMs: 5028, edgeMs: 9000, picture: { ...PICTURE, fromMs: 4960 } });
  assert.deepEqual([action(live, 'seek'), live.ready], [undefined, true]);
  const end = { state: 'ended', positionMs: 5028, durationMs: 5028, holdMs: 6000, picture: { fromMs: 5000, lengthMs: 40 } };
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
