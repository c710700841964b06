// Record, pressed on one page: the mark on everybody's, the item in the library, and the room that watches it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIP_URL, screenshots, until } from './harness.mjs';
import { goLive, moving, startCameraWorld } from './live_picture.mjs';
import { everyLook, sizes } from './looks.mjs';

let world;
before(async () => { world = await startCameraWorld(); });
after(() => world?.stop());

const text = (person, selector) => person.page.locator(selector).innerText();
const shown = (person, selector) => person.page.locator(selector).isVisible();

test('a camera is recorded: everybody sees the mark, it is in the library with length and picture, and the room watches it', { timeout: 240_000 }, async () => {
  const ann = await world.visitor('Ann Records', { permissions: ['camera', 'microphone'] });
  await ann.signUp();
  const ben = await world.visitor('Ben Watches');
  const code = await ann.startRoom();
  await ben.openRoom(code);
  await goLive(ann);
  await Promise.all([moving(ann), moving(ben)]);
  await until(async () => (await ben.page.locator('#live-bar').getAttribute('data-state')) === 'live', { what: 'the bar says live' });
  assert.equal(await shown(ben, '#live-record'), false, 'whose stream it is not, and who has no account, may not');
  assert.equal(await shown(ben, '#live-rec'), false);
  const button = ann.page.getByRole('button', { name: 'Record', exact: true });
  await button.click();
  const began = Date.now();
  for (const person of [ann, ben]) await person.page.locator('#live-rec').waitFor();
  await until(async () => /^Ann Records records Ann Records’s camera\.$/.test(await text(ben, '#notice-text')), { what: 'Ben is told' });
  await until(async () => /Everybody here sees that/.test(await text(ann, '#notice-text')), { what: 'Ann is told' });
  await until(async () => /^Recording 0:0[1-9]$/.test((await text(ben, '#live-rec')).replace(/\s+/g, ' ')), { what: 'how long already' });
  await until(async () => /recorded by Ann Records/.test(await text(ben, '#live-facts')), { what: 'by whom' });
  await until(async () => /recorded by you/.test(await text(ann, '#live-own-text')), { what: 'the word beside “You are live”' });
  assert.deepEqual(await everyLook(ben.page, 'room recorded'), []);
  assert.deepEqual(await sizes(ann.page, 'room-recording'), []);
  await screenshots(ben.page, 'room-recorded');
  await screenshots(ann.page, 'room-recording');

  // In the library already, for whose it is.
  const shelf = await ann.context.newPage();
  await shelf.goto(`${world.url}/library`);
  await shelf.locator('.video-card[data-state="recording"]').getByText('Recording', { exact: true }).waitFor();
  await screenshots(shelf, 'library-recording');

  // A video takes the stage: that it is recorded is still said.
  await ann.page.setViewportSize({ width: 1280, height: 800 });
  await ann.watch(CLIP_URL);
  await ben.page.locator('#rec-chip').getByText('Being recorded: Ann Records’s camera').waitFor();
  await screenshots(ben.page, 'room-recorded-chip');
  await ann.page.locator('#live-chip-act').click();
  await ann.page.locator('#live-rec').waitFor();
  await until(() => Date.now() - began > 6_000, { timeoutMs: 20_000, what: 'some seconds' });
  await ann.page.getByRole('button', { name: 'Stop recording' }).click();
  const seconds = (Date.now() - began) / 1000;
  await ben.page.locator('#rec-chip').waitFor({ state: 'hidden' });
  await until(async () => /It is in your library/.test(await text(ann, '#notice-text')), { what: 'where it is' });
  assert.equal(await shown(ann, '#live-rec'), false);

  // The page of the library has followed by itself.
  const card = shelf.locator('.video-card[data-state="ready"]').filter({ hasText: 'Ann Records’s camera, ' });
  await card.waitFor({ timeout: 40_000 });
  const [minutes, rest] = (await card.locator('.video-length').innerText()).split(':').map(Number);
  assert.ok(Math.abs(minutes * 60 + rest - seconds) < 4, `${minutes}:${rest} of ${seconds} s`);
  assert.ok(await until(() => card.locator('img').evaluate((/** @type {HTMLImageElement} */ image) => image.complete && image.naturalWidth > 100), { what: 'its picture' }));
  await screenshots(shelf, 'library-recorded');
  await ann.page.locator('#live-own-end').click();
  await ann.goto('/library');
  const own = ann.page.locator('.video-card[data-state="ready"]').filter({ hasText: 'Ann Records’s camera, ' });
  await own.locator('summary').getByText('Watch in my room').click();
  await own.locator('.pop-link').first().click();
  await ann.inRoom();
  for (const visitor of [ann, ben]) {
    await until(() => visitor.page.evaluate(() => {
      const video = /** @type {HTMLVideoElement | null} */ (document.querySelector('#player video'));
      return video !== null && video.src.includes('/library/') && video.currentTime > 1 && Number.isFinite(video.duration);
    }), { timeoutMs: 30_000, what: `${visitor.name} sees the recording` });
  }
  assert.deepEqual([...ann.problems, ...ben.problems], []);
  await shelf.close();
  for (const person of [ann, ben]) await person.close();
});
