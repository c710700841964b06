// The main job, as two people meet it: sign up, open a room, join by code, chat, watch a YouTube link together.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const LINK = 'https://youtu.be/aaaaaaaaaaa?t=5';

test('two people sign up, meet by a code, chat, and watch a YouTube link together', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann');
  const ben = await world.visitor('Ben');
  await Promise.all([ann.signUp(), ben.signUp()]);
  const code = await ann.startRoom();
  assert.match(code, /^[A-Z0-9]{8}$/);
  await ben.joinByCode(`${code.slice(0, 4)}-${code.slice(4)}`.toLowerCase());
  assert.equal(ben.code, code);

  await ann.say('Hello Ben');
  await until(async () => (await ben.said()).includes('Hello Ben'), { what: 'Ann’s message at Ben’s' });
  await ben.say('Hello Ann');
  await until(async () => (await ann.said()).includes('Hello Ann'), { what: 'Ben’s message at Ann’s' });
  assert.deepEqual(await ann.said(), await ben.said());
  await screenshots(ann.page, 'room-empty-stage');

  await ann.watch(LINK);
  for (const person of [ann, ben]) {
    const player = await person.moving('youtube');
    assert.ok(player.positionMs >= 5000, 'it began where the link says');
  }
  const [a, b] = await Promise.all([ann.youtube(), ben.youtube()]);
  await until(async () => (await ann.badge()) === 'in-step' && (await ben.badge()) === 'in-step', { timeoutMs: 15_000, what: 'both in step' });
  await screenshots(ann.page, 'room-youtube');
  assert.ok(a.moving && b.moving);
  assert.ok(world.youtube.requests.every((r) => r.referer === `${world.url}/`), 'YouTube learns the site and nothing more');
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});

test('from the landing page to a playing room the host needs two clicks and one field, the joiner a name', { timeout: 120_000 }, async () => {
  const host = await world.visitor('Cleo');
  await host.startRoom();
  assert.deepEqual([host.clicks, host.fields], [1, 1], 'to the room');
  await host.watch(LINK);
  await host.moving('youtube');
  assert.equal(host.clicks, 2);

  const joiner = await world.visitor('Dan');
  await joiner.openRoom(host.code);
  assert.deepEqual([joiner.clicks, joiner.fields], [1, 1]);
  await joiner.moving('youtube');
});
