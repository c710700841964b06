import test from 'node:test';
import assert from 'node:assert/strict';
import '../webcrypto.mjs';
import { Commands } from '../../../static/js/sync/commands.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

function room(reply) {
  const r = { playback: { rev: 7, phase: 'paused' }, sent: [], refused: [] };
  r.commands = new Commands({
    send: (message) => { r.sent.push(message); return Promise.resolve(reply?.(message) ?? { type: 'ok', ref: '1' }); },
    playback: () => r.playback,
    refused: (error) => r.refused.push(error),
  });
  return r;
}
const stale = () => ({ type: 'error', code: 'stale', message: '' });

test('a command carries its target, the revision it was made against and its own id', () => {
  const r = room();
  r.commands.play(1234.6);
  r.commands.seek(-5);
  assert.deepEqual({ ...r.sent[0], op: 0 }, { type: 'playback.play', position_ms: 1235, base_rev: 7, op: 0 });
  assert.equal(r.sent[1].position_ms, 0);
  assert.notEqual(r.sent[0].op, r.sent[1].op);
  assert.ok(r.sent[0].op.length <= 36);
});

test('a pause that came second is repeated once against the new state', async () => {
  let answers = [stale(), stale()];
  const r = room(() => answers.shift());
  r.playback.phase = 'playing';
  r.commands.pause(500);
  await settle();
  r.playback = { rev: 8, phase: 'playing' };
  r.commands.onPlayback();
  assert.deepEqual(r.sent.map((m) => m.base_rev), [7, 8]);
  await settle();
  r.playback = { rev: 9, phase: 'playing' };
  r.commands.onPlayback();
  assert.equal(r.sent.length, 2);
});

test('it is not repeated when the room is already there', async () => {
  const r = room(stale);
  r.commands.pause(500);
  r.playback = { rev: 8, phase: 'paused' };
  await settle();
  r.commands.onPlayback();
  assert.equal(r.sent.length, 1);
});

test('a seek that came second is dropped: the place it meant may be another now', async () => {
  const r = room(stale);
  r.commands.seek(500);
  await settle();
  r.playback = { rev: 8, phase: 'paused' };
  r.commands.onPlayback();
  assert.equal(r.sent.length, 1);
  assert.equal(r.refused.length, 0);
});

test('a refusal is passed on', async () => {
  const r = room(() => ({ type: 'error', code: 'forbidden', message: 'no' }));
  r.commands.play(0);
  await settle();
  assert.equal(r.refused[0].code, 'forbidden');
});

test('without a room nothing is sent', () => {
  const r = room();
  r.playback = null;
  r.commands.play(0);
  assert.equal(r.sent.length, 0);
});
