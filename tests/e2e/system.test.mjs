// What Matinee asks of the system around the page: an icon to install, a count in the tab, notifications, the controls of the lock screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LONG_CLIP_URL, screenshots, startWorld, until } from './harness.mjs';
import { violations } from './looks.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const hide = (person, hidden) => person.page.evaluate((value) => {
  Object.defineProperty(document, 'hidden', { value, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

test('the browser finds nothing to complain of in the manifest, and all its icons', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Installs');
  await ann.goto('/');
  const session = await ann.context.newCDPSession(ann.page);
  const { url, errors, data } = await session.send('Page.getAppManifest');
  assert.match(url, /\/static\/[0-9a-f]{16}\/manifest\.en\.webmanifest$/);
  assert.deepEqual(errors, []);
  for (const icon of JSON.parse(data).icons) {
    const answer = await ann.page.request.get(new URL(icon.src, url).href);
    assert.equal(answer.status(), 200, icon.src);
    assert.match(answer.headers()['content-type'], /^image\//);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A private window, which every test has, can never install; nothing else stands in the way.
  assert.deepEqual(installabilityErrors.map((one) => one.errorId).filter((id) => id !== 'in-incognito'), []);
  await ann.close();
});

test('a tab in the background tells how much is new, in its title and its mark, until it is looked at', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Away');
  const ben = await world.visitor('Ben Talks');
  await ben.openRoom(await ann.startRoom());
  const mark = () => ann.page.locator('link[rel="icon"]').getAttribute('href');
  const plain = await mark();
  await hide(ann, true);
  for (const text of ['one', 'two', 'three']) await ben.say(text);
  await until(async () => (await ann.page.title()).startsWith('(3) '), { what: 'the count in the title' });
  await until(async () => decodeURIComponent(await mark()).includes('>3</text>'), { what: 'the count in the mark' });
  await hide(ann, false);
  await until(async () => !(await ann.page.title()).startsWith('('), { what: 'a title without count' });
  await until(async () => new URL(await mark(), world.url).pathname === plain, { what: 'the plain mark' });
  assert.deepEqual(ann.problems, []);
  for (const person of [ann, ben]) await person.close();
});

test('who turned them on is notified of mentions while the page is hidden, and of nothing else', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann');
  const ben = await world.visitor('Ben Calls');
  await ann.context.grantPermissions(['notifications'], { origin: world.url });
  // Only watches what is shown.
  await ann.page.addInitScript(() => {
    const shown = /** @type {any} */ (window).notes = [];
    const Real = window.Notification;
    window.Notification = class extends Real {
      constructor(title, options) {
        super(title, options);
        shown.push([title, options.body]);
      }
    };
  });
  await ben.openRoom(await ann.startRoom());
  const notes = () => ann.page.evaluate('window.notes');
  await hide(ann, true);
  await ben.say('@Ann, before you asked for it');
  await until(async () => (await ann.said()).length === 1, { what: 'the first line' });
  await hide(ann, false);
  await ann.openSettings();
  assert.deepEqual(await violations(ann.page), []);
  await ann.click('Turn on');
  await ann.page.getByRole('button', { name: 'Turn off' }).waitFor();
  await screenshots(ann.page, 'room-settings-notify');
  await ann.page.keyboard.press('Escape');
  await ben.say('@Ann, you are looking');
  await hide(ann, true);
  await ben.say('nobody in particular');
  await ben.say('@Ann, come back');
  await until(async () => (await notes()).length > 0, { what: 'the notification' });
  await until(async () => (await ann.said()).length === 4, { what: 'all lines' });
  assert.equal((await notes()).length, 1);
  assert.match((await notes())[0][0], /^Ben Calls in /);
  assert.equal((await notes())[0][1], '@Ann, come back');
  for (const person of [ann, ben]) await person.close();
});

test('over plain http Settings say that notifications need https, and how', { timeout: 120_000 }, async () => {
  const plain = await startWorld({ origin: 'http://films.example', args: ['--public-url', 'http://films.example'] });
  try {
    const ann = await plain.visitor('Ann Plain');
    await ann.startRoom();
    await ann.openSettings();
    assert.match(await ann.page.locator('#notify-hint').innerText(), /needs https.*\.\/dev cert/);
    assert.equal(await ann.page.locator('#notify-act').isVisible(), false);
  } finally {
    await plain.stop();
  }
});

test('the lock screen’s controls are the room’s once they are turned on, as far as this person may', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Locks');
  const ben = await world.visitor('Ben Watches');
  // Only watches what the page asks of the system.
  for (const person of [ann, ben]) {
    await person.page.addInitScript(() => {
      const asked = /** @type {any} */ (window).asked = {};
      const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
      navigator.mediaSession.setActionHandler = (name, handler) => {
        if (handler) asked[name] = handler;
        else delete asked[name];
        set(name, handler);
      };
    });
  }
  const asked = (person) => person.page.evaluate('Object.keys(window.asked)');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(LONG_CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  assert.deepEqual(await asked(ann), [], 'not without being asked');
  const turn_on = async (person) => {
    await person.openSettings();
    await person.page.getByLabel('Controls on the lock screen').check();
    await person.page.keyboard.press('Escape');
    await until(async () => (await asked(person)).includes('pause'), { what: 'the system knows' });
  };
  await turn_on(ann);
  assert.equal(await ann.page.evaluate(() => navigator.mediaSession.metadata?.artist), 'Matinee');
  await until(() => ann.page.evaluate(() => navigator.mediaSession.playbackState === 'playing'), { what: 'playing' });
  await ann.page.evaluate('window.asked.pause({ action: "pause" })');
  await Promise.all([ann.standing(), ben.standing()]);
  await ann.page.evaluate('window.asked.seekto({ action: "seekto", seekTime: 30 })');
  await until(async () => Math.abs((await ben.video()).positionMs - 30_000) < 200, { what: 'both at 0:30' });

  await ann.openSettings();
  await ann.page.getByText('Stage', { exact: true }).click();
  await ann.click('Save');
  await turn_on(ben);
  await ben.page.evaluate('window.asked.play({ action: "play" })');
  await until(async () => /Only/.test(await ben.page.locator('#notice-text').innerText()), { what: 'the sentence about rights' });
  assert.equal((await ann.video()).paused, true);
  for (const person of [ann, ben]) await person.close();
});
