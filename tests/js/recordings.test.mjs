import assert from 'node:assert/strict';
import { test } from 'node:test';
import { is_recorded, may_record, Recordings } from '../../static/js/models/recordings.js';

const recording = (more = {}) => ({ by: '8', name: 'Ben', since_ms: 1_000, ...more });
const stream = (id, more = {}) => ({ id, kind: 'feed', room_video: false, title: 'Garden', publisher: '7', name: 'Ada', width: 0, height: 0, fps: 0, sound: true, online: true, viewers: 0, forms: ['ts', 'hls'], ...more });
const said = (steps) => steps.map(({ what, stream: { id }, by, name, why }) => [what, id, by, name, why].filter((part) => part !== ''));

test('what is recorded already when somebody comes is to be seen, and no news', () => {
  const model = new Recordings();
  assert.deepEqual(model.apply([stream(1, { recording: recording() })]), []);
  assert.deepEqual(model.apply([stream(1, { recording: recording() })]), []);
});

test('a recording begins, is kept when somebody ends it or its stream ends, and begins again', () => {
  const model = new Recordings();
  model.apply([stream(1), stream(2)]);
  assert.deepEqual(said(model.apply([stream(1, { recording: recording() }), stream(2)])), [['began', 1, '8', 'Ben']]);
  assert.deepEqual(said(model.apply([stream(1), stream(2, { recording: recording() })])), [['began', 2, '8', 'Ben'], ['kept', 1, '8', 'Ben']]);
  assert.deepEqual(said(model.apply([stream(1)])), [['kept', 2, '8', 'Ben']]);
  assert.deepEqual(model.apply([stream(1)]), []);
});

test('one that breaks off says why, once, and the next one is another', () => {
  const model = new Recordings();
  model.apply([stream(1)]);
  model.apply([stream(1, { recording: recording() })]);
  const broken = stream(1, { recording: recording({ ended: 'disk_full' }) });
  assert.equal(is_recorded(broken), false);
  assert.deepEqual(said(model.apply([broken])), [['broke', 1, '8', 'Ben', 'disk_full']]);
  assert.deepEqual(model.apply([broken]), []);
  assert.deepEqual(said(model.apply([stream(1, { recording: recording({ since_ms: 2_000 }) })])), [['began', 1, '8', 'Ben']]);
  // Between two messages one ended and another began.
  assert.deepEqual(said(model.apply([stream(1, { recording: recording({ since_ms: 3_000 }) })])), [['began', 1, '8', 'Ben']]);
});

test('whoever may manage a stream may record it, with an account', () => {
  const room = /** @type {any} */ ({ grants: { moderator: ['go_live', 'edit_room'], member: ['go_live'], guest: ['go_live'] } });
  const person = (id, role, kind = 'account') => /** @type {any} */ ({ id, role, kind });
  const own = stream(1);
  assert.equal(may_record(room, person('7', 'member'), own), true);
  assert.equal(may_record(room, person('9', 'member'), own), false);
  assert.equal(may_record(room, person('9', 'moderator'), own), true);
  assert.equal(may_record(room, person('9', 'owner'), own), true);
  assert.equal(may_record(room, person('7', 'guest', 'guest'), own), false, 'guests have no library');
  assert.equal(may_record({ ...room, grants: { member: [] } }, person('7', 'member'), own), false);
  assert.equal(may_record(room, person('7', 'member'), null), false);
  assert.equal(may_record(room, undefined, own), false);
  assert.equal(may_record(null, person('7', 'member'), own), false);
  for (const forms of [undefined, ['mjpeg']]) assert.equal(may_record(room, person('7', 'member'), stream(1, { forms })), false, 'pictures of a desktop program');
});
