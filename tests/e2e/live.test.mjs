// Live streams as people in a room see them: a desktop program sends numbered pictures, browsers show them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIP_URL, screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';
import { lineOf, Publisher, readStage, source } from './publisher.mjs';
import { readLine, TYPE, VideoClient, videoPorts } from '../system/video_client.mjs';

const options = { timeout: 180_000 };
let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const onStage = (visitor) => visitor.page.evaluate(readStage);
const text = (visitor, selector) => visitor.page.locator(selector).innerText();
const shows = (visitor, selector) => visitor.page.locator(selector).isVisible();

/** New pictures come to the stage. */
function moves(visitor) {
  const seen = new Set();
  return until(async () => {
    const number = await onStage(visitor);
    return number !== null && seen.add(number).size >= 4;
  }, { timeoutMs: 20_000, what: `moving pictures on ${visitor.name}'s stage` });
}

async function pair(name) {
  const [ada, bob] = [await world.visitor(`Ada ${name}`), await world.visitor(`Bob ${name}`)];
  await bob.openRoom(await ada.startRoom());
  return { ada, bob, stop: async () => { await ada.close(); await bob.close(); } };
}

/** A desktop program of this person that shows nothing of its own. */
async function desktopOf(visitor, credential = {}) {
  const { room, pair: letters } = readLine(await lineOf(visitor));
  return VideoClient.enter({ port: (await videoPorts(world.server)).plain, room, pair: letters, ...credential });
}

test('a camera that a desktop sends stands on everybody’s empty stage, and the bar says whose and how far behind', options, async () => {
  const { ada, bob, stop } = await pair('Live');
  assert.ok(await shows(bob, '#stage-empty'));
  const publisher = await Publisher.start(world, ada, { title: 'Desk' });
  await Promise.all([moves(ada), moves(bob)]);
  assert.equal(await text(ada, '#live-name'), 'Your camera');
  assert.equal(await text(bob, '#live-name'), 'Ada Live’s camera');
  assert.equal(await text(bob, '#live-title'), 'Desk');
  assert.equal(await shows(bob, '#stage-empty'), false);
  const facts = await until(async () => /^(\d+) ms behind · \d+ fps · 2 watching$/.exec(await text(bob, '#live-facts')), { what: 'the facts' });
  assert.ok(Number(facts[1]) < 1_000, facts[0]);
  // What is on the stage is what was sent just now: nothing queues anywhere.
  const shown = await onStage(bob);
  assert.ok((publisher.sent - shown + 60) % 60 <= 20, `${publisher.sent} sent, ${shown} shown`);
  await screenshots(bob.page, 'live');
  assert.deepEqual(await everyLook(bob.page, 'live'), []);
  await publisher.stop();
  await until(async () => (await text(bob, '#live-note-text')) === 'Ada Live’s camera has ended', { what: 'the end, in words' });
  await screenshots(bob.page, 'live-ended');
  await until(() => shows(bob, '#stage-empty'), { timeoutMs: 15_000, what: 'the empty stage' });
  assert.deepEqual([...ada.problems, ...bob.problems], []);
  await stop();
});

test('a publisher that is cut off is waited for, and the same stream goes on when it is back', options, async () => {
  const { ada, bob, stop } = await pair('Away');
  const publisher = await Publisher.start(world, ada);
  await moves(bob);
  await publisher.cut();
  await until(async () => (await text(bob, '#live-note-text')) === 'Ada Away’s camera is away, waiting for it', { what: 'the sentence' });
  assert.equal(await text(bob, '#live-mark'), 'Away');
  const stream = publisher.stream;
  await publisher.comeBack();
  assert.equal(publisher.stream, stream);
  await moves(bob);
  await until(async () => !(await shows(bob, '#live-note')) && (await text(bob, '#live-mark')) === 'Live', { what: 'live again' });
  await publisher.cut();
  await until(() => shows(bob, '#live[data-state="away"]'), { what: 'away once more' });
  await screenshots(bob.page, 'live-away');
  assert.deepEqual(await everyLook(bob.page, 'away'), []);
  await stop();
});

test('beside a room video a stream is a chip; it can be watched instead, and the video is taken up in step', options, async () => {
  const { ada, bob, stop } = await pair('Chip');
  await ada.watch(CLIP_URL);
  await Promise.all([ada.moving(), bob.moving()]);
  const publisher = await Publisher.start(world, ada);
  await until(() => shows(bob, '#live-chip'), { what: 'the chip' });
  assert.equal(await text(bob, '#live-chip-text'), 'Live: Ada Chip’s camera');
  assert.equal(await shows(bob, '#live'), false);
  await screenshots(bob.page, 'live-chip');
  assert.deepEqual(await everyLook(bob.page, 'chip'), []);
  await bob.click('Watch');
  await moves(bob);
  await bob.standing();
  assert.equal(await shows(bob, '#play'), false);
  await screenshots(bob.page, 'live-instead');
  assert.deepEqual(await everyLook(bob.page, 'instead'), []);
  await ada.moving();

  // What others do to the video is told below the picture, on a line of its own.
  await ada.page.locator('#forward').click();
  await until(async () => /jumped to/.test(await text(bob, '#notice-text')), { what: 'the notice' });
  for (const [width, height] of [[1440, 900], [390, 844], [844, 390]]) {
    await bob.page.setViewportSize({ width, height });
    const place = (selector) => bob.page.locator(selector).boundingBox();
    const line = await until(() => place('#notice'), { what: `the notice at ${width}` });
    const within = line.x >= 0 && line.y >= 0 && line.x + line.width <= width + 1 && line.y + line.height <= height + 1;
    assert.ok(within, `${width}: ${JSON.stringify(line)}`);
    for (const other of ['#live-fullscreen', '#live-name', '#live-chip-act', ...(height > 390 ? ['#stage', '#composer'] : [])]) {
      const box = await place(other);
      const apart = !box || box.x >= line.x + line.width || line.x >= box.x + box.width || box.y >= line.y + line.height - 1 || line.y >= box.y + box.height - 1;
      assert.ok(apart, `${width}: ${other} ${JSON.stringify(box)} and the notice ${JSON.stringify(line)}`);
    }
    await bob.page.screenshot({ path: `build/screenshots/live-notice-${width}.png` });
  }
  await bob.page.setViewportSize({ width: 1280, height: 800 });
  await screenshots(bob.page, 'live-notice');
  await bob.click('Back to the video');
  await bob.moving();
  await until(async () => (await bob.badge()) === 'in-step', { timeoutMs: 20_000, what: 'Bob in step again' });
  await bob.click('Watch');
  await moves(bob);
  await publisher.stop();
  await bob.moving();
  assert.equal(await shows(bob, '#live'), false, 'a stream that ends gives the video back');
  await stop();
});

test('several streams are chosen from, each person for themselves', options, async () => {
  const { ada, bob, stop } = await pair('Several');
  const camera = await Publisher.start(world, ada);
  const screen = await Publisher.start(world, bob, { kind: 'screen', fps: 10 });
  await moves(bob);
  await until(() => shows(bob, '#live-choices'), { what: 'the choice' });
  await bob.click('Your screen');
  await until(async () => (await text(bob, '#live-name')) === 'Your screen', { what: 'the other name' });
  await moves(bob);
  assert.equal(await text(ada, '#live-name'), 'Your camera');
  await screenshots(bob.page, 'live-several');
  assert.deepEqual(await everyLook(bob.page, 'several'), []);
  await screen.stop();
  await until(async () => (await text(bob, '#live-name')) === 'Ada Several’s camera', { what: 'the stream that is left' });
  await moves(bob);
  await camera.stop();
  await stop();
});

test('a page that nobody looks at fetches no pictures; a picture that stands still stays live', options, async () => {
  const { ada, bob, stop } = await pair('Hidden');
  const publisher = await Publisher.start(world, ada);
  await Promise.all([moves(ada), moves(bob)]);
  await until(async () => /2 watching/.test(await text(ada, '#live-facts')), { what: 'two viewers' });
  const hide = (hidden) => bob.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await hide(true);
  await until(async () => /1 watching/.test(await text(ada, '#live-facts')), { what: 'one viewer' });
  const before = await onStage(bob);
  await moves(ada);
  assert.equal(await onStage(bob), before, 'nothing is drawn');
  await hide(false);
  await moves(bob);
  publisher.freeze();
  await until(async () => {
    const number = await onStage(bob);
    await moves_not(bob, number);
    return true;
  }, { what: 'a still picture' });
  await until(async () => /fps/.test(await text(bob, '#live-facts')), { what: 'a still picture that is counted' });
  assert.equal(await shows(bob, '#live-note'), false);
  await publisher.stop();
  await stop();
});

/** Several readings apart the same number stands there. */
async function moves_not(visitor, number) {
  for (let i = 0; i < 8; i++) {
    await visitor.page.evaluate(() => new Promise((later) => { requestAnimationFrame(() => requestAnimationFrame(later)); }));
    if ((await onStage(visitor)) !== number) throw new Error('it moves');
  }
}

test('the dialog gives a line that connects a desktop, and says so when it did', options, async () => {
  const ada = await world.visitor('Ada Dialog');
  await ada.startRoom();
  const { page } = ada;
  await page.getByRole('button', { name: 'desktop program' }).click();
  const line = await until(() => page.locator('#desktop-line').inputValue(), { what: 'the line' });
  assert.match(line, /^matinee-video join \S+:\d+ [A-Z0-9]{8} --pair [A-Z2-7]{42}$/);
  assert.match(await text(ada, '#desktop-hint'), /^Works once, for [45]:\d\d more\.$/);
  await screenshots(page, 'desktop-dialog');
  const fits = await page.locator('#desktop-line').evaluate((node) => node.scrollHeight <= node.clientHeight + 1);
  assert.ok(fits, 'the whole line is seen');
  // No clipboard: the line is selected.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
  await page.locator('#desktop-copy').click();
  assert.equal(await page.evaluate(() => String(getSelection())), line);
  await page.locator('#desktop-new').click();
  const second = await until(async () => { const now = await page.locator('#desktop-line').inputValue(); return now && now !== line && now; }, { what: 'another line' });
  const { port, room, pair: letters, print } = readLine(second);
  const desktop = await VideoClient.enter({ host: '127.0.0.1', port, print, room, pair: letters });
  await until(async () => /Your desktop is connected/.test(await text(ada, '#desktop-hint')), { what: 'the good news' });
  await screenshots(page, 'desktop-connected');
  await desktop.bye();
  await ada.close();
});

test('what goes wrong with the line is said in a sentence, and can be tried again', options, async () => {
  const ada = await world.visitor('Ada Refused');
  await ada.startRoom();
  const { page } = ada;
  const sentence = 'Too many people connect just now. Try again in a minute.';
  await page.route('**/desktop', (route) => route.fulfill({ status: 429, contentType: 'application/json', body: JSON.stringify({ error: 'slow_down', sentence }) }));
  await page.getByRole('button', { name: 'Connect desktop' }).click();
  await until(async () => (await text(ada, '#desktop-error')).includes(sentence), { what: 'the sentence' });
  await screenshots(page, 'desktop-refused');
  assert.deepEqual(await everyLook(page, 'desktop refused'), []);
  await page.unroute('**/desktop');
  await page.route('**/desktop', (route) => route.abort());
  await ada.click('Try again');
  await until(async () => /does not answer/.test(await text(ada, '#desktop-error')), { what: 'the other sentence' });
  await page.unroute('**/desktop');
  await ada.click('Try again');
  await until(() => page.locator('#desktop-line').inputValue(), { what: 'the line after all' });
  await ada.close();
});

test('desktop windows of the room’s video are a chip; when nobody can send its frames, a way to help', options, async () => {
  const { ada, bob, stop } = await pair('Windows');
  const [first, second] = [await desktopOf(ada), await desktopOf(bob)];
  await ada.watch(CLIP_URL);
  await until(() => shows(bob, '#frames-chip'), { timeoutMs: 20_000, what: 'the plea' });
  assert.equal((await text(bob, '#frames-chip')).replace(/\s+/g, ' '), 'No connected desktop may send this video to the others. Connect yours');
  await screenshots(bob.page, 'live-nobody');
  assert.deepEqual(await everyLook(bob.page, 'nobody'), []);
  await bob.click('Connect yours');
  const { room, pair: letters } = readLine(await until(() => bob.page.locator('#desktop-line').inputValue(), { what: 'the line' }));
  await bob.page.keyboard.press('Escape');
  const helper = await VideoClient.connect({ port: (await videoPorts(world.server)).plain });
  await helper.hello();
  const asked = helper.next((m) => m.type === TYPE.ASK);
  await helper.auth({ room, pair: letters, may_be_asked: true });
  const { stream } = (await helper.publish(source({ kind: 'link' }), { ask: (await asked).json.ask })).json;
  await Promise.all([first.subscribe(stream), second.subscribe(stream)]);
  await until(async () => (await shows(bob, '#windows-chip')) && (await text(bob, '#windows-chip')) === 'Desktop windows: 2', { what: 'the count of windows' });
  assert.equal(await shows(bob, '#live-chip'), false, 'no second picture of the same');
  assert.equal(await shows(bob, '#frames-chip'), false);
  await screenshots(bob.page, 'live-windows');
  await Promise.all([first.bye(), second.bye(), helper.bye()]);
  await stop();
});
