// An upload in its page: pieces, broken lines, refusals, and going on where it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Upload, fingerprint_of } from '../../static/js/models/upload.js';
import { upload_words } from '../../static/js/views/upload_row.js';

const KIB = 1024;

/** A server that keeps what it is given; `moods` are taken in turn: a status for the next requests of that kind, or 0 for silence. */
function world(size, { moods = {}, there = 0, states = ['ready'], speed = () => 100 } = {}) {
  const sent = [];
  let kept = there;
  let clock = 0;
  const mood = (kind) => moods[kind]?.shift();
  const wire = {
    async begin() { const status = mood('begin'); return status === undefined ? { status: 201, location: '/library/uploads/a' } : { status, sentence: 'No.' }; },
    async look() {
      const status = mood('look');
      if (status !== undefined) return { status, sentence: 'Gone.' };
      const state = kept < size ? 'arriving' : states.length > 1 ? states.shift() : states[0];
      return { status: 200, offset: kept, state, sentence: 'Not a video.' };
    },
    async send(_where, offset, piece) {
      clock += speed(piece.size);
      const status = mood('send');
      if (status === 'half') { kept += piece.size / 2; return { status: 0 }; }
      if (status !== undefined) return { status, sentence: 'Full.' };
      assert.equal(offset, kept, 'every piece goes where the last one ended');
      sent.push(piece.size);
      kept += piece.size;
      return { status: 204, offset: kept };
    },
    async end() { sent.push('ended'); return { status: 204 }; },
  };
  const waits = [];
  const file = { name: 'film.mp4', size, slice: (from, to) => ({ size: to - from }) };
  const upload = new Upload(file, { wire, now: () => clock, wait: async (ms) => { waits.push(ms); } }, there ? '/library/uploads/a' : '');
  const states_seen = [];
  upload.on('change', () => states_seen.at(-1) !== upload.state && states_seen.push(upload.state));
  return { upload, sent, waits, states_seen };
}

test('a file goes in pieces that grow while they are quick, is checked, and is ready', async () => {
  const { upload, sent, states_seen } = world(20 * KIB * KIB, { states: ['checking', 'checking', 'ready'] });
  await upload.run();
  assert.deepEqual(sent.slice(0, 4), [256 * KIB, 512 * KIB, 1024 * KIB, 2048 * KIB]);
  assert.ok(Math.max(...sent) <= 8192 * KIB);
  assert.deepEqual(states_seen, ['sending', 'checking', 'ready']);
});

test('pieces shrink on a slow line, to a quarter of a MiB at least', async () => {
  const { upload, sent } = world(6 * KIB * KIB, { speed: (bytes) => (bytes > 300 * KIB ? 5_000 : 100) });
  await upload.run();
  assert.equal(Math.min(...sent), 256 * KIB);
  assert.ok(sent.filter((bytes) => bytes === 512 * KIB).length > 2);
});

test('after a broken line it asks what came and goes on there, waiting longer each time', async () => {
  const { upload, waits, states_seen } = world(4 * KIB * KIB, { moods: { send: [undefined, 'half'], look: [0, 0, 503] } });
  await upload.run();
  assert.equal(upload.state, 'ready');
  assert.deepEqual(waits.slice(0, 4), [500, 1_000, 2_000, 4_000]);
  assert.ok(states_seen.includes('retrying'));
});

test('the pause between tries is at most fifteen seconds', async () => {
  const { upload, waits } = world(KIB, { moods: { begin: Array(8).fill(0) } });
  await upload.run();
  assert.equal(Math.max(...waits), 15_000);
  assert.equal(upload.state, 'ready');
});

test('a refusal is said as the server says it, and is not tried again', async () => {
  for (const [moods, sentence] of [[{ begin: [413] }, 'No.'], [{ send: [415] }, 'Full.'], [{ send: [507] }, 'Full.'], [{ send: [409], look: [404] }, 'Gone.']]) {
    const { upload } = world(KIB, { moods });
    await upload.run();
    assert.deepEqual([upload.state, upload_words(upload)], ['failed', sentence]);
  }
});

test('what turns out to be no video says why', async () => {
  const { upload } = world(KIB, { states: ['checking', 'refused'] });
  await upload.run();
  assert.deepEqual([upload.state, upload.sentence], ['failed', 'Not a video.']);
});

test('an upload begun before goes on where it was', async () => {
  const { upload, sent } = world(300 * KIB, { there: 100 * KIB });
  await upload.run();
  assert.deepEqual(sent, [200 * KIB]);
  assert.equal(upload.state, 'ready');
});

test('one that is ended by the person stays ended', async () => {
  const { upload, sent } = world(4 * KIB * KIB);
  upload.on('change', () => upload.offset > 0 && upload.state === 'sending' && void upload.end());
  await upload.run();
  assert.equal(upload.state, 'ended');
  assert.ok(sent.includes('ended'));
});

test('a file is known by its size, age and name, in few enough characters', () => {
  assert.equal(fingerprint_of({ name: 'a.mp4', size: 5, lastModified: 7 }), '5-7-a.mp4');
  assert.ok(fingerprint_of({ name: 'ü'.repeat(400), size: 5, lastModified: 7 }).length <= 150);
});
