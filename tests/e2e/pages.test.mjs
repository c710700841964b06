// Every page: usable by everybody (axe), light, and quiet towards other sites until a video is chosen. Pictures are kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIP_URL, screenshots, startWorld, until } from './harness.mjs';
import { everyLook, violations } from './looks.mjs';

const LANDING_BYTES = 60 * 1024;
const ROOM_BYTES = 185 * 1024;

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

/** Bytes over the wire until the page is quiet. */
async function weigh(visitor, path) {
  const session = await visitor.context.newCDPSession(visitor.page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  session.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
  await visitor.goto(path);
  await visitor.page.waitForLoadState('networkidle').catch(() => {});
  await session.detach();
  return bytes;
}

test('the check of accessibility sees what is wrong', { timeout: 120_000 }, async () => {
  const bob = await world.visitor('Bob Broken');
  await bob.goto('/login');
  await bob.page.evaluate(() => document.querySelector('main').append(document.createElement('button')));
  assert.match((await violations(bob.page)).join('\n'), /button-name/);
});

test('the pages outside a room have no violation at any size and in either light', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Pages');
  const found = [];
  for (const [path, name] of [['/', 'landing'], ['/login', 'login'], ['/signup', 'signup'], ['/rooms/ZZZZZZZZ', 'no-such-room'], ['/nowhere', 'not-found']]) {
    await ann.goto(path);
    found.push(...(await everyLook(ann.page, name)));
    await screenshots(ann.page, name);
  }
  await ann.signUp();
  for (const [path, name] of [['/', 'landing-account'], ['/rooms', 'my-rooms-empty'], ['/account', 'account']]) {
    await ann.goto(path);
    found.push(...(await everyLook(ann.page, name)));
    await screenshots(ann.page, name);
  }
  const code = await ann.startRoom();
  await ann.goto('/rooms');
  found.push(...(await everyLook(ann.page, 'my-rooms')));
  await screenshots(ann.page, 'my-rooms');
  const ben = await world.visitor('Ben Pages');
  await ben.goto(`/rooms/${code}`);
  found.push(...(await everyLook(ben.page, 'join')));
  await screenshots(ben.page, 'join');
  assert.deepEqual(found, []);
});

test('the room has no violation, empty, playing, with people and with its dialogs open', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Room');
  const found = [];
  await ann.startRoom();
  await ann.say('First line');
  await ann.say('A link: https://example.org/film');
  found.push(...(await everyLook(ann.page, 'room, empty')));
  await ann.page.getByRole('tab', { name: /People/ }).click();
  found.push(...(await everyLook(ann.page, 'room, people')));
  await ann.page.getByRole('tab', { name: /Chat/ }).click();
  await ann.watch(CLIP_URL);
  await ann.moving();
  await ann.pause();
  await until(async () => (await ann.badge()) === 'in-step', { what: 'in step' });
  found.push(...(await everyLook(ann.page, 'room, paused')));
  for (const [button, name] of [['#open-settings', 'settings'], ['#open-share', 'share'], ['#badge-open', 'sync details']]) {
    await ann.page.locator(button).click();
    await ann.page.locator('dialog[open]').waitFor();
    found.push(...(await everyLook(ann.page, `room, ${name}`)));
    await screenshots(ann.page, `room-${name.replace(' ', '-')}`);
    await ann.page.keyboard.press('Escape');
  }
  assert.deepEqual(found, []);
  assert.deepEqual(ann.problems, []);
});

test('pages are light, and ask no other site for anything before a video is chosen', { timeout: 120_000 }, async (t) => {
  const eve = await world.visitor('Eve Light');
  const landing = await weigh(eve, '/');
  await eve.goto('/login');
  await eve.goto('/signup');
  const code = await eve.startRoom();
  await eve.say('Nothing plays yet');
  const room = await weigh(eve, `/rooms/${code}`);
  await eve.inRoom();
  // From the click to a room that hears and is heard, its files fetched once before.
  const started = performance.now();
  await eve.page.goto(`${world.url}/rooms/${code}`, { waitUntil: 'commit' });
  await eve.page.locator('#connection[data-state="joined"]').waitFor({ state: 'attached' });
  t.diagnostic(`in the room ${Math.round(performance.now() - started)} ms after opening it`);
  t.diagnostic(`landing page ${(landing / 1024).toFixed(1)} KiB, room page ${(room / 1024).toFixed(1)} KiB over the wire`);
  const elsewhere = eve.requests.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:') && new URL(url).host !== new URL(world.url).host);
  assert.deepEqual(elsewhere, []);
  assert.ok(landing > 0 && landing <= LANDING_BYTES, `landing ${landing}`);
  assert.ok(room > 0 && room <= ROOM_BYTES, `room ${room}`);
  for (const part of ['room/youtube.js', 'vendor/hls.js', 'room/settings.js', 'room/live.js', 'room/subtitles.js']) assert.ok(!eve.requests.some((url) => url.endsWith(part)), `${part} comes when it is needed`);
  await eve.watch('https://youtu.be/ddddddddddd');
  await eve.moving('youtube');
  assert.ok(eve.requests.some((url) => url.startsWith('https://www.youtube-nocookie.com/embed/ddddddddddd?')), 'this test would see one');
});

test('the video of a room is asked for before the page has its scripts', { timeout: 120_000 }, async () => {
  const [gil, hal] = [await world.visitor('Gil There'), await world.visitor('Hal Later')];
  const code = await gil.startRoom();
  await hal.openRoom(code);
  await gil.watch(CLIP_URL);
  await gil.moving();
  hal.requests.length = 0;
  let let_go = () => {};
  await hal.page.route('**/js/room/room.js', (route) => new Promise((resolve) => { let_go = () => resolve(route.continue()); }));
  await hal.page.goto(`${world.url}/rooms/${code}`, { waitUntil: 'commit' });
  await until(() => hal.requests.some((url) => url === CLIP_URL), { what: 'the clip to be asked for' });
  assert.equal(await hal.page.locator('#player video').count(), 0);
  let_go();
  await hal.moving();
  assert.deepEqual(hal.problems, []);
});

test('with “Ask me before loading other sites” nothing is loaded until “Load it”', { timeout: 120_000 }, async () => {
  const fay = await world.visitor('Fay Asks');
  await fay.startRoom();
  await fay.openSettings();
  await fay.page.getByLabel('Ask me before loading other sites').check();
  await fay.page.keyboard.press('Escape');
  await fay.watch('https://youtu.be/eeeeeeeeeee');
  await fay.page.getByRole('button', { name: 'Load it' }).waitFor();
  await screenshots(fay.page, 'room-ask-first');
  assert.ok(!fay.requests.some((url) => url.includes('youtube-nocookie.com')));
  await fay.click('Load it');
  await fay.moving('youtube');
  // Nor is a file that plays when the page is opened.
  await fay.page.locator('#source-link').fill(CLIP_URL);
  await fay.click('Watch this now');
  await fay.page.getByRole('button', { name: 'Load it' }).waitFor();
  await fay.page.reload();
  await fay.page.getByRole('button', { name: 'Load it' }).waitFor();
  assert.ok(!fay.requests.includes(CLIP_URL));
  await fay.click('Load it');
  await until(() => fay.requests.includes(CLIP_URL), { what: 'this test to see one' });
});
