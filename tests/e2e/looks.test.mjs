// Every state of the room on a desk, a phone and a phone on its side, for a person's eyes: build/screenshots/look-*.png. Nothing may stick
// out, and axe finds nothing. MATINEE_LOOKS=all walks through every size in both lights, which takes some minutes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LONG_CLIP_URL, startWorld, until } from './harness.mjs';
import { sizes } from './looks.mjs';

let world;
before(async () => { world = await startWorld({ args: ['--bench-guests', '1'] }); });
after(() => world?.stop());

const lines = ['Is everybody here?', 'Almost. Two minutes.', 'I have popcorn 🍿', 'The good part is at 12:30, do not talk then, please, any of you, whatever happens on the screen',
  'https://example.org/a/very/long/address/that/has/to/be/broken/somewhere?because=it&is=long', 'ok', 'Does anybody have subtitles?', 'Yes'];

test('empty, playing, with a full chat, with each dialog and each tab, at each size', { timeout: process.env.MATINEE_LOOKS === 'all' ? 900_000 : 240_000 }, async () => {
  const ann = await world.visitor('Ann Looks');
  const ben = await world.visitor('Benedikt with a Long Name');
  const found = [];
  const look = async (name) => found.push(...(await sizes(ann.page, name)));
  await ben.openRoom(await ann.startRoom());
  await look('empty');
  for (let i = 0; i < 24; i += 1) await [ann, ben][i % 3 ? 0 : 1].say(`${lines[i % lines.length]}${i < lines.length ? '' : ` ${i}`}`);
  await until(async () => (await ann.said()).length === 24, { what: 'a full chat' });
  await ann.watch(LONG_CLIP_URL);
  await ann.moving();
  await ann.pause();
  await until(async () => (await ann.badge()) === 'in-step', { what: 'in step' });
  await look('playing');
  for (const link of ['https://youtu.be/aaaaaaaaaaa', 'https://films.example/a/second/film.mp4']) {
    await ann.page.locator('#source-link').fill(link);
    await ann.click('Add to queue');
    await until(async () => (await ann.page.locator('#source-link').inputValue()) === '', { what: 'added' });
  }
  for (const tab of ['People', 'Queue']) {
    await ann.page.getByRole('tab', { name: tab }).click();
    await look(tab.toLowerCase());
  }
  await ann.page.getByRole('tab', { name: 'Chat' }).click();
  for (const [opener, name] of [['#open-settings', 'settings'], ['#open-share', 'share'], ['#badge-open', 'sync'], ['#desktop-open', 'desktop'], ['#subtitles-open', 'subtitles'], ['?', 'help']]) {
    if (opener === '?') {
      await ann.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());
      await ann.page.keyboard.press('?');
    } else await ann.page.locator(opener).click();
    await ann.page.locator('dialog[open]').waitFor();
    await look(name);
    await ann.page.keyboard.press('Escape');
  }
  assert.deepEqual(found, []);
  assert.deepEqual(ann.problems.filter((line) => !line.includes('films.example')), []);
});
