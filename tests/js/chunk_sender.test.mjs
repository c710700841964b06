// Publishing from a page: pieces go out one at a time, each until it is taken, and nothing waits longer than ten seconds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHUNK_BYTES_MAX, ChunkSender, RECORDINGS, WAITING_MS_MAX, recording_of } from '../../static/js/models/chunk_sender.js';
import { chase, live_form } from '../../static/js/models/live_form.js';

const settled = () => new Promise((done) => setImmediate(done));

function rig() {
  const posts = [];
  const timers = [];
  let now = 0;
  let sessions = 0;
  const sender = new ChunkSender({
    post: (session, seq, chunk, last) => new Promise((answer) => posts.push({ session, seq, bytes: chunk.size, last, answer: async (status, more = {}) => { answer({ status, ...more }); await settled(); } })),
    later: (task, ms) => { timers.push({ task, ms }); return timers.length; }, cancel: () => {}, now: () => now, draw_session: () => `session-${++sessions}`,
  });
  const anew = [];
  sender.on('anew', () => anew.push(now));
  return { sender, posts, timers, anew, at: (ms) => { now = ms; }, piece: (bytes = 10) => new Blob([new Uint8Array(bytes)]) };
}

test('pieces go out in order, the next when the one before was taken; the last one ends it', async () => {
  const { sender, posts, piece } = rig();
  sender.push(piece());
  assert.equal(posts.length, 0, 'nothing was begun');
  sender.begin();
  for (let i = 0; i < 3; i++) sender.push(piece());
  sender.push(new Blob([]));
  assert.deepEqual(posts.map(({ session, seq }) => [session, seq]), [['session-1', 0]], 'an empty piece is none');
  await posts[0].answer(204);
  await posts[1].answer(200);
  sender.push(new Blob([]), true);
  await posts[2].answer(204);
  assert.deepEqual([posts[3].seq, posts[3].last, sender.state], [3, true, 'live']);
  await posts[3].answer(204);
  assert.deepEqual([sender.state, sender.reason], ['over', '']);
});

test('while the line is away the same piece is sent again, later each time, for ten seconds', async () => {
  const { sender, posts, timers, at, piece } = rig();
  sender.begin();
  sender.push(piece());
  await posts[0].answer(0);
  assert.equal(sender.state, 'behind');
  timers[0].task();
  await posts[1].answer(503);
  assert.ok(timers[1].ms > timers[0].ms);
  at(WAITING_MS_MAX);
  timers[1].task();
  assert.equal(posts[2].seq, 0, 'ten seconds are not too long');
  await posts[2].answer(204);
  assert.equal(sender.state, 'live');
  sender.push(piece());
  await posts[3].answer(0);
  at(2 * WAITING_MS_MAX + 1);
  timers[2].task();
  assert.deepEqual([sender.state, sender.reason, posts.length], ['over', 'network', 4]);
});

test('what is recorded while nothing is answered is bounded by time', async () => {
  const { sender, at, piece } = rig();
  sender.begin();
  sender.push(piece());
  at(WAITING_MS_MAX);
  sender.push(piece());
  assert.equal(sender.state, 'live');
  at(WAITING_MS_MAX + 1);
  sender.push(piece());
  assert.deepEqual([sender.state, sender.reason], ['over', 'network']);
});

test('a gap is filled with what is still here, else the recording begins anew', async () => {
  const { sender, posts, anew, piece } = rig();
  sender.begin();
  for (let i = 0; i < 4; i++) sender.push(piece());
  await posts[0].answer(409, { error: 'gap', expected: 2 });
  assert.equal(posts[1].seq, 2, 'the others had arrived');
  await posts[1].answer(409, { error: 'gap', expected: 0 });
  assert.deepEqual([anew.length, posts.length], [1, 2]);
  sender.begin();
  sender.push(piece());
  assert.deepEqual([posts[2].session, posts[2].seq], ['session-2', 0]);
  await posts[2].answer(204);
  assert.equal(sender.state, 'live');
});

test('a refusal ends it and says which; an answer to an older recording says nothing', async () => {
  for (const [status, error, reason] of [[409, 'taken_over', 'taken_over'], [403, 'forbidden', 'forbidden'], [410, 'ended', 'ended'], [404, undefined, '404']]) {
    const { sender, posts, piece } = rig();
    sender.begin();
    sender.push(piece());
    await posts[0].answer(status, { error });
    assert.deepEqual([sender.state, sender.reason], ['over', reason]);
  }
  const { sender, posts, piece } = rig();
  sender.begin();
  sender.push(piece());
  sender.begin();
  sender.push(piece());
  await posts[0].answer(403, { error: 'forbidden' });
  assert.equal(sender.state, 'live');
  assert.equal(posts[1].session, 'session-2');
});

test('a piece of 4 MiB is sent and one byte more is not', () => {
  const { sender, posts, piece } = rig();
  sender.begin();
  sender.push(piece(CHUNK_BYTES_MAX));
  assert.equal(posts.length, 1);
  sender.push(piece(CHUNK_BYTES_MAX + 1));
  assert.deepEqual([sender.state, sender.reason], ['over', 'too_large']);
});

test('H.264 is asked for first, because every device plays it', () => {
  assert.match(recording_of(() => true), /avc1/);
  assert.equal(recording_of((type) => type.includes('vp8')), RECORDINGS[2]);
  assert.equal(recording_of(() => false), '');
});

test('a page takes the form that it can show', () => {
  const all = { media: true, hls: true }, phone = { media: false, hls: true }, none = { media: false, hls: false };
  assert.equal(live_form({}, all), 'mjpeg', 'a desktop of before');
  assert.equal(live_form({ forms: ['mjpeg'] }, none), 'mjpeg');
  assert.equal(live_form({ forms: ['webm'] }, all), 'media');
  assert.equal(live_form({ forms: ['mp4'] }, phone), 'none');
  assert.equal(live_form({ forms: ['ts'], codecs: ['h264', 'aac'] }, all), 'ts');
  assert.equal(live_form({ forms: ['ts'], codecs: ['mpeg1'] }, all), 'none');
  assert.equal(live_form({ forms: ['ts'], codecs: ['mpeg1', 'mp2'] }, { media: false, work: true }), 'mpeg1');
  assert.equal(live_form({ forms: ['ts'], codecs: ['h264'] }, { media: true, work: true }), 'ts');
  assert.equal(live_form({ forms: ['hologram'] }, all), 'none');
  assert.equal(live_form({ forms: ['mp4', 'hls'] }, all), 'media', 'the one that is soonest');
  for (const form of ['webm', 'mp4', 'ts']) assert.equal(live_form({ forms: [form, 'hls'], codecs: ['h264'] }, phone), 'hls', 'an iPhone');
  assert.equal(live_form({ forms: ['ts', 'hls'], codecs: ['av1'] }, all), 'hls');
  assert.equal(live_form({ forms: ['ts', 'hls'], codecs: ['h264'] }, none), 'none');
});

test('who is late plays a tenth faster until the goal, who is lost jumps', () => {
  assert.deepEqual(chase(1_300, false), { rate: 1, jump: false });
  assert.deepEqual(chase(1_301, false), { rate: 1.1, jump: false });
  assert.deepEqual(chase(701, true), { rate: 1.1, jump: false });
  assert.deepEqual(chase(700, true), { rate: 1, jump: false });
  assert.deepEqual(chase(6_001, false), { rate: 1, jump: true });
});
