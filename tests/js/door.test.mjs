import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Door } from '../../static/js/models/door.js';
import { door_words } from '../../static/js/views/door.js';
import { ago_text } from '../../static/js/lib/ago.js';
import { spelled_words } from '../../static/js/lib/spelling.js';

/** A door whose answers come when the test says so. */
function rig() {
  const entered = [];
  const knocks = [];
  const door = new Door({
    enter: (password) => entered.push(password ?? null),
    knock: (on) => new Promise((answer) => knocks.push({ on, answer: async (reply) => { answer(reply); await null; await null; } })),
  });
  return { door, entered, knocks };
}
const stopped = (code, more = {}) => ({ type: 'error', code, message: '', ...more });

test('a password is asked for, given, and asked for again when it was wrong', () => {
  const { door, entered } = rig();
  door.stopped(stopped('password_needed'));
  assert.deepEqual([door.state, door.note], ['password', '']);
  door.give('coffee');
  assert.equal(door.state, 'checking');
  door.give('twice at once');
  door.stopped(stopped('wrong_password'));
  assert.deepEqual([door.state, door.note], ['password', 'wrong']);
  door.give('tea time');
  assert.deepEqual(entered, ['coffee', 'tea time']);
  door.stopped(stopped('slow_down', { retry_ms: 60_000 }));
  assert.deepEqual([door.state, door.note, door.retry_ms], ['password', 'slow_down', 60_000]);
  door.opened();
  assert.equal(door.state, 'none');
});

test('who asks waits, and joins when let in', async () => {
  const { door, entered, knocks } = rig();
  door.stopped(stopped('ask_first'));
  assert.equal(door.state, 'ask');
  void door.knock();
  assert.equal(door.state, 'asking');
  await knocks[0].answer({ type: 'ok', ref: 'r1' });
  assert.equal(door.state, 'asking');
  door.answered({ on: true });
  assert.deepEqual([door.state, entered], ['checking', [null]]);
});

test('a reconnect while waiting asks again by itself, and nothing else does', async () => {
  const { door, knocks } = rig();
  door.stopped(stopped('ask_first'));
  door.stopped(stopped('ask_first'));
  assert.equal(knocks.length, 0);
  void door.knock();
  await knocks[0].answer({ type: 'error', ref: 'r1', code: 'connection_lost', message: '' });
  assert.equal(door.state, 'asking');
  door.stopped(stopped('ask_first'));
  assert.equal(knocks.length, 2);
  assert.equal(door.state, 'asking');
});

test('every other answer leads back to asking, with its reason', async () => {
  for (const why of ['refused', 'nobody', 'cancelled']) {
    const { door, entered } = rig();
    door.stopped(stopped('ask_first'));
    void door.knock();
    door.answered({ on: false, why });
    assert.deepEqual([door.state, door.note, entered], ['ask', why, []]);
  }
  const { door, entered, knocks } = rig();
  door.stopped(stopped('ask_first'));
  void door.knock();
  await knocks[0].answer(stopped('slow_down', { ref: 'r', retry_ms: 5_000 }));
  assert.deepEqual([door.state, door.note, door.retry_ms], ['ask', 'slow_down', 5_000]);
  void door.knock();
  await knocks[1].answer(stopped('slow_down', { ref: 'r', detail: 'askers', retry_ms: 60_000 }));
  assert.equal(door.note, 'askers');
  // What was answered while this page slept.
  for (const [i, why] of ['refused', 'nobody', 'cancelled'].entries()) {
    void door.knock();
    await knocks[2 + i].answer(stopped('slow_down', { ref: 'r', detail: why, retry_ms: 9_000 }));
    assert.deepEqual([door.state, door.note, door.retry_ms], ['ask', why === 'cancelled' ? 'slow_down' : why, 9_000]);
  }
  void door.knock();
  door.answered({ on: false, why: 'changed' });  // another access: look what it is
  assert.deepEqual([door.state, entered], ['checking', [null]]);
});

test('cancelling is told to the server, and a late answer changes nothing', () => {
  const { door, knocks, entered } = rig();
  door.cancel();
  door.stopped(stopped('ask_first'));
  void door.knock();
  door.cancel();
  assert.deepEqual([door.state, knocks.map((k) => k.on)], ['ask', [true, false]]);
  door.answered({ on: true });
  assert.deepEqual([door.state, entered], ['ask', []]);
});

test('the words say what to do, and what went wrong', () => {
  const words = (state, note = '', retry_ms = 0) => door_words({ state, note, retry_ms }, 'Room K7QM-3XFD', 'Ann');
  assert.equal(words('asking').title, 'Asking to join Room K7QM-3XFD…');
  assert.match(words('asking').text, /Waiting for somebody to let you in.*Ann/);
  assert.match(words('password', 'wrong').note, /not the password/);
  assert.match(words('password', 'slow_down', 45_000).note, /45 seconds/);
  assert.match(words('ask', 'slow_down', 900).note, /1 second /);
  assert.equal(words('account').title, 'You need an account');
  for (const state of ['password', 'checking', 'account', 'ask', 'asking']) for (const note of ['', 'cancelled']) assert.equal(words(state, note).note, '');
});

test('a code is spelled in words, letter by letter', () => {
  assert.deepEqual(spelled_words('K7QM'), [{ letter: 'K', word: 'Kilo' }, { letter: '7', word: 'Seven' }, { letter: 'Q', word: 'Quebec' }, { letter: 'M', word: 'Mike' }]);
  const all = spelled_words('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
  assert.equal(all.length, 32);
  for (const { letter, word } of all.slice(10)) assert.equal(word[0], letter);
});

test('how long ago is said in the reader’s language', () => {
  const now = Date.UTC(2026, 5, 1, 12);
  const ago = (ms, locale = 'en') => ago_text(now - ms, now, locale);
  assert.equal(ago(5_000), 'now');
  assert.equal(ago(5 * 60_000), '5 minutes ago');
  assert.equal(ago(59.9 * 60_000), '59 minutes ago');
  assert.equal(ago(3_600_000), '1 hour ago');
  assert.equal(ago(26 * 3_600_000), 'yesterday');
  assert.equal(ago(15 * 86_400_000), '2 weeks ago');
  assert.equal(ago(400 * 86_400_000), 'last year');
  assert.equal(ago(-5_000), 'now');
  assert.equal(ago(5 * 60_000, 'de'), 'vor 5 Minuten');
});
