import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pairing } from '../../static/js/models/pairing.js';

const turn = () => new Promise((later) => setImmediate(later));

function bench() {
  let now = 0;
  const timers = new Set();
  const asked = [];
  const pairing = new Pairing({
    ask: () => new Promise((done) => asked.push(done)),
    now: () => now,
    later: (task, ms) => { const timer = { task, at: now + ms }; timers.add(timer); return timer; },
    cancel: (timer) => timers.delete(timer),
  });
  return {
    pairing, timers,
    answer: async (answer) => { asked.shift()(answer); await turn(); },
    pass: (ms) => {
      for (const end = now + ms; ;) {
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || next.at > end) { now = end; return; }
        now = next.at;
        timers.delete(next);
        next.task();
      }
    },
  };
}

test('a line counts down and expires', async () => {
  const b = bench();
  b.pairing.ask(0);
  assert.equal(b.pairing.state, 'asking');
  await b.answer({ line: 'matinee-video join …', expires_s: 300 });
  assert.deepEqual([b.pairing.state, b.pairing.line, b.pairing.left_s], ['ready', 'matinee-video join …', 300]);
  let painted = 0;
  b.pairing.on('change', () => { painted += 1; });
  b.pass(10_000);
  assert.equal(b.pairing.left_s, 290);
  assert.equal(painted, 10);
  b.pass(290_000);
  assert.deepEqual([b.pairing.state, b.pairing.line, b.timers.size], ['expired', '', 0]);
});

test('a refusal says its sentence, and asking again begins anew', async () => {
  const b = bench();
  b.pairing.ask(0);
  await b.answer({ error: 'slow_down', sentence: 'Too many people connect just now.' });
  assert.deepEqual([b.pairing.state, b.pairing.sentence], ['failed', 'Too many people connect just now.']);
  b.pairing.ask(0);
  await b.answer({ line: 'x', expires_s: 300 });
  assert.equal(b.pairing.state, 'ready');
});

test('a desktop that comes uses the line up, one that was there does not', async () => {
  const b = bench();
  b.pairing.ask(2);
  await b.answer({ line: 'x', expires_s: 300 });
  b.pairing.seen(2);
  b.pairing.seen(1);
  assert.equal(b.pairing.state, 'ready');
  b.pairing.seen(2);
  assert.deepEqual([b.pairing.state, b.timers.size], ['used', 0]);
});

test('an answer that comes after the dialog was closed, or asked for again, is not shown', async () => {
  const b = bench();
  b.pairing.ask(0);
  b.pairing.stop();
  await b.answer({ line: 'late', expires_s: 300 });
  assert.deepEqual([b.pairing.state, b.pairing.line], ['idle', '']);
  b.pairing.ask(0);
  b.pairing.ask(0);
  await b.answer({ line: 'first', expires_s: 300 });
  assert.equal(b.pairing.state, 'asking');
  await b.answer({ line: 'second', expires_s: 300 });
  assert.equal(b.pairing.line, 'second');
});
