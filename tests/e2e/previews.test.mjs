// What a link is, before it plays, and subtitles beside a file: seen in the page, fetched by our server alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startSite } from '../system/sites.mjs';
import { screenshots, startWorld, until } from './harness.mjs';
import { root } from './paths.mjs';

// A picture of 1×1 that the browser really decodes.
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const subtitles = 'WEBVTT\n\n00:00.000 --> 00:58.000\nHello <i>there</i> <script>document.title="bad"</script>\n\n00:59.000 --> 01:00.000\nBye\n';
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

let site; let world;
before(async () => {
  site = await startSite({
    '/oembed': (request, response) => {
      const id = new URL(new URL(request.url, 'http://x').searchParams.get('url')).searchParams.get('v');
      if (id === 'not_allowed') return response.writeHead(401).end();
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ title: 'A film <b>about</b> pictures', author_name: 'Ann Author', thumbnail_url: `${site.url}/picture` }));
    },
    '/picture': (_request, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(pixel),
    '/film.vtt': (_request, response) => response.writeHead(200, { 'content-type': 'text/vtt' }).end(subtitles),
  });
  world = await startWorld({ args: ['--link-previews', 'on', '--allow-private-links', 'on', '--youtube-oembed-url', `${site.url}/oembed`] });
});
after(async () => { await world?.stop(); await site?.stop(); });

const clip = () => `http://127.0.0.1:${world.media.port}/clip.mp4`;
const card = (person) => person.page.locator('#source-preview[data-shown]');
const lines = (person) => person.page.locator('#subtitle-lines');

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'], iframes: false })).violations.flatMap((v) => v.nodes.map((n) => `${v.id} at ${n.target.join(' ')}`)));
}

test('a link in the source box says what it is before anybody watches it, and no other site hears of this person', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Preview');
  await ann.startRoom();
  const link = ann.page.locator('#source-link');
  await link.fill('https://youtu.be/dQw4w9WgXcQ');
  await card(ann).waitFor();
  assert.equal(await card(ann).locator('.preview-title').innerText(), 'A film <b>about</b> pictures');
  assert.equal(await card(ann).locator('.preview-facts').innerText(), 'YouTube · Ann Author');
  await until(() => card(ann).locator('img').evaluate((img) => img.complete && img.naturalWidth === 1), { what: 'the picture' });
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-preview');

  await link.fill('https://youtu.be/not_allowed');
  await until(async () => (await card(ann).locator('.preview-refusal').innerText().catch(() => '')).includes('Its owner does not allow other sites to play it.'), { what: 'the refusal' });
  assert.equal(await card(ann).locator('img').isVisible(), false);
  await screenshots(ann.page, 'room-preview-refused');

  // A link among words is found, and of several one is asked for.
  await link.fill('look at https://youtu.be/dQw4w9WgXcQ it is good');
  await until(async () => (await card(ann).locator('.preview-facts').innerText().catch(() => '')) === 'YouTube · Ann Author', { what: 'the link among words' });
  await link.fill('https://youtu.be/dQw4w9WgXcQ or https://youtu.be/not_allowed');
  await link.press('Enter');
  await until(async () => (await ann.page.locator('#source-error').innerText()) === 'There are several links here. Paste one.', { what: 'the sentence about several' });
  await link.fill('https://example.test/film.avi');
  await link.press('Enter');
  await until(async () => /^Browsers do not play this kind of file. Use a YouTube link, or one that ends in/.test(await ann.page.locator('#source-error').innerText()), { what: 'what would play' });
  await screenshots(ann.page, 'room-link-not-playable');

  // Typed letter by letter it is asked about once.
  const asked = ann.requests.length;
  await link.fill('');
  await link.pressSequentially(clip());
  await until(async () => /Video file · 1:00 · /.test(await card(ann).locator('.preview-facts').innerText().catch(() => '')), { what: 'the file' });
  assert.equal(ann.requests.slice(asked).filter((url) => url.includes('/preview?')).length, 1);
  const foreign = ann.requests.filter((url) => !url.startsWith(world.url) && !url.startsWith('data:'));
  assert.deepEqual(foreign, []);

  await ann.click('Watch this');
  await ann.moving();
  assert.equal(await card(ann).count(), 0);
  const ben = await world.visitor('Ben Door');
  await ben.goto(`/rooms/${ann.code}`);
  assert.match(await ben.page.locator('body').innerText(), /watching clip\.mp4/);
  assert.deepEqual([ann.problems, ben.problems], [[], []]);
  for (const person of [ann, ben]) await person.close();
});

test('each person turns on, sizes and shifts subtitles from a file or a link, and keeps them over a reload', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Subtitles');
  await ann.startRoom();
  assert.equal(await ann.page.locator('#subtitles-open').isVisible(), false);
  await ann.page.locator('#source-link').fill(clip());
  await ann.click('Watch this');
  await ann.moving();
  const ben = await world.visitor('Ben Without');
  await ben.openRoom(ann.code);
  await ben.moving();

  await ann.click('Subtitles');
  await ann.page.locator('#subtitles[open]').waitFor();
  await ann.page.locator('#subtitles-file').setInputFiles({ name: 'nothing.srt', mimeType: 'text/plain', buffer: Buffer.from('no subtitles') });
  await until(async () => (await ann.page.locator('#subtitles-error').innerText()).includes('no subtitles'), { what: 'the sentence' });
  const srt = '1\r\n00:00:00,000 --> 00:00:58,000\r\nGr\xfc\xdfe \x93<i>dir</i>\x94\r\n';
  await ann.page.locator('#subtitles-file').setInputFiles({ name: 'film.srt', mimeType: 'text/plain', buffer: Buffer.from(srt, 'latin1') });
  await until(async () => (await lines(ann).innerText()) === 'Grüße “dir”', { what: 'the line of the file' });
  assert.equal(await lines(ann).locator('.is-i').innerText(), 'dir');
  assert.equal(await ann.page.locator('#subtitles-source').innerText(), 'film.srt · 1 line');

  await ann.fill('or a link to a .vtt or .srt file', `${site.url}/film.vtt`);
  await ann.click('Get it');
  await until(async () => (await lines(ann).innerText()) === 'Hello there <script>document.title="bad"</script>', { what: 'the line of the link' });
  assert.equal(ann.requests.some((url) => url.startsWith(site.url)), false, 'our server fetched it');
  assert.notEqual(await ann.page.title(), 'bad');

  const size = () => lines(ann).evaluate((node) => parseFloat(getComputedStyle(node).fontSize));
  const medium = await size();
  await ann.page.locator('#subtitles-size').selectOption('huge');
  assert.ok((await size()) > 1.3 * medium);
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-subtitles');
  for (const width of [320, 344, 360, 375, 390, 430]) {
    await ann.page.setViewportSize({ width, height: 640 });
    const spare = await ann.page.locator('.bar-buttons').evaluate((bar) => bar.getBoundingClientRect().right - Math.max(...[...bar.children].map((child) => child.getBoundingClientRect().right)));
    assert.ok(spare >= -0.5, `at ${width} px the buttons of the bar stick out by ${-spare} px`);
  }
  await ann.page.setViewportSize({ width: 1280, height: 800 });
  // Later than they are: what is said now has not been said yet.
  for (let i = 0; i < 3; i += 1) await ann.click('Half a second later');
  assert.equal(await ann.page.locator('#subtitles-shift').innerText(), '+1.5 s');
  await ann.page.locator('#subtitles [data-close]').click();
  await ann.pause();
  await ann.seek(0.5);
  await until(async () => !(await lines(ann).isVisible()), { what: 'too early for the first line' });
  await ann.seek(2);
  await until(() => lines(ann).isVisible(), { what: 'the first line' });

  await ann.page.reload();
  await ann.inRoom();
  await until(async () => (await lines(ann).innerText().catch(() => '')).startsWith('Hello there'), { what: 'the line after a reload' });
  assert.equal(await ann.page.locator('#subtitles-shift').textContent(), '+1.5 s');
  await ann.click('Subtitles');
  await ann.page.locator('#subtitles-on').uncheck();
  await until(async () => !(await lines(ann).isVisible()), { what: 'none' });

  assert.equal(await lines(ben).isVisible(), false, 'nobody else sees them');
  assert.equal(ben.requests.some((url) => url.endsWith('/room/subtitles.js')), false, 'nor fetches what shows them');
  assert.deepEqual([ann.problems, ben.problems], [[], []]);
  for (const person of [ann, ben]) await person.close();
});
