import assert from 'node:assert/strict';
import { test } from 'node:test';
import { feeds_of } from '../../static/js/models/feeds.js';

const stored = (id, more = {}) => ({ id, name: `stream ${id}`, kind: 'feed', owner_name: 'Ada', mine: true, ended: false, ...more });
const runs = (id, more = {}) => ({ id, online: true, viewers: 2, ...more });

test('a stream is told as it is now, somebody else’s with their name', () => {
  const list = feeds_of([stored(1), stored(2), stored(3, { ended: true }), stored(4, { mine: false })], [runs(1), runs(2, { online: false })]);
  assert.deepEqual(list.map(({ id, state }) => [id, state]), [[1, 'live'], [2, 'away'], [3, 'ended'], [4, 'silent']]);
  assert.deepEqual(list.map(({ text }) => text), ['Live · 2 watching', 'Cut off, waiting for it', 'Ended', 'Nothing is sent · Ada']);
});

test('what somebody else’s page sends is there while it runs', () => {
  const camera = stored(7, { kind: 'camera', mine: false });
  assert.deepEqual(feeds_of([camera], []), []);
  assert.equal(feeds_of([camera], [runs(7)])[0].text, 'Live · 2 watching · Ada');
  assert.deepEqual(feeds_of([{ ...camera, mine: true }], [runs(7)]), [], 'one’s own is ended by its own button');
});
