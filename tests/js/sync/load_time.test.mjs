// How far ahead a late joiner asks for a file: as long as files took to load here lately.
import test from 'node:test';
import assert from 'node:assert/strict';
import { LoadTime } from '../../../static/js/sync/load_time.js';
import { look } from './looks.mjs';

const reading = (/** @type {object} */ more) => /** @type {any} */ (look(more)).reading;
const making = (/** @type {unknown} */ known) => {
  /** @type {number[]} */
  const kept = [];
  return { kept, load: new LoadTime({ known, keep: (ms) => kept.push(ms) }) };
};

test('what loading took is learned and kept, half of it at a time', () => {
  const { load, kept } = making(null);
  assert.equal(load.begin(1000), 350, 'a first guess, and a little to spare');
  load.look(null, 1010);
  load.look(reading({ state: 'loading' }), 1100);
  load.look(reading({ state: 'seeking' }), 1200);
  load.look(reading({ state: 'paused', ready: false }), 1250);
  assert.deepEqual(kept, []);
  load.look(reading({ state: 'paused' }), 1500);
  assert.deepEqual(kept, [400]);
  load.look(reading({ state: 'playing' }), 9000);
  assert.deepEqual(kept, [400], 'once for each');
  assert.equal(load.begin(9000), 450);
});

test('what was not waited for to its end teaches nothing, and nobody asks for more than three seconds ahead', () => {
  const { load, kept } = making(2900);
  load.begin(0);
  load.forget();
  load.look(reading({ state: 'paused' }), 60_000);
  assert.deepEqual(kept, []);
  load.begin(0);
  load.look(reading({ state: 'paused' }), 60_000);
  assert.deepEqual(kept, [3000]);
});

test('what was kept is believed if it can be true', () => {
  for (const known of [null, undefined, 'x', -1, 3001, NaN, {}]) assert.equal(making(known).load.begin(0), 350);
  assert.equal(making(0).load.begin(0), 50);
  assert.equal(making(3000).load.begin(0), 3050);
});
