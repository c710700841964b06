// What the product promises in milliseconds, measured in two real browsers on one machine's clock and printed.
// The machine that runs tests may be busy and decodes video in software: the bounds that fail a run are loose. `./dev bench sync`
// sets MATINEE_FIGURES, repeats this file and compares medians with the promise.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { CLIP_URL, quantile, startWorld, until } from './harness.mjs';

let world;
// The bench mode lifts the chat's rate limits.
before(async () => { world = await startWorld({ args: ['--bench-guests', '1'] }); });
after(async () => {
  await world?.stop();
  const commit = /commit_wait_p50_us=(\d+)/.exec(world?.server.log ?? '');
  if (commit) report('commit wait of this run', [Number(commit[1]) / 1000]);
});

/** One line of JSON for the benchmark. */
function report(name, values) {
  if (process.env.MATINEE_FIGURES) appendFileSync(process.env.MATINEE_FIGURES, `${JSON.stringify({ name, p50: quantile(values, 0.5), p95: quantile(values, 0.95), max: quantile(values, 1) })}\n`);
}

const figures = (values) => [0.5, 0.95, 1].map((q) => quantile(values, q).toFixed(1)).join(' / ');

test('chat: from Enter to visible in the other browser', { timeout: 120_000 }, async (t) => {
  const ann = await world.visitor('Ann Fast');
  const ben = await world.visitor('Ben Fast');
  await ben.openRoom(await ann.startRoom());
  const texts = Array.from({ length: 60 }, (_, i) => `line ${i}`);
  for (const text of texts) {
    await ann.say(text);
    await new Promise((later) => setTimeout(later, 40));
  }
  await until(async () => (await ben.said()).length === texts.length, { what: 'all lines at Ben’s' });
  const [pressed, own, theirs] = await Promise.all([ann.page.evaluate('window.matineeTest.pressed'), ann.shownAt(), ben.shownAt()]);
  const painted = texts.map((text) => own[text] - pressed[text]);
  const arrived = texts.map((text) => theirs[text] - pressed[text]);
  t.diagnostic(`Enter → own line ${figures(painted)} ms, Enter → visible in the other browser ${figures(arrived)} ms (p50 / p95 / max)`);
  report('chat: Enter to own line', painted);
  report('chat: Enter to the other browser', arrived);
  assert.ok(arrived.every((ms) => ms > 0));
  assert.ok(quantile(arrived, 0.5) <= 500);
});

/** Position presented at a machine time, by the frame on the screen then. */
function presented(frames, at) {
  let low = 0, high = frames.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (frames[middle][0] <= at) low = middle; else high = middle - 1;
  }
  const [time, media] = frames[low] ?? [Infinity, 0];
  return at - time >= 0 && at - time < 250 ? media + at - time : null;
}

test('sync: two pages show the same picture at the same moment', { timeout: 120_000 }, async (t) => {
  const ann = await world.visitor('Ann Step');
  const ben = await world.visitor('Ben Step');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  const spread = [];
  const measure = async () => {
    await new Promise((later) => setTimeout(later, 8000));
    const [a, b] = await Promise.all([ann.frames(), ben.frames()]);
    const end = Math.min(a.at(-1)[0], b.at(-1)[0]);
    for (let at = end - 5000; at <= end; at += 100) {
      const [x, y] = [presented(a, at), presented(b, at)];
      if (x !== null && y !== null) spread.push(Math.abs(x - y));
    }
  };
  await measure();
  await ben.seek(30);
  await measure();
  await ann.pause();
  const paused = await until(async () => {
    const [x, y] = await Promise.all([ann.video(), ben.video()]);
    return x.paused && y.paused && !x.seeking && !y.seeking && x.positionMs === y.positionMs && [x, y];
  }, { what: 'the same position, to the last digit' });
  t.diagnostic(`spread while playing ${figures(spread)} ms (p50 / p95 / max of ${spread.length}); paused ${Math.abs(paused[0].positionMs - paused[1].positionMs)} ms, frames ${paused[0].frame} and ${paused[1].frame}`);
  assert.ok(spread.length >= 80, `${spread.length} moments measured`);
  report('sync: HTML5 spread while playing', spread);
  report('sync: HTML5 difference while paused', [Math.abs(paused[0].positionMs - paused[1].positionMs)]);
  assert.ok(quantile(spread, 0.5) <= 100, `p50 ${quantile(spread, 0.5)} ms`);
  assert.equal(paused[0].frame, paused[1].frame);
});

test('YouTube: two pages stay within 150 ms', { timeout: 120_000 }, async (t) => {
  world.youtube.behave('measure_it1', { startDelayMs: 450, seekDelayMs: 350 });
  const ann = await world.visitor('Ann Tube');
  const ben = await world.visitor('Ben Tube');
  await ben.openRoom(await ann.startRoom());
  await ann.watch('https://youtu.be/measure_it1');
  await Promise.all([ann.moving('youtube'), ben.moving('youtube')]);
  await new Promise((later) => setTimeout(later, 6000));
  const spread = [];
  for (let i = 0; i < 50; i++) {
    const [a, b] = await Promise.all([ann.youtube(), ben.youtube()]);
    spread.push(Math.abs(a.positionMs - a.at - (b.positionMs - b.at)));
    await new Promise((later) => setTimeout(later, 100));
  }
  t.diagnostic(`YouTube spread ${figures(spread)} ms (p50 / p95 / max)`);
  report('sync: YouTube spread', spread);
  assert.ok(quantile(spread, 0.5) <= 300, `p50 ${quantile(spread, 0.5)} ms`);
});
