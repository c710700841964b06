// What the chat promises in milliseconds, measured in two real browsers on one machine's clock and printed; the timeline's figures
// are sync.test.mjs. The machine that runs tests may be busy: the bounds that fail a run are loose. `./dev bench sync`
// sets MATINEE_FIGURES, repeats this file and compares medians with the promise.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { quantile, startWorld, until } from './harness.mjs';

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
  await until(async () => Object.keys(await ben.chatTimes('painted')).length >= texts.length, { what: 'all lines painted' });
  const [pressed, own, theirs, seen] = await Promise.all([ann.chatTimes('pressed'), ann.chatTimes('shown'), ben.chatTimes('shown'), ben.chatTimes('painted')]);
  const painted = texts.map((text) => own[text] - pressed[text]);
  const arrived = texts.map((text) => theirs[text] - pressed[text]);
  const in_view = texts.map((text) => seen[text] - pressed[text]);
  t.diagnostic(`Enter → own line ${figures(painted)} ms, → visible in the other browser ${figures(arrived)} ms, → painted there ${figures(in_view)} ms (p50 / p95 / max)`);
  report('chat: Enter to own line', painted);
  report('chat: Enter to the other browser', arrived);
  report('chat: Enter to painted in the other browser', in_view);
  assert.ok(arrived.every((ms) => ms > 0));
  assert.ok(quantile(arrived, 0.5) <= 500);
});
