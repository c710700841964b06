// The timeline in real browsers: play, pause and seek from both sides, a reload, a late joiner – for a file and for YouTube.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIP_URL, screenshots, startWorld, until } from './harness.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

/** Where the players are when the room rests: videos on the same picture, YouTube on the same millisecond. */
async function resting(people, player) {
  return until(async () => {
    const now = await Promise.all(people.map((p) => p[player]()));
    const at = now.map((s) => s.positionMs);
    const apart = Math.max(...at) - Math.min(...at);
    if (player !== 'video') return now.every((s) => !s.moving) && apart < 0.1 && now;
    return now.every((s) => s.paused && !s.seeking && s.frame === now[0].frame) && apart < 34 && now;
  }, { what: 'everybody on the same position' });
}

async function near(person, player, wantedMs, what) {
  return until(async () => {
    const now = await person[player]();
    return now && Math.abs(now.positionMs - wantedMs) < 4000 && (player === 'video' ? !now.seeking : true) && now;
  }, { what });
}

async function story(player, link, name) {
  const ann = await world.visitor(`Ann ${name}`);
  const ben = await world.visitor(`Ben ${name}`);
  const code = await ann.startRoom();
  await ben.openRoom(code);
  await ann.watch(link);
  await Promise.all([ann.moving(player), ben.moving(player)]);

  await ben.pause();
  const [a, b] = await resting([ann, ben], player);
  if (player === 'video') assert.equal(a.frame, b.frame, 'the same frame in both pictures');
  await ann.play();
  await Promise.all([ann.moving(player), ben.moving(player)]);

  await ann.seek(30);
  await Promise.all([ann, ben].map((p) => near(p, player, 30_000, `${p.name} at 0:30`)));
  await Promise.all([ann.moving(player), ben.moving(player)]);
  await ann.pause();
  await resting([ann, ben], player);
  await ben.seek(10);
  await until(async () => (await resting([ann, ben], player)).every((s) => Math.abs(s.positionMs - 10_000) < 600), { what: 'a seek while paused' });
  await ben.play();
  await Promise.all([ann.moving(player), ben.moving(player)]);

  await ben.page.reload();
  await ben.inRoom();
  await ben.moving(player);
  await until(async () => {
    const [x, y] = await Promise.all([ann[player](), ben[player]()]);
    return Math.abs(x.positionMs - x.at - (y.positionMs - y.at)) < 150;
  }, { what: 'back in step after a reload' });
  await screenshots(ann.page, `room-${name}`);
  assert.deepEqual([...ann.problems, ...ben.problems], []);
  return { ann, ben, code };
}

test('a file plays, pauses and seeks for both, whoever asks, and a reload lands back in step', { timeout: 120_000 }, () => story('video', CLIP_URL, 'file'));

test('YouTube plays, pauses and seeks for both, whoever asks, and a reload lands back in step', { timeout: 120_000 },
  () => story('youtube', 'https://www.youtube.com/watch?v=bbbbbbbbbbb', 'youtube-paused-and-on'));

test('a late joiner is within 250 ms at the first moving frame', { timeout: 120_000 }, async (t) => {
  const ann = await world.visitor('Ann early');
  const code = await ann.startRoom();
  await ann.watch(CLIP_URL);
  await ann.moving();
  const late = await world.visitor('Late');
  await late.openRoom(code);
  const opened = await late.opened();
  await late.moving();
  await new Promise((later) => setTimeout(later, 500));
  const [theirs, reference] = await Promise.all([late.frames(), ann.frames()]);
  const first = theirs.findIndex(([, media, moving], i) => moving && i > 0 && media > theirs[i - 1][1] && media - theirs[i - 1][1] < 100);
  const [at, media] = theirs[first];
  // Ann's position at that very instant, from her frame before it.
  const before = reference.filter(([time]) => time <= at).at(-1);
  const off = media - (before[1] + at - before[0]);
  t.diagnostic(`first moving frame ${Math.round(at - opened)} ms after opening the page, ${off.toFixed(1)} ms off`);
  assert.ok(Math.abs(off) <= 250, `${off} ms`);
});

test('whose sound comes late plays earlier by as much, and the clap test runs beside it', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Late Sound');
  const ben = await world.visitor('Ben Plain');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  await ann.page.locator('#badge-open').click();
  await ann.page.getByLabel('My sound plays').fill('400');
  const ahead = async () => {
    const [a, b] = await Promise.all([ann.video(), ben.video()]);
    return a.positionMs - a.at - (b.positionMs - b.at);
  };
  await until(async () => Math.abs((await ahead()) - 400) < 60, { timeoutMs: 15_000, what: '400 ms ahead' });
  await ann.click('Clap test');
  await until(() => ann.page.evaluate(() => document.querySelector('.clap-flash').getAnimations().length > 0), { what: 'a flash' });
  await screenshots(ann.page, 'room-clap-test');
  await ann.page.keyboard.press('Escape');
  assert.equal(await ann.page.locator('#clap').getAttribute('aria-pressed'), 'false', 'closing ends it');
  await ann.pause();
  await resting([ann, ben], 'video');
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});

test('the people tab tells of everybody how exactly they are in step and what is loaded', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Looks');
  const ben = await world.visitor('Ben Seen');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  await ann.page.getByRole('tab', { name: /People/ }).click();
  const row = ann.page.locator('.person', { hasText: 'Ben Seen' });
  await until(async () => /In step[\s\S]*(exactly|\d+ ms (behind|ahead)) · \d+ s loaded/.test(await row.innerText()), { timeoutMs: 15_000, what: 'Ben’s figures' });
  await screenshots(ann.page, 'room-people-in-step');
});

test('when the room is closed its video ends for everybody', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Closes');
  const ben = await world.visitor('Ben Leaves');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  await ann.openSettings();
  await ann.page.locator('#close-room').click();
  await ann.page.locator('#confirm-do').click();
  for (const person of [ann, ben]) {
    await person.page.locator('#ending-title').waitFor();
    assert.equal(await person.video(), null);
  }
  await screenshots(ben.page, 'room-closed');
});

test('the clip carries its frame number, and the players show the frame they say', { timeout: 120_000 }, async () => {
  const eve = await world.visitor('Eve');
  await eve.startRoom();
  await eve.watch(CLIP_URL);
  await eve.moving();
  await eve.pause();
  const now = await eve.standing();
  assert.ok(Math.abs(now.frame - Math.floor((now.positionMs * 60) / 1000 + 0.001)) <= 1, JSON.stringify(now));
});
