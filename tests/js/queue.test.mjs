import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueueModel, action_text, item_title, link_words, place_after_move, SkipGuard } from '../../static/js/models/queue.js';

const item = (id, title = '') => ({ id, media: { kind: 'file', url: `https://example.org/films/${id}%20x.mp4` }, title, by: '2', name: 'Ben' });

test('an item without a title is called by the end of its link', () => {
  assert.equal(item_title(item(1, 'A film')), 'A film');
  assert.equal(item_title(item(1)), '1 x.mp4');
  assert.equal(link_words('https://www.youtube.com/watch?v=dQw4w9WgXcQ'), 'YouTube video dQw4w9WgXcQ');
  assert.equal(link_words('https://example.org/'), 'example.org');
  assert.equal(link_words('https://example.org/%E0%A4%A'), 'https://example.org/%E0%A4%A');
});

test('moving by places says what the item then stands before', () => {
  const items = [item(1), item(2), item(3)];
  assert.equal(place_after_move(items, 1, 1), 3);
  assert.equal(place_after_move(items, 1, 2), null);
  assert.equal(place_after_move(items, 3, -1), 2);
  assert.equal(place_after_move(items, 3, -3), 1);
  assert.equal(place_after_move(items, 1, -1), undefined);
  assert.equal(place_after_move(items, 3, 1), undefined);
  assert.equal(place_after_move(items, 9, 1), undefined);
});

test('an older state of the queue is not taken; a welcome always is', () => {
  const model = new QueueModel();
  const queue = (rev) => ({ rev, items: [item(rev)], autoplay: true, loop: 'off', votes: [], votes_needed: 1 });
  model.apply(queue(5));
  model.apply(queue(4));
  assert.equal(model.now.rev, 5);
  model.apply({ ...queue(5), votes: ['2'] });
  assert.deepEqual(model.now.votes, ['2']);
  model.welcome({ queue: queue(1), actions: [] });
  assert.equal(model.now.rev, 1);
});

test('every kind of step has words, the newest first', () => {
  const model = new QueueModel();
  const step = (id, what, detail = '') => ({ id, what, by: '2', name: 'Ben', detail, at_ms: 0, can_undo: true });
  model.steps([step(1, 'video', 'https://example.org/a.mp4'), step(2, 'jumped', '600000')]);
  assert.deepEqual(model.actions.map((one) => one.id), [2, 1]);
  assert.equal(action_text(model.actions[0], 'Ben'), 'Ben jumped to 10:00');
  assert.equal(action_text(model.actions[1], 'Ben'), 'Ben chose a.mp4');
  const words = ['cleared', 'skipped', 'item_removed', 'queue_cleared', 'queue_shuffled', 'undone'].map((what) => action_text(step(3, what, 'https://example.org/a.mp4'), 'Ben'));
  assert.equal(new Set(words).size, words.length);
});

test('a skip in the moment in which somebody else has changed the video is not meant for the next one', () => {
  const guard = new SkipGuard();
  const plays = (url, by) => ({ media: url ? { kind: 'file', url } : null, by });
  guard.saw(plays('a', '2'), '1', 0);
  assert.equal(guard.meant(0), true, 'what was there when the page came has not changed');
  guard.saw(plays('a', '2'), '1', 10);
  assert.equal(guard.meant(10), true, 'a pause is no other video');
  guard.saw(plays('b', '1'), '1', 1_000);
  assert.equal(guard.meant(1_000), true, 'one may skip on and on');
  guard.saw(plays('c', '2'), '1', 2_000);
  assert.equal(guard.meant(2_699), false);
  assert.equal(guard.meant(2_700), true);
  guard.saw(plays('', '2'), '1', 3_000);
  assert.equal(guard.meant(3_000), false);
  guard.saw(plays('d', '2'), '1', 4_000);
  assert.equal(guard.meant(4_000), true, 'on an empty stage there was nothing to skip');
});
