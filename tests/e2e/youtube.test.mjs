// Players that refuse, advertise, hesitate or say nothing, most of them YouTube's. None of it disturbs the room.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIP_URL, screenshots, startWorld, until } from './harness.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const link = (id) => `https://www.youtube.com/watch?v=${id}`;
const badgeText = (person) => person.page.locator('#badge-open').innerText();
const phase = (person) => person.page.locator('#play').getAttribute('aria-label');

for (const [number, words] of [[2, /does not know this video/], [5, /cannot play this video in this browser/], [100, /removed/], [101, /outside YouTube/], [150, /outside YouTube/], [153, /which site asks/]]) {
  test(`error ${number} is one clear sentence`, { timeout: 120_000 }, async () => {
    const id = `error_${String(number).padStart(5, '0')}`;
    world.youtube.behave(id, { error: number });
    const ann = await world.visitor(`Ann ${number}`);
    await ann.startRoom();
    await ann.watch(link(id));
    await until(async () => words.test(await badgeText(ann)), { what: `the sentence for ${number}` });
    assert.equal(await ann.badge(), 'failed');
    if (number === 150) await screenshots(ann.page, 'room-youtube-refuses');
    await ann.close();
  });
}

test('a player asked without a referrer refuses, and ours is asked with the site alone', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Referrer');
  const code = await ann.startRoom();
  await ann.watch(link('referrer_01'));
  await ann.moving('youtube');
  const asked = world.youtube.requests.filter((r) => r.url.startsWith('/embed/referrer_01'));
  assert.deepEqual(asked.map((r) => r.referer), [`${world.url}/`]);
  assert.ok(asked[0].url.includes('enablejsapi=1') && asked[0].url.includes('controls=0') && asked[0].url.includes('disablekb=1') && asked[0].url.includes('playsinline=1'));
  assert.ok(!asked[0].url.includes(code), 'the room’s code stays here');
  // The other side of the rig: the stand-in does refuse a missing one.
  await ann.page.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.referrerPolicy = 'no-referrer';
    frame.src = 'https://www.youtube-nocookie.com/embed/referrer_02?enablejsapi=1';
    document.body.append(frame);
  });
  await until(() => world.youtube.requests.some((r) => r.url.startsWith('/embed/referrer_02') && r.referer === null), { what: 'a request without a referrer' });
  await ann.close();
});

test('somebody’s advertisement holds up nobody else, and they catch up after it', { timeout: 120_000 }, async () => {
  world.youtube.behave('with_an_ad1', { adMs: 0 });
  const ann = await world.visitor('Ann Ad');
  await ann.startRoom();
  await ann.watch(link('with_an_ad1'));
  await ann.moving('youtube');
  world.youtube.behave('with_an_ad1', { adMs: 6000 });
  const ben = await world.visitor('Ben Ad');
  await ben.openRoom(ann.code);
  await until(async () => (await ben.badge()) === 'ad', { what: 'the badge of an advertisement' });
  assert.equal(await badgeText(ben), 'Ad playing for you; you will catch up');
  await ann.moving('youtube');
  assert.equal(await phase(ann), 'Pause', 'the room plays on');
  await until(async () => {
    const [a, b] = await Promise.all([ann.youtube(), ben.youtube()]);
    return b.moving && Math.abs(a.positionMs - a.at - (b.positionMs - b.at)) < 300;
  }, { timeoutMs: 25_000, what: 'caught up' });
  for (const person of [ann, ben]) await person.close();
});

test('a click into the picture pauses nothing for the room, and the player goes on', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Click');
  await ann.startRoom();
  await ann.watch(link('click_in_it'));
  await ann.moving('youtube');
  await until(async () => (await ann.badge()) === 'in-step' && (await ann.youtube()).rate === 1, { what: 'in step' });
  await ann.page.locator('#stage iframe').click({ position: { x: 60, y: 60 } });
  await until(async () => (await ann.youtube()).pauses === 1, { what: 'the click to arrive' });
  await ann.moving('youtube');
  assert.equal(await phase(ann), 'Pause');
  await until(() => ann.page.evaluate(() => document.activeElement?.tagName !== 'IFRAME'), { what: 'the keyboard back with us' });
  await ann.close();
});

test('a player that never answers is said to be silent', { timeout: 120_000 }, async () => {
  world.youtube.behave('silent_abcd', { silent: true });
  const ann = await world.visitor('Ann Silent');
  await ann.startRoom();
  await ann.watch(link('silent_abcd'));
  await until(async () => /does not answer/.test(await badgeText(ann)), { timeoutMs: 20_000, what: 'the sentence' });
  await ann.close();
});

test('a browser that refuses sound plays silently and offers the tap', { timeout: 120_000 }, async () => {
  world.youtube.behave('blocked_abc', { blocked: true });
  const ann = await world.visitor('Ann Strict');
  await ann.startRoom();
  await ann.watch(link('blocked_abc'));
  await ann.moving('youtube');
  await until(async () => (await ann.badge()) === 'sound-off', { what: 'the badge' });
  await screenshots(ann.page, 'room-tap-for-sound');
  await ann.click('Tap for sound');
  await until(async () => (await ann.badge()) === 'in-step', { timeoutMs: 15_000, what: 'sound and step' });
  assert.ok((await ann.youtube()).moving);
  await ann.close();
});

/** The driver's own look into a page counts as a tap for Chromium, so its refusal is played here. */
function refuseSound() {
  let tapped = false;
  addEventListener('pointerdown', () => { tapped = true; }, true);
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    return this.muted || tapped ? play.call(this) : Promise.reject(new DOMException('play() failed because the user didn’t interact', 'NotAllowedError'));
  };
}

test('a late joiner whose browser refuses sound sees the file move and offers the tap', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Tapped');
  await ann.startRoom();
  await ann.watch(CLIP_URL);
  await ann.moving();
  const ben = await world.visitor('Ben Untapped');
  await ben.context.addInitScript(refuseSound);
  await ben.openRoom(ann.code);
  const video = await ben.moving();
  assert.equal(video.muted, true);
  await until(async () => (await ben.badge()) === 'sound-off', { what: 'the badge' });
  const tap = await ben.page.getByRole('button', { name: 'Tap for sound', exact: true }).boundingBox();
  assert.ok(tap.height >= 48 && tap.width >= 280, `large: ${JSON.stringify(tap)}`);
  await ben.click('Tap for sound');
  await until(async () => (await ben.video()).muted === false, { what: 'sound' });
  await ben.moving();
  await until(async () => (await ben.badge()) === 'in-step', { what: 'in step with sound' });
  for (const person of [ann, ben]) await person.close();
});

test('a click on the file’s picture pauses nothing', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Picture');
  await ann.startRoom();
  await ann.watch(CLIP_URL);
  await ann.moving();
  await ann.page.locator('#player video').click({ position: { x: 50, y: 90 } });
  await ann.moving();
  assert.equal(await phase(ann), 'Pause');
  await ann.close();
});
