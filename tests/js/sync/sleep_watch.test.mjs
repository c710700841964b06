import test from 'node:test';
import assert from 'node:assert/strict';
import { SleepWatch } from '../../../static/js/sync/sleep_watch.js';

const WALL = 1_700_000_000_000;

/** Looks 100 ms apart, then a sleep, by both clocks. */
function sleeper({ nowRuns, wallRuns = true, sleepMs = 60_000 }) {
  const watch = new SleepWatch();
  const heard = [];
  let now = 500, wall = WALL;
  for (let i = 0; i < 20; i++) {
    if (i === 10) { now += nowRuns ? sleepMs : 0; wall += wallRuns ? sleepMs : 0; }
    heard.push(watch.slept(now, wall));
    watch.expect(now + 100);
    now += 104;
    wall += 104;
  }
  return heard;
}
const once = Array.from({ length: 20 }, (_, i) => i === 10);

test('a sleep is seen where the page’s clock runs on', () => assert.deepEqual(sleeper({ nowRuns: true }), once));
test('and where it stands', () => assert.deepEqual(sleeper({ nowRuns: false }), once));
test('timers of a busy page or a hidden one are no sleep', () => assert.ok(sleeper({ nowRuns: true, sleepMs: 9000 }).every((heard) => !heard)));
test('a wall clock that drifts is no sleep', () => {
  const watch = new SleepWatch();
  for (let t = 0; t < 3_600_000; t += 1000) assert.ok(!watch.slept(t, WALL + t * 1.0002));
});
