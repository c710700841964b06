import test from 'node:test';
import assert from 'node:assert/strict';
import { Clock, GAP_TOLERANCE_MS, KEPT, estimate, pairAgrees } from '../../../static/js/sync/clock.js';
import { BURST_GAP_MS, BURST_PAIRS, ClockDriver, QUIET_MS } from '../../../static/js/sync/clock_driver.js';

/** A sample of a server that is `offset` ahead. */
const sample = (t1, { up = 5, down = 5, offset = 1000 } = {}) => {
  const t2 = t1 + up + offset;
  return { t1, t2, t3: t2, t4: t1 + up + down };
};

test('the offset of an even path is exact', () => {
  const clock = new Clock();
  clock.addPair(sample(0), sample(1));
  assert.equal(clock.estimate.offsetMs, 1000);
  assert.equal(clock.estimate.rttMs, 10);
});

test('half the asymmetry of a path stays in the offset', () => {
  const e = estimate([sample(0, { up: 2, down: 8 })], 0);
  assert.equal(e.offsetMs, 997);
});

test('a pair counts up to the tolerated gap and not beyond', () => {
  const first = sample(0);
  assert.ok(pairAgrees(first, sample(1, { up: 5 + GAP_TOLERANCE_MS, down: 5 })));
  assert.ok(!pairAgrees(first, sample(1, { up: 5 + GAP_TOLERANCE_MS + 0.01, down: 5 })));
  assert.ok(!pairAgrees(first, sample(1, { up: 5, down: 5 + GAP_TOLERANCE_MS + 0.01 })));
});

test('a disturbed pair is not believed once there are better ones', () => {
  const clock = new Clock();
  for (let i = 0; i < 3; i++) clock.addPair(sample(i * 30), sample(i * 30 + 1));
  assert.ok(!clock.addPair(sample(100, { up: 90 }), sample(101, { up: 25 })));
  assert.equal(clock.estimate.offsetMs, 1000);
});

test('a probe as quick as the quickest counts whatever became of its twin', () => {
  const clock = new Clock();
  for (let i = 0; i < 3; i++) clock.addPair(sample(i * 30, { up: 40 }), sample(i * 30 + 1, { up: 40 }));
  assert.ok(clock.addPair(sample(100), sample(101, { up: 90 })));
  assert.ok(Math.abs(clock.estimate.offsetMs - 1000) < 3, String(clock.estimate.offsetMs));
});

test('the quickest round trip outweighs many slow ones', () => {
  const clock = new Clock();
  for (let i = 0; i < KEPT - 1; i++) clock.addPair(sample(i * 30, { up: 65 }), sample(i * 30 + 1, { up: 65 }));
  clock.addPair(sample(2000), sample(2001));
  assert.ok(Math.abs(clock.estimate.offsetMs - 1000) < 3, 'one against 31 that are 30 ms wrong');
});

test('where round trips differ much the quickest alone is not believed', () => {
  // 100 ± 30 ms each way, and the quickest probe happened to meet a long way back.
  const ways = [[70, 115], [95, 95], [105, 100], [90, 110], [120, 85], [80, 105], [110, 95]];
  const e = estimate(ways.map(([up, down], i) => sample(i * 300, { up, down })), 2000);
  assert.ok(Math.abs(e.offsetMs - 1000) < 18, `${e.offsetMs - 1000}: the quickest alone is 22.5 wrong`);
});

test('drift shows after a minute and carries the estimate on', () => {
  const clock = new Clock();
  const drift = 80e-6;
  for (let t = 0; t <= 120_000; t += 3000) {
    const at = (x) => sample(x, { offset: 1000 + drift * x });
    clock.addPair(at(t), at(t + 0.01));
  }
  assert.ok(Math.abs(clock.estimate.drift - drift) < 5e-6, String(clock.estimate.drift));
  const later = 130_000;
  assert.ok(Math.abs(clock.serverAt(later) - (later + 1000 + drift * later)) < 0.3);
});

test('local and server time are each other’s inverse', () => {
  const clock = new Clock();
  clock.addPair(sample(0), sample(1));
  assert.ok(Math.abs(clock.localAt(clock.serverAt(4321.5)) - 4321.5) < 1e-6);
});

test('after forgetting the old estimate holds until three new pairs are there', () => {
  const clock = new Clock();
  for (let i = 0; i < 3; i++) clock.addPair(sample(i), sample(i));
  assert.ok(clock.ready);
  clock.forget();
  assert.ok(!clock.ready);
  assert.equal(clock.serverAt(10), 1010);
  for (let i = 0; i < 3; i++) clock.addPair(sample(50 + i, { offset: -7000 }), sample(50 + i, { offset: -7000 }));
  assert.ok(clock.ready);
  assert.equal(clock.serverAt(100), -6900);
});

test('a burst is pairs a short gap apart, then the pairs become rare', () => {
  let now = 0;
  const sent = [];
  const waits = [];
  let next = null;
  const driver = new ClockDriver({
    now: () => now,
    send: (probe) => sent.push({ ...probe, at: now }),
    timers: { set: (f, ms) => { next = f; waits.push(ms); }, clear: () => { next = null; } },
  });
  driver.burst({ fresh: true });
  for (let i = 0; i < BURST_PAIRS + 20; i++) { now += waits.at(-1); next(); }
  assert.deepEqual(waits.slice(0, BURST_PAIRS - 1), Array(BURST_PAIRS - 1).fill(BURST_GAP_MS));
  const quiet = waits.slice(BURST_PAIRS);
  assert.ok(quiet.every((ms, i) => ms >= QUIET_MS.first && ms <= QUIET_MS.most && (i === 0 || ms >= quiet[i - 1])), String(quiet));
  assert.equal(quiet.at(-1), QUIET_MS.most);
  assert.equal(sent.length, waits.length * 2);
  assert.equal(new Set(sent.map((p) => p.t1)).size, sent.length, 'every probe has its own name');
  assert.ok(sent.every((p) => p.rtt_ms === undefined), 'nothing was measured, nothing is reported');
});

test('the moment from which the clock may be acted upon is told, once after each forgetting', () => {
  const sent = [];
  let told = 0;
  let next = () => {};
  const driver = new ClockDriver({ now: () => 100, send: (p) => sent.push(p), timers: { set: (f) => { next = f; }, clear: () => {} }, onReady: () => { assert.ok(driver.clock.ready); told++; } });
  for (const times of [1, 2]) {
    driver.burst({ fresh: true });
    for (let pair = 1; pair <= 5; pair++) {
      assert.equal(told, times - (pair > 3 ? 0 : 1), `pair ${pair}`);
      for (const p of sent.splice(0)) driver.onReply({ t1: p.t1, t2: 1100, t3: 1100 });
      next();
    }
    sent.length = 0;
  }
  assert.equal(told, 2);
});

test('replies are matched to their probes; strange ones are ignored', () => {
  const sent = [];
  const driver = new ClockDriver({ now: () => 100, send: (p) => sent.push(p), timers: { set: () => 1, clear: () => {} } });
  driver.burst({ fresh: true });
  driver.onReply({ t1: 5, t2: 1, t3: 1 });
  assert.equal(driver.clock.estimate, null);
  for (const p of sent) driver.onReply({ t1: p.t1, t2: 1100, t3: 1100 });
  assert.ok(Math.abs(driver.clock.estimate.offsetMs - 1000) < 0.01);
  for (const p of sent) driver.onReply({ t1: p.t1, t2: 9999, t3: 9999 });
  assert.equal(driver.clock.estimate.samples, 1, 'an answer counts once');
});
