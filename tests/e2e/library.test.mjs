// The library in a real browser: an upload that survives a reload, what is kept out, and one video watched by two people in a room.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook, sizes } from './looks.mjs';
import { makeClip } from './media.mjs';

let world;
let ann;
before(async () => {
  world = await startWorld();
  ann = await world.visitor('Ann Library');
  await ann.signUp();
});
after(() => world?.stop());

const cards = (visitor) => visitor.page.locator('.video-card[data-state="ready"]');
const card = (visitor, title) => cards(visitor).filter({ hasText: title });
const choose = (visitor, file) => visitor.page.locator('#upload-files').setInputFiles(file);

/** A small clip under another name. @param {string} name @param {string[]} args */
function small(name, args = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']) {
  const file = join(world.place.folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'mandelbrot=s=640x360:r=25', '-t', '2', ...args, file]);
  return file;
}

test('an upload shows how far it is, goes on after a reload, and is in the list with picture and length', { timeout: 120_000 }, async () => {
  await ann.goto('/library');
  await ann.page.getByText('Nothing here yet.').waitFor();
  // A slow line: each piece waits until the story says so.
  let hold = true;
  let pieces = 0;
  await ann.page.route('**/library/uploads/*', async (route) => {
    if (route.request().method() === 'PATCH') {
      pieces += 1;
      if (hold && pieces > 1) return;
    }
    await route.continue();
  });
  await choose(ann, makeClip());
  const row = ann.page.locator('.upload-row');
  await until(async () => /[1-9]\d? %/.test(await row.locator('.upload-words-now').innerText()), { what: 'the first percent' });
  assert.ok(Number(await row.locator('progress').getAttribute('value')) >= 0);
  await screenshots(ann.page, 'library-sending');
  ann.page.once('dialog', (dialog) => dialog.accept());
  await ann.page.reload();
  const waiting = ann.page.locator('.video-card[data-state="arriving"]');
  await waiting.getByText(/[1-9]\d? % has arrived/).waitFor();
  hold = false;
  const before = pieces;
  await choose(ann, makeClip());
  await card(ann, 'clip-60').waitFor({ timeout: 60_000 });
  assert.ok(pieces > before);
  assert.equal(await card(ann, 'clip-60').locator('.video-length').innerText(), '1:00');
  const picture = card(ann, 'clip-60').locator('img');
  assert.ok(await until(() => picture.evaluate((/** @type {HTMLImageElement} */ image) => image.complete && image.naturalWidth > 100)));
  assert.equal(await waiting.count(), 0);
  await ann.page.unroute('**/library/uploads/*');
});

test('what no browser plays is refused with what would, in English and in German', { timeout: 60_000 }, async () => {
  await ann.goto('/library');
  await choose(ann, { name: 'notes.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(2_000_000, 'x') });
  await ann.page.locator('.upload-row .field-error').getByText('This is not a video file. MP4 (H.264 and AAC) or WebM would play.').waitFor();
  await choose(ann, small('old.mp4', ['-c:v', 'mpeg4']));
  await ann.page.locator('.upload-row .field-error').getByText('MPEG-4 Part 2').waitFor({ timeout: 30_000 });
  assert.deepEqual(await everyLook(ann.page, 'library refused'), []);
  await ann.page.locator('.upload-row').first().getByRole('button').click();
  assert.equal(await ann.page.locator('.upload-row').count(), 1);
  await ann.page.getByRole('button', { name: 'Deutsch' }).click();
  await ann.page.getByText('Sein Bild ist MPEG-4 Part 2').waitFor();
  await ann.page.setViewportSize({ width: 320, height: 568 });
  assert.ok(await ann.page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth), 'German fits a narrow phone');
  await ann.page.setViewportSize({ width: 1280, height: 800 });
  await ann.page.getByRole('button', { name: 'English' }).click();
});

test('a video is dropped onto the page, renamed and deleted', { timeout: 60_000 }, async () => {
  await ann.goto('/library');
  const bytes = [...readFileSync(small('dropped.mp4'))];
  const data = await ann.page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(content)], 'dropped.mp4', { type: 'video/mp4' }));
    return transfer;
  }, bytes);
  await ann.page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  assert.ok(await ann.page.locator('#upload[data-over]').count());
  // What somebody is typing stays until they are done, though the list is another one meanwhile.
  await card(ann, 'clip-60').getByLabel('Rename or delete').click();
  await card(ann, 'clip-60').getByLabel('Title').fill('Half a ti');
  await ann.page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await ann.page.locator('.upload-row[data-state="ready"]').waitFor({ timeout: 30_000 });
  assert.equal(await card(ann, 'clip-60').getByLabel('Title').inputValue(), 'Half a ti');
  await ann.page.keyboard.press('Escape');
  await card(ann, 'dropped').waitFor({ timeout: 30_000 });
  await card(ann, 'dropped').getByLabel('Rename or delete').click();
  await screenshots(ann.page, 'library-menu');
  await card(ann, 'dropped').getByLabel('Title').fill('A better name');
  await card(ann, 'dropped').getByRole('button', { name: 'Rename' }).click();
  await card(ann, 'A better name').getByLabel('Rename or delete').click();
  ann.page.once('dialog', (dialog) => dialog.accept());
  await card(ann, 'A better name').getByRole('button', { name: 'Delete' }).click();
  await until(async () => (await card(ann, 'A better name').count()) === 0);
});

test('a video of the library is watched by two people in step, one of them a guest', { timeout: 120_000 }, async () => {
  ann.problems.length = 0;  // the refusal before was one
  const code = await ann.startRoom();
  const ben = await world.visitor('Ben Guest');
  await ben.openRoom(code);
  await ann.goto('/library');
  assert.deepEqual(await sizes(ann.page, 'library'), []);
  await card(ann, 'clip-60').locator('summary').getByText('Watch in my room').click();
  await card(ann, 'clip-60').locator('.pop-link').first().click();
  await ann.inRoom();
  for (const visitor of [ann, ben]) await visitor.page.locator('#player video').waitFor({ timeout: 15_000 });
  assert.equal(new URL(ann.page.url()).search, '');
  const [a, b] = await Promise.all([ann.moving(), ben.moving()]);
  assert.ok(a.frame !== null && b.frame !== null);
  await ann.seek(45);
  await until(async () => (await ben.video()).positionMs >= 45_000, { what: 'the jump at Ben’s' });
  await ben.moving();
  assert.equal(await ben.page.locator('#library-open').count(), 0, 'the library is for accounts');

  // From inside the room: the next one is picked and queued.
  await ann.page.locator('#library-open').click();
  await ann.page.locator('.library-video').first().waitFor();
  assert.deepEqual(await sizes(ann.page, 'library-dialog'), []);
  await ann.page.locator('.library-video').first().click();
  await ann.page.locator('#source-preview[data-shown]').getByText('clip-60').waitFor();
  await ann.page.getByRole('button', { name: 'Add to queue' }).click();
  await ben.page.getByRole('tab', { name: /Queue/ }).click();
  await ben.page.locator('#panel-queue, .queue').getByText('clip-60').first().waitFor();
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});

test('a link made elsewhere only fills the box', { timeout: 60_000 }, async () => {
  const code = await ann.startRoom();
  const [id] = await ann.page.evaluate(async () => (await (await fetch('/library/items')).json()).items.map((/** @type {any} */ item) => item.id));
  await ann.goto(`/rooms/${code}?watch=${id}`);
  await ann.inRoom();
  await until(async () => (await ann.page.locator('#source-link').inputValue()).endsWith(`/library/${id}`));
  await ann.page.locator('#source-preview[data-shown]').getByText('clip-60').waitFor();
  assert.equal(await ann.page.locator('#player video').count(), 0);
  await ann.click('Watch this');
  await ann.page.locator('#player video').waitFor();
});
