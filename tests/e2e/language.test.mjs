// Two languages: what the browser asks for, what is chosen, on the pages and in a room; and how the longer words sit.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CLIP_URL, startWorld, until } from './harness.mjs';
import { rested, violations } from './looks.mjs';
import { built } from './paths.mjs';

let world;
before(async () => {
  mkdirSync(join(built, 'screenshots'), { recursive: true });
  world = await startWorld();
});
after(() => world?.stop());

const language_of = (visitor) => visitor.page.evaluate('document.documentElement.lang');

async function choose(visitor, name) {
  await Promise.all([visitor.page.waitForNavigation(), visitor.click(name)]);
}

/** Opens a room with the words of the German pages. */
async function startInGerman(visitor) {
  await visitor.goto('/');
  await visitor.fill('Dein Name', visitor.name);
  await visitor.click('Raum eröffnen');
  await visitor.inRoom();
  return visitor.code;
}

test('who chooses German on the landing page has it there and in the room, and English again from the room', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Both');
  await ann.goto('/');
  assert.equal(await language_of(ann), 'en');
  await choose(ann, 'Deutsch');
  assert.equal(new URL(ann.page.url()).pathname, '/');
  assert.equal(await language_of(ann), 'de');
  assert.match(await ann.page.locator('h1').innerText(), /Zusammen schauen/);
  const code = await startInGerman(ann);
  assert.equal(await language_of(ann), 'de');
  assert.equal(await ann.page.locator('#chat-text').getAttribute('placeholder'), 'Nachricht');
  await until(async () => (await ann.page.locator('#connection-text').innerText()) === 'Verbunden', { what: 'the script’s words in German' });
  await ann.say('ein Wort');
  await ann.page.locator('#chat-text').fill('noch ein Wort');
  await ann.click('Einstellungen');
  await choose(ann, 'English');
  await ann.inRoom();
  assert.equal(ann.code, code);
  assert.equal(await language_of(ann), 'en');
  await until(async () => (await ann.page.locator('#connection-text').innerText()) === 'Connected', { what: 'the script’s words in English' });
  await until(async () => (await ann.said()).includes('ein Wort'), { what: 'what was said before' });
  assert.equal(await ann.page.locator('#chat-text').inputValue(), 'noch ein Wort');
  assert.deepEqual(ann.problems, []);
});

test('the switch works without script, and a page opens in the language the browser asks for', { timeout: 120_000 }, async () => {
  const kai = await world.visitor('Kai Plain', { javaScriptEnabled: false, locale: 'de-AT' });
  await kai.goto('/signup');
  assert.match(await kai.page.locator('h1').innerText(), /Registrieren/);
  await choose(kai, 'English');
  assert.equal(new URL(kai.page.url()).pathname, '/signup');
  assert.match(await kai.page.locator('h1').innerText(), /Sign up/);
});

test('one room speaks to each in their language, and loads one catalogue for each', { timeout: 120_000 }, async () => {
  const eva = await world.visitor('Eva Deutsch', { locale: 'de-DE' });
  const bob = await world.visitor('Bob English');
  await bob.openRoom(await startInGerman(eva));
  await bob.watch(CLIP_URL);
  await until(async () => (await eva.page.locator('#notice-text').innerText()) === 'Bob English hat das Video gewechselt.', { what: 'the notice in German' });
  await eva.page.getByRole('tab', { name: /Leute/ }).click();
  await until(async () => (await eva.page.locator('#history-list').innerText()).includes('Bob English hat clip.mp4 gewählt'), { what: 'the history in German' });
  await bob.page.getByRole('tab', { name: /People/ }).click();
  await until(async () => (await bob.page.locator('#history-list').innerText()).includes('Bob English chose clip.mp4'), { what: 'the history in English' });
  const catalogues = (visitor) => visitor.requests.filter((url) => url.includes('/js/strings/')).map((url) => url.split('/').at(-1));
  assert.deepEqual([...new Set(catalogues(eva))], ['de.js']);
  assert.deepEqual([...new Set(catalogues(bob))], ['en.js']);
  assert.deepEqual([...eva.problems, ...bob.problems], []);
});

/** The room beside its panel in the smallest window that has both: what stands in one line stays there. @returns {Promise<string[]>} what does not */
async function oneLine(visitor, name) {
  await visitor.page.setViewportSize({ width: 870, height: 800 });
  const lines = await visitor.page.evaluate((page) => ['.tab', '.source > .button:not([hidden]), .source > .icon-button:not([hidden])'].flatMap((one) => {
    const boxes = [...document.querySelectorAll(one)].map((node) => { const range = document.createRange(); range.selectNodeContents(node); return range.getBoundingClientRect(); });
    const middles = boxes.map((box) => box.top + box.height / 2);
    const lines = boxes.some((box) => box.height > 30) || Math.max(...middles) - Math.min(...middles) > 8;
    return boxes.length && lines ? [`${page} 870: ${one} takes more than one line: ${JSON.stringify(boxes.map(({ x, y, width, height }) => [x, y, width, height].map(Math.round)))}, ${innerWidth} px`] : [];
  }), name);
  for (const width of [870, 1030]) {
    await visitor.page.setViewportSize({ width, height: 800 });
    lines.push(...await visitor.page.evaluate((page) => {
      const bar = document.querySelector('.bar-buttons');
      const out = [...(bar?.children ?? [])].filter((one) => one.getBoundingClientRect().right > bar.getBoundingClientRect().right + 1);
      return out.map((one) => `${page} ${innerWidth}: #${one.id} stands out of the bar`);
    }, name));
  }
  return lines;
}

/** Colours are the same in every language: each width once, in another scheme. */
async function look(visitor, name) {
  const found = [];
  const before = visitor.page.viewportSize();
  for (const [width, height, colorScheme] of /** @type {const} */ ([[1440, 900, 'dark'], [390, 844, 'light']])) {
    await visitor.page.setViewportSize({ width, height });
    await visitor.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await rested(visitor.page);
    await visitor.page.screenshot({ animations: 'disabled', path: join(built, 'screenshots', `${name}-${width}-${colorScheme}.png`) });
    found.push(...(await violations(visitor.page)).map((one) => `${name} ${width} ${colorScheme}: ${one}`));
    const wide = await visitor.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) found.push(`${name} ${width}: ${wide} px wider than the screen`);
  }
  // The narrowest phone.
  await visitor.page.setViewportSize({ width: 320, height: 568 });
  const over = await visitor.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) found.push(`${name} 320: ${over} px wider than the screen`);
  found.push(...await oneLine(visitor, name));
  await visitor.page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await visitor.page.setViewportSize(before);
  return found;
}

let eva;
test('in German no page is wider than the screen, and there is no violation', { timeout: 120_000 }, async () => {
  eva = await world.visitor('Eva Walk', { locale: 'de-DE' });
  for (const [path, name] of [['/', 'de-landing'], ['/login', 'de-login'], ['/signup', 'de-signup'], ['/nowhere', 'de-not-found']]) {
    await eva.goto(path);
    assert.deepEqual(await look(eva, name), []);
  }
  const code = await startInGerman(eva);
  assert.deepEqual(await look(eva, 'de-room-empty'), []);
  const ben = await world.visitor('Ben Walk', { locale: 'de-DE' });
  await ben.goto(`/rooms/${code}`);
  assert.deepEqual(await look(ben, 'de-join'), []);
  await ben.fill('Dein Name', 'Ben Walk');
  await ben.click('Beitreten');
  await ben.inRoom();
  await eva.say('Hallo zusammen');
  await ben.say('Los geht’s bei 0:05');
  await until(async () => (await eva.said()).includes('Los geht’s bei 0:05'), { what: 'the answer' });
});

test('nor are the pages of an account with a long name, on any phone', { timeout: 120_000 }, async () => {
  const amelie = await world.visitor('Amelie mit dem langen Namen', { locale: 'de-DE', viewport: { width: 390, height: 844 } });
  await amelie.goto('/signup');
  await amelie.page.locator('#name').fill(amelie.name);
  await amelie.page.locator('#password').fill('correct horse battery');
  await amelie.click('Registrieren');
  await amelie.page.waitForURL((url) => url.pathname !== '/signup');
  for (const path of ['/', '/account', '/rooms']) {
    await amelie.goto(path);
    for (const width of [430, 390, 320]) {
      await amelie.page.setViewportSize({ width, height: 844 });
      const out = await amelie.page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll('.card .button')]
        .filter((one) => one.getBoundingClientRect().right > one.closest('.card').getBoundingClientRect().right).map((one) => one.textContent)]);
      assert.deepEqual(out, [0], `${path} at ${width}`);
    }
  }
  // With an account there is one sign more beside the box.
  await amelie.page.setViewportSize({ width: 1440, height: 900 });
  await amelie.click('Raum eröffnen');
  await amelie.inRoom();
  await amelie.page.locator('#source-link').fill(CLIP_URL);
  await amelie.click('Anschauen');
  await amelie.moving();
  await amelie.page.locator('#source-close').waitFor();
  assert.deepEqual(await oneLine(amelie, 'de-account-room'), []);
  await amelie.page.screenshot({ animations: 'disabled', path: join(built, 'screenshots', 'de-account-room-870.png') });
  assert.ok(await amelie.page.locator('#library-open').isVisible());
  await amelie.close();
});

test('nor is the room in German, with what plays, waits and is here', { timeout: 120_000 }, async () => {
  await eva.page.locator('#source-link').fill(CLIP_URL);
  await eva.click('Anschauen');
  await eva.moving();
  await eva.page.locator('#source-link').fill('http://media.test/long.mp4');
  await eva.click('Einreihen');
  await eva.page.locator('#source-close').waitFor();
  assert.deepEqual(await look(eva, 'de-room-playing'), []);
  for (const [tab, name] of [['Playlist', 'de-queue'], ['Leute', 'de-people']]) {
    await eva.page.getByRole('tab', { name: new RegExp(tab) }).click();
    assert.deepEqual(await look(eva, name), []);
  }
});

test('nor are its dialogs', { timeout: 120_000 }, async () => {
  for (const [button, id] of [['Einstellungen', 'settings'], ['Diesen Raum teilen', 'share'], ['Desktop verbinden', 'desktop'], ['Untertitel', 'subtitles']]) {
    await eva.click(button);
    await eva.page.locator(`#${id}[open]`).waitFor();
    assert.deepEqual(await look(eva, `de-${id}`), []);
    await eva.page.keyboard.press('Escape');
    await eva.page.locator(`#${id}`).waitFor({ state: 'hidden' });
  }
});
