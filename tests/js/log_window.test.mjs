import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogWindow } from '../../static/js/models/log_window.js';

test('the newest are followed by a bounded number of elements, whatever is above', () => {
  const log = new LogWindow();
  log.follow(30);
  assert.deepEqual([log.first, log.last, log.above_px, log.below_px], [0, 30, 0, 0]);
  log.follow(5_000);
  assert.equal(log.last, 5_000);
  assert.ok(log.last - log.first <= 100);
  assert.ok(log.above_px > 4_000 * 24);
});

test('around what is seen there is something to scroll into on both sides, and no more than a few hundred', () => {
  const log = new LogWindow();
  log.around(2_500, 900, 5_000);
  assert.ok(log.first < 2_500 && log.last > 2_500 + 900 / 24);
  assert.ok(log.last - log.first < 200);
  log.around(0, 900, 5_000);
  assert.equal(log.first, 0);
  log.around(4_999, 900, 5_000);
  assert.equal(log.last, 5_000);
});

test('a line that somebody holds stays an element unless it is far away', () => {
  const log = new LogWindow();
  log.around(2_500, 900, 5_000, [2_400]);
  assert.equal(log.first, 2_400);
  log.around(2_500, 900, 5_000, [2_650]);
  assert.equal(log.last, 2_651);
  log.around(2_500, 900, 5_000, [100, -1]);
  assert.ok(log.first > 2_400);
});

test('other lines are wanted before those that are there run out, and never where there are none', () => {
  const log = new LogWindow();
  log.around(2_500, 800, 5_000);
  assert.equal(log.is_short(2_000, 2_000, 800), false);
  assert.equal(log.is_short(500, 2_000, 800), true);
  assert.equal(log.is_short(2_000, -50, 800), true);
  log.around(10, 800, 20);
  assert.equal(log.is_short(0, 0, 800), false);
});

test('what changes above a line is taken by the empty room, so nothing is scrolled', () => {
  const log = new LogWindow();
  log.around(2_500, 800, 5_000);
  log.above_px = log.first * 44;
  const before = log.above_px;
  assert.equal(log.absorb(300), 0);
  assert.equal(log.above_px, before - 300);
  assert.equal(log.absorb(-1_000), 0);
  assert.equal(log.above_px, before + 700);
});

test('at the beginning there is no room above, and the rest is scrolled', () => {
  const log = new LogWindow();
  log.around(20, 800, 5_000);
  log.above_px = 500;
  assert.equal(log.absorb(200), -300);
  assert.equal(log.above_px, 0);
});

test('room that no lines can need is given back by scrolling', () => {
  const log = new LogWindow();
  log.around(100, 800, 5_000);
  log.above_px = 100;
  const rest = log.absorb(5_000);
  assert.equal(log.above_px, Math.round(log.first * log.average));
  assert.equal(rest, log.above_px + 4_900);
});

test('a place in the empty room leads to about the line that stands there', () => {
  const log = new LogWindow();
  log.around(2_500, 800, 5_000);
  log.above_px = log.first * 44;
  const rendered = (log.last - log.first) * 44;
  log.learn(rendered);
  assert.equal(log.average, 44);
  assert.equal(log.at(44 * 1_000, rendered), 1_000);
  assert.equal(log.at(log.above_px + rendered + 44 * 500, rendered), log.last + 500);
  assert.equal(log.at(1e9, rendered), 4_999);
});
