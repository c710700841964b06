// What is one's own: a picture chosen from a file, preferences that go along, and the account page at every size.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

/** A picture as a phone makes one: wide, and larger than what is kept. @param {import('playwright-core').Page} page @param {string} type */
async function photo(page, type = 'image/png') {
  const bytes = await page.evaluate(async (wanted) => {
    const canvas = new OffscreenCanvas(900, 600);
    const brush = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const sky = brush.createLinearGradient(0, 0, 900, 600);
    for (const [at, colour] of [[0, '#2b4a7f'], [0.5, '#e08a5b'], [1, '#f7d9a4']]) sky.addColorStop(/** @type {number} */ (at), /** @type {string} */ (colour));
    brush.fillStyle = sky;
    brush.fillRect(0, 0, 900, 600);
    brush.fillStyle = '#fff2cf';
    brush.beginPath();
    brush.arc(450, 300, 140, 0, 7);
    brush.fill();
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: wanted })).arrayBuffer())];
  }, type);
  return { name: 'holiday.png', mimeType: type, buffer: Buffer.from(bytes) };
}

const choose = (page, file) => page.locator('#picture-file').setInputFiles(file);

test('a picture is chosen from a file, cut to a square, and seen by others in the room at once and later', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Portrait');
  await ann.signUp();
  const code = await ann.startRoom();
  await ann.say('hello with an initial');
  const ben = await world.visitor('Ben Watches');
  await ben.openRoom(code);
  const faces = ben.page.locator('#chat-list .avatar img');
  await ben.page.locator('#chat-list .line-text').first().waitFor();
  assert.equal(await faces.count(), 0);

  const second = await ann.context.newPage();
  await second.goto(`${world.url}/account`);
  await choose(second, await photo(second));
  await second.getByText('Your picture is changed.').waitFor();
  const [type, bytes] = await second.evaluate(async () => {
    const answer = await fetch(/** @type {HTMLImageElement} */ (document.querySelector('.portrait img')).src);
    return [answer.headers.get('content-type'), (await answer.arrayBuffer()).byteLength];
  });
  assert.equal(type, 'image/webp');
  assert.ok(bytes > 500 && bytes <= 64 * 1024, `${bytes} bytes`);
  assert.deepEqual(await second.evaluate(async () => {
    const image = /** @type {HTMLImageElement} */ (document.querySelector('.portrait img'));
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }), [192, 192]);

  // The line that was written before wears it too, without a reload.
  await faces.first().waitFor();
  assert.ok(await until(() => ben.page.evaluate(() => {
    const image = /** @type {HTMLImageElement | null} */ (document.querySelector('#chat-list .avatar img'));
    return image?.complete && image.naturalWidth === 192;
  }), { what: 'the picture in the chat' }));
  await screenshots(ben.page, 'chat-picture');
  await ben.page.reload();
  await ben.inRoom();
  await faces.first().waitFor();
  await screenshots(second, 'account-picture');
  assert.deepEqual(await everyLook(second, 'account with a picture'), []);

  await second.getByRole('button', { name: 'Remove picture' }).click();
  await second.getByText('Your picture is removed.').waitFor();
  await until(async () => (await faces.count()) === 0, { what: 'the initial again' });
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});

test('a file that is no picture is refused in words, with the keyboard as with the mouse', { timeout: 60_000 }, async () => {
  const cem = await world.visitor('Cem Clumsy');
  await cem.signUp();
  await cem.goto('/account');
  await choose(cem.page, { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('no picture at all') });
  await cem.page.getByText('This file is not a picture that this browser can read. Choose another one.').waitFor();
  assert.deepEqual(await everyLook(cem.page, 'account with an error'), []);
  await cem.page.locator('#picture-file').focus();
  assert.equal(await cem.page.evaluate(() => document.activeElement?.id), 'picture-file');
  await choose(cem.page, await photo(cem.page, 'image/jpeg'));
  await cem.page.getByText('Your picture is changed.').waitFor();
  assert.deepEqual(cem.problems, []);
});

test('preferences set in a room go along to another browser, and are worn before the first paint', { timeout: 90_000 }, async () => {
  const dora = await world.visitor('Dora Dark', { colorScheme: 'light' });
  await dora.signUp();
  await dora.startRoom();
  await dora.click('Settings');
  const saved = dora.page.waitForResponse((response) => response.url().endsWith('/account/preferences') && !!response.request().postData()?.includes('theme=dark&motion=reduced'));
  await dora.page.getByLabel('Theme').selectOption('dark');
  await dora.page.getByLabel('Motion').selectOption('reduced');
  assert.equal(await dora.page.evaluate(() => document.documentElement.dataset.theme), 'dark');
  assert.equal((await saved).status(), 303);
  await dora.goto('/account');
  assert.equal(await dora.page.getByLabel('Theme').inputValue(), 'dark');

  const phone = await world.visitor('Dora Dark', { colorScheme: 'light' });
  await phone.goto('/login');
  await phone.fill('Name or e-mail', 'Dora Dark');
  await phone.page.locator('#password').fill('correct horse battery');
  const page = phone.page.waitForResponse((response) => response.url() === `${world.url}/` && response.status() === 200);
  await phone.click('Log in');
  assert.match(await (await page).text(), /<html[^>]* data-theme="dark" data-motion="reduced">/);
  assert.equal(await phone.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  // A guest's browser keeps its own.
  const eve = await world.visitor('Eve Guest', { colorScheme: 'dark' });
  await eve.startRoom();
  await eve.click('Settings');
  await eve.page.getByLabel('Theme').selectOption('light');
  await eve.page.reload();
  assert.equal(await eve.page.evaluate(() => document.documentElement.dataset.theme), 'light');
  assert.deepEqual([...dora.problems, ...phone.problems, ...eve.problems], []);
});

test('the account page works without script: preferences, and words where script is needed', { timeout: 60_000 }, async () => {
  const fay = await world.visitor('Fay Formal');
  await fay.signUp();
  const state = await fay.context.storageState();
  const plain = await world.visitor('Fay Formal', { javaScriptEnabled: false, storageState: state });
  await plain.goto('/account');
  await plain.page.getByText('Choosing a picture needs JavaScript.').waitFor();
  assert.equal(await plain.page.locator('#choose-picture').isVisible(), false);
  await plain.page.getByLabel('Theme').selectOption('light');
  await plain.click('Save preferences');
  await plain.page.getByText('Your preferences are saved.').waitFor();
  assert.equal(await plain.page.locator('html').getAttribute('data-theme'), 'light');
});

test('an account is downloaded and deleted; a line that stays is from a deleted account', { timeout: 120_000 }, async () => {
  const gil = await world.visitor('Gil Goes');
  await gil.signUp();
  const hal = await world.visitor('Hal Heir');
  await hal.signUp();
  const code = await gil.startRoom();
  await gil.say('this line stays');
  await hal.openRoom(code);
  await gil.goto('/account');
  const [download] = await Promise.all([gil.page.waitForEvent('download'), gil.page.getByRole('link', { name: 'Download your data' }).click()]);
  assert.equal(download.suggestedFilename(), 'matinee-account.json');
  await gil.page.locator('#delete-name').fill('gil goes');
  await gil.page.locator('#delete-current').fill('not the password');
  await gil.click('Delete account');
  await gil.page.locator('#delete-current-error').waitFor();
  assert.equal(await gil.page.evaluate(() => document.activeElement?.id), 'delete-current', 'where something is wrong');
  await screenshots(gil.page, 'account-delete-refused');
  assert.deepEqual(await everyLook(gil.page, 'account with a refused end'), []);
  await gil.page.locator('#delete-current').fill('correct horse battery');
  await gil.click('Delete account');
  await gil.page.getByText('Your account is deleted.').waitFor();
  assert.deepEqual(await everyLook(gil.page, 'landing after the end'), []);
  // The room comes back by itself, belongs to who was there, and shows the line without the name.
  await hal.page.locator('#chat-list .line-name', { hasText: 'Deleted account' }).waitFor({ timeout: 20_000 });
  assert.deepEqual(await hal.said(), ['this line stays']);
  assert.equal(await hal.page.locator('#chat-list .line-name', { hasText: 'Gil' }).count(), 0);
  await screenshots(hal.page, 'chat-deleted-account');
});
