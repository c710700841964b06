import test from 'node:test';
import assert from 'node:assert/strict';
import { PositionReader } from '../../../static/js/players/position.js';

/** Twelve frames of 60 a second; `clock` tells what the media clock says at a time. */
function seen(clock, { rate = 1, late = 0 } = {}) {
  const reader = new PositionReader();
  for (let i = 0; i < 12; i++) {
    const at = (1000 * i) / 60;
    reader.see({ positionMs: at * rate, at: at + (i === 11 ? late : 0), clockMs: clock(at), clockAt: at }, rate);
  }
  return reader;
}
const NOW = 190;

test('an even media clock is believed, to the fraction', () => {
  assert.deepEqual(seen((t) => t + 3).read(193.4, NOW, 1), { positionMs: 193.4, at: NOW, grainMs: 0 });
});

test('so it is before anything is known, and at another rate', () => {
  assert.equal(new PositionReader().read(5, NOW, 1).positionMs, 5);
  assert.equal(seen((t) => t * 1.5, { rate: 1.5 }).read(285, NOW, 1.5).grainMs, 0);
});

test('where the media clock moves in steps the frames are believed, in steps of the screen', () => {
  const read = seen((t) => Math.floor(t / 40) * 40).read(160, NOW, 1);
  assert.ok(Math.abs(read.positionMs - read.at) < 1e-9);
  assert.ok(Math.abs(read.grainMs - 1000 / 60) < 0.01);
});

test('a frame that reached the screen late does not count as being behind', () => {
  const read = seen((t) => Math.floor(t / 40) * 40, { late: 5 }).read(160, NOW, 1);
  assert.ok(Math.abs(read.positionMs - read.at) < 1e-9);
});

test('frames of a picture that stood are too old to tell anything', () => {
  assert.equal(seen((t) => Math.floor(t / 40) * 40).read(160, NOW + 200, 1).positionMs, 160);
});

/** A film of so many pictures a second, of which a screen showed every n-th. */
function showing(fps, every, count = 40) {
  const reader = new PositionReader();
  for (let i = 0; i < count; i++) reader.show(((i % 10 === 9 ? i * every + 1 : i * every) * 1000) / fps, i);
  return reader;
}

test('the picture on the screen, and how long one is, also where the screen leaves pictures out', () => {
  for (const every of [1, 2]) {
    const picture = showing(60, every).picture((39 * every * 1000) / 60);
    assert.ok(picture);
    assert.ok(Math.abs(picture.fromMs - ((39 * every + 1) * 1000) / 60) < 1e-6);
    assert.ok(Math.abs(picture.lengthMs - 1000 / 60) < 1e-6, `every ${every}`);
    assert.equal(picture.shownAt, 39);
  }
});

test('nothing is said of the picture before some were seen, of slides, and when the player is far from it', () => {
  assert.equal(showing(60, 1, 20).picture((19 * 1000) / 60), null);
  assert.equal(showing(5, 1).picture(39 * 200), null);
  assert.equal(showing(60, 1).picture(40_000), null);
});

test('a page too busy to hear of its last pictures still knows where they begin', () => {
  const shownMs = (40 * 1000) / 60;
  assert.deepEqual(showing(60, 1).picture(shownMs + 149)?.fromMs, shownMs);
  assert.equal(showing(60, 1).picture(shownMs + 151), null);
});

test('how often the screen changes is seen from its refreshes, whatever the film; a page that was held up is no quick screen', () => {
  const told = (/** @type {number[]} */ refreshes) => {
    const reader = showing(24, 1);
    for (const at of refreshes) reader.refresh(at);
    return reader.picture((39 * 1000) / 24)?.screenMs;
  };
  assert.equal(told([]), 1000 / 60);
  assert.equal(told([100, 108, 116, 124]), 8);
  assert.equal(told([100, 133, 133.5, 150]), 16.5);
});
