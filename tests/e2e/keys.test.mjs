// The keyboard: what each key does, where keys are silent, and that Tab comes everywhere, in order, with a focus one can see.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LONG_CLIP_URL, startWorld, until } from './harness.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const position = async (person) => (await person.video()).positionMs;
const press = (person, key) => person.page.keyboard.press(key);
const nowhere = (person) => person.page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur());

test('each key does what the list of keys says; they are silent while somebody writes; letters can be switched off', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Keys');
  await ann.startRoom();
  await ann.watch(LONG_CLIP_URL);
  await ann.moving();
  await nowhere(ann);
  await press(ann, 'k');
  await ann.standing();
  await press(ann, 'Space');
  await ann.moving();
  await press(ann, 'k');
  await ann.standing();
  for (const [key, by] of [['l', 10_000], ['ArrowRight', 5_000], ['j', -10_000], ['ArrowLeft', -5_000]]) {
    const from = await position(ann);
    await press(ann, key);
    const to = Math.min(Math.max(0, from + by), (await ann.video()).durationMs);  // a slow machine may have played on a while
    await until(async () => Math.abs((await position(ann)) - to) < 200, { what: `${key}: ${by} ms from ${from}` });
  }
  await press(ann, 'm');
  await until(async () => (await ann.video()).muted, { what: 'muted' });
  await press(ann, 'm');
  await until(async () => !(await ann.video()).muted, { what: 'sound' });
  await press(ann, 'f');
  await until(() => ann.page.evaluate(() => document.fullscreenElement?.id === 'theatre'), { what: 'the whole screen' });
  await press(ann, 'f');
  await until(() => ann.page.evaluate(() => document.fullscreenElement === null), { what: 'the window again' });
  await press(ann, '?');
  assert.equal(await ann.page.locator('#help').isVisible(), true);
  await press(ann, 'k');
  assert.equal((await ann.video()).paused, true, 'keys are silent behind a dialog');
  await press(ann, 'Escape');
  assert.equal(await ann.page.locator('#help').isVisible(), false);

  await press(ann, 'c');
  assert.equal(await ann.page.evaluate(() => document.activeElement?.id), 'chat-text');
  await ann.page.keyboard.type('k m t');
  assert.equal(await ann.page.locator('#chat-text').inputValue(), 'k m t');
  assert.equal((await ann.video()).paused, true);

  await ann.openSettings();
  await ann.page.getByLabel('Single-letter keys').uncheck();
  await press(ann, 'Escape');
  await nowhere(ann);
  await press(ann, 'm');
  await press(ann, 'Space');
  await ann.moving();
  assert.equal((await ann.video()).muted, false, 'a letter does nothing, Space does');
  assert.deepEqual(ann.problems, []);
  await ann.close();
});

test('theatre: the picture takes the whole width, the panel is below it, and it stays so', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Wide');
  await ann.startRoom();
  await ann.watch(LONG_CLIP_URL);
  await ann.moving();
  await nowhere(ann);
  const box = (id) => ann.page.locator(id).boundingBox();
  const before = await box('#stage');
  await press(ann, 't');
  const wide = async () => (await box('#stage')).width === 1280;
  await until(wide, { what: 'the whole width' });
  assert.ok(before.width < 1000);
  const [bar, panel] = [await box('#bar'), await box('#panel')];
  assert.ok(bar.y + bar.height <= panel.y + 0.5 && panel.y < 800, 'the controls are there, and the tabs look out below them');
  await press(ann, 'c');
  await until(async () => { const text = await box('#chat-text'); return text.y + text.height <= 800; }, { what: 'the box to write in on the screen' });
  await ann.page.reload();
  await ann.inRoom();
  await until(wide, { what: 'still wide' });
  await ann.page.getByRole('button', { name: 'Theatre view' }).click();
  await until(async () => (await box('#stage')).width === before.width, { what: 'beside the panel again' });
  await ann.close();
});

/** One way through the page by Tab: what had the focus, and whether one could see it. */
async function walk(page) {
  // Tab goes on from where the focus was last, even if it is gone: from the very top.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
  });
  const seen = [];
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const node = /** @type {HTMLElement} */ (document.activeElement);
      if (!node || node === document.body) return null;
      const visible = [node, node.closest('form')].some((one) => one && getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) >= 2);
      return { id: node.id || node.getAttribute('href') || node.className, visible };
    });
    if (!at || at.id === seen[0]?.id) break;
    seen.push(at);
  }
  return seen;
}

/** What can have the focus, as it stands in the page. */
const focusable = (page) => page.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter((node) => /** @type {HTMLElement} */ (node).tabIndex >= 0 && !(/** @type {HTMLButtonElement} */ (node).disabled) && node.checkVisibility({ visibilityProperty: true }) && !node.closest('dialog'))
  .map((node) => node.id || node.getAttribute('href') || node.className));

for (const [name, options] of [['a wide window', {}], ['a phone', { viewport: { width: 390, height: 844 } }]]) {
  test(`in ${name} Tab comes to every control in the order of the page, and one sees where`, { timeout: 120_000 }, async () => {
    const ann = await world.visitor('Ann Tab', options);
    await ann.startRoom();
    await ann.say('Hello');
    await ann.page.locator('#chat-list .line-text').waitFor();
    for (const state of ['empty', 'playing']) {
      if (state === 'playing') {
        await ann.watch(LONG_CLIP_URL);
        await ann.moving();
        await nowhere(ann);
      }
      const [walked, there] = [await walk(ann.page), await focusable(ann.page)];
      assert.deepEqual(walked.map((one) => one.id), there, state);
      assert.deepEqual(walked.filter((one) => !one.visible), [], `${state}: a focus nobody sees`);
      assert.ok(there.includes('chat-text') && there.includes('open-settings'));
    }
    await ann.close();
  });
}
