import test from 'node:test';
import assert from 'node:assert/strict';
import { badgeOf, keyOf, statusOf, viewOf } from '../../../static/js/sync/view.js';

const facts = (more = {}) => ({
  playback: { phase: 'playing', media: { kind: 'file', url: 'https://a.test/x.mp4', start_ms: 0 }, rate: 1, rev: 1, epoch: 1, position_ms: 0, at_ms: 0, by: '', op: '' },
  reading: { state: 'playing', positionMs: 0, at: 0, bufferedAheadMs: 0, durationMs: 1000, ready: true },
  alone: false, error: null, needsTap: false, soundOff: false, needsConsent: false, mayControl: true, inStep: true, errorMs: 2.4,
  unsteady: false, positionMs: 500.4, waitUntilLocalMs: null, names: [], now: 0, hidden: false, blocked: false, ...more,
});
const phase = (p) => ({ ...facts().playback, phase: p });

test('the badge says it in the product’s words', () => {
  assert.deepEqual(badgeOf(facts()), { kind: 'in-step', text: 'In step', ms: 2 });
  assert.equal(badgeOf(facts({ inStep: false })).text, 'Catching up');
  assert.equal(badgeOf(facts({ alone: true })).text, 'You are watching on your own');
  assert.equal(badgeOf(facts({ needsTap: true, soundOff: true })).text, 'Sound is off');
  assert.equal(badgeOf(facts({ reading: { ...facts().reading, state: 'ad' } })).text, 'Ad playing for you; you will catch up');
  assert.equal(badgeOf(facts({ playback: { ...phase('idle'), media: null } })).kind, 'idle');
  assert.deepEqual(badgeOf(facts({ error: { code: 'x', text: 'Because.' } })), { kind: 'failed', text: 'Because.' });
});

test('waiting names who is waited for and counts down', () => {
  const wait = (more) => badgeOf(facts({ playback: phase('waiting'), ...more }));
  assert.equal(wait({ names: ['Ann'], waitUntilLocalMs: 1800 }).text, 'Waiting for Ann – starting in 2 s');
  assert.equal(wait({ names: ['Ann', 'Bo', 'Cy'] }).text, 'Waiting for Ann and 2 more');
  assert.equal(wait({ waitUntilLocalMs: 0 }).text, 'Waiting for everyone – starting in 0 s');
});

test('a moving position alone is no urgent news, a badge is', () => {
  const key = (more) => keyOf(viewOf(facts(more)));
  assert.equal(key({ positionMs: 1, errorMs: 1 }), key({ positionMs: 900, errorMs: 3 }));
  assert.notEqual(key({}), key({ inStep: false }));
});

test('only who may control can seek, and never in a live stream', () => {
  assert.ok(viewOf(facts()).canSeek);
  assert.ok(!viewOf(facts({ mayControl: false })).canSeek);
  assert.ok(!viewOf(facts({ playback: { ...phase('playing'), media: { kind: 'youtube', url: '', live: true } } })).canSeek);
});

test('the status is the word the room knows', () => {
  assert.equal(statusOf(facts()), 'playing');
  assert.equal(statusOf(facts({ hidden: true })), 'hidden');
  assert.equal(statusOf(facts({ alone: true })), 'alone');
  assert.equal(statusOf(facts({ blocked: true })), 'blocked');
  assert.equal(statusOf(facts({ error: { code: 'x', text: '' } })), 'failed');
  for (const [state, word] of [['seeking', 'buffering'], ['loading', 'buffering'], ['ad', 'ad'], ['paused', 'paused'], ['ended', 'paused']]) {
    assert.equal(statusOf(facts({ reading: { ...facts().reading, state } })), word);
  }
});
