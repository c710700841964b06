// A phone: every width from 320 px, both ways up, fingers instead of a mouse, a keyboard that takes half the screen, a screen that stays on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LONG_CLIP_URL, screenshots, startWorld, until } from './harness.mjs';
import { violations } from './looks.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const phone = (width, height) => ({ viewport: { width, height }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
const box = (person, id) => person.page.locator(id).boundingBox();

/** Controls a finger would miss: smaller than 44 px and not words in a line of text. */
const small = (page) => page.evaluate(() => [...document.querySelectorAll('button, select, input:not([type="checkbox"], [type="radio"], [type="file"]), textarea, summary, a.button, a.brand')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !node.closest('.line, .visually-hidden, .skip-link'))
  .flatMap((node) => {
    const rect = node.getBoundingClientRect();
    const grown = getComputedStyle(node, '::after');
    const reach = grown.position === 'absolute' && grown.content !== 'none' ? { width: parseFloat(grown.width), height: parseFloat(grown.height) } : { width: 0, height: 0 };
    const [width, height] = [Math.max(rect.width, reach.width), Math.max(rect.height, reach.height)];
    // A slider is reached along its whole length.
    return width < 43.5 || (height < 43.5 && node.getAttribute('type') !== 'range') ? [`${node.id || node.className}: ${Math.round(width)} × ${Math.round(height)}`] : [];
  }));

/** Everything of the page that is wider than the screen, or under something else's edge. */
const sticking_out = (page) => page.evaluate(() => [...document.querySelectorAll('.room-header *, .theatre *, .panel *')]
  .filter((node) => node.checkVisibility() && !node.closest('.visually-hidden, svg, [role="log"], .live-choices') && getComputedStyle(node).position !== 'fixed')
  .filter((node) => { const rect = node.getBoundingClientRect(); return rect.width > 1 && (rect.left < -0.5 || rect.right > innerWidth + 0.5); }).map((node) => node.id || node.className));

test('from 320 px on the room fits, the picture is on top, the box to write in at the bottom, and fingers reach everything', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Phone', phone(320, 568));
  await ann.startRoom();
  await ann.say('A line that is long enough to be broken at this width, once or twice');
  const found = [];
  for (const state of ['empty', 'playing']) {
    if (state === 'playing') {
      await ann.watch(LONG_CLIP_URL);
      await ann.moving();
    }
    for (const [width, height] of [[320, 568], [344, 882], [360, 640], [390, 844], [430, 932], [490, 900], [768, 1024]]) {
      await ann.page.setViewportSize({ width, height });
      const [stage, text] = [await box(ann, '#stage'), await box(ann, '#composer')];
      if (text.y + text.height > height + 0.5) found.push(`${state} ${width}: the box to write in ends at ${text.y + text.height} of ${height}`);
      if (stage.y + stage.height > text.y) found.push(`${state} ${width}: the picture is over the box to write in`);
      found.push(...(await sticking_out(ann.page)).map((what) => `${state} ${width}: ${what} sticks out`));
      found.push(...(await small(ann.page)).map((what) => `${state} ${width}: ${what}`));
      found.push(...(await violations(ann.page)).map((what) => `${state} ${width}: ${what}`));
    }
    await ann.page.setViewportSize({ width: 320, height: 568 });
    await ann.page.screenshot({ path: `build/screenshots/phone-320-${state}.png` });
  }
  assert.deepEqual(found, []);
  await ann.close();
});

test('on its side the picture has the whole screen; controls lie over a film and go, beside YouTube they stand below', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Sideways', phone(844, 390));
  await ann.startRoom();
  await ann.page.locator('#source-open').tap();
  await ann.watch(LONG_CLIP_URL);
  await ann.moving();
  const whole = await box(ann, '#stage');
  assert.ok(whole.width >= 844 && whole.height >= 389, JSON.stringify(whole));
  await ann.page.touchscreen.tap(300, 120);
  await until(() => ann.page.evaluate(() => document.documentElement.hasAttribute('data-idle')), { what: 'controls gone' });
  await ann.page.screenshot({ path: 'build/screenshots/phone-844x390-film-idle.png' });
  await ann.page.touchscreen.tap(300, 120);
  await until(() => ann.page.locator('#bar').evaluate((bar) => getComputedStyle(bar).opacity === '1'), { what: 'controls back' });
  assert.deepEqual(await small(ann.page), []);
  assert.deepEqual(await violations(ann.page), []);
  await ann.page.screenshot({ path: 'build/screenshots/phone-844x390-film.png' });

  await ann.page.locator('#panel-toggle').tap();
  const [stage, text] = [await box(ann, '#stage'), await box(ann, '#composer')];
  assert.ok(stage.x + stage.width <= text.x && text.y + text.height <= 390, `the chat is beside the picture: ${JSON.stringify({ stage, text })}`);
  assert.deepEqual(await sticking_out(ann.page), []);
  await ann.page.screenshot({ path: 'build/screenshots/phone-844x390-film-chat.png' });
  await ann.page.locator('#panel-toggle').tap();

  await ann.page.setViewportSize({ width: 390, height: 844 });
  await ann.page.locator('#source-open').tap();
  await ann.page.locator('#source-link').fill('https://youtu.be/aaaaaaaaaaa');
  await ann.click('Watch this now');
  await ann.moving('youtube');
  for (const [width, height] of [[844, 390], [568, 320]]) {
    await ann.page.setViewportSize({ width, height });
    const frame = await box(ann, '#stage iframe');
    assert.ok(frame.width >= 200 && frame.height >= 200, JSON.stringify(frame));
    const covered = await ann.page.evaluate(() => {
      const rect = document.querySelector('#stage iframe').getBoundingClientRect();
      const over = [];
      for (let x = rect.left + 4; x < rect.right; x += 20) for (let y = rect.top + 4; y < rect.bottom; y += 20) {
        const top = document.elementFromPoint(x, y);
        if (top?.tagName !== 'IFRAME') over.push(top?.id || top?.className);
      }
      return over;
    });
    assert.deepEqual(covered, [], `${width}: nothing lies over YouTube’s picture`);
    assert.ok((await box(ann, '#bar')).y >= frame.y + frame.height - 0.5);
    assert.deepEqual(await sticking_out(ann.page), []);
  }
  await ann.page.screenshot({ path: 'build/screenshots/phone-568x320-youtube.png' });
  await ann.close();
});

test('the soft keyboard hides neither the message box nor the picture', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Thumbs', phone(390, 844));
  await ann.startRoom();
  await ann.watch(LONG_CLIP_URL);
  await ann.moving();
  await ann.page.locator('#chat-text').tap();
  // A keyboard makes the part of the page that can be seen lower: interactive-widget=resizes-content.
  await ann.page.setViewportSize({ width: 390, height: 844 - 336 });
  await until(() => ann.page.evaluate(() => document.documentElement.dataset.keyboard === 'open'), { what: 'the page that makes room' });
  const [stage, text] = [await box(ann, '#stage'), await box(ann, '#composer')];
  assert.ok(stage.y >= 0 && stage.height >= 120 && stage.y + stage.height <= text.y, JSON.stringify({ stage, text }));
  assert.ok(text.y + text.height <= 844 - 336 + 0.5);
  await ann.page.screenshot({ path: 'build/screenshots/phone-390-keyboard.png' });
  await ann.say('typed with thumbs');
  await until(async () => (await ann.said()).length === 1, { what: 'the line' });
  await ann.page.setViewportSize({ width: 390, height: 844 });
  await until(() => ann.page.evaluate(() => document.documentElement.dataset.keyboard === undefined), { what: 'the keyboard away' });
  await ann.close();
});

test('the screen stays on while something plays, and not while it is paused or nobody looks', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Awake', phone(390, 844));
  // Only watches what is asked of the real wake lock.
  await ann.page.addInitScript(() => {
    const locks = /** @type {any} */ (window).locks = { held: 0, asked: 0 };
    const ask = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
      locks.asked += 1;
      const lock = await ask(type);
      locks.held += 1;
      lock.addEventListener('release', () => { locks.held -= 1; });
      return lock;
    };
  });
  const held = () => ann.page.evaluate('window.locks.held');
  const hide = (hidden) => ann.page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  await ann.startRoom();
  assert.equal(await ann.page.evaluate('window.locks.asked'), 0);
  await ann.watch(LONG_CLIP_URL);
  await ann.moving();
  await until(async () => (await held()) === 1, { what: 'the screen kept on' });
  await ann.pause();
  await until(async () => (await held()) === 0, { what: 'let go on pause' });
  await ann.play();
  await until(async () => (await held()) === 1, { what: 'kept on again' });
  await hide(true);
  await until(async () => (await held()) === 0, { what: 'let go when hidden' });
  await hide(false);
  await until(async () => (await held()) === 1, { what: 'and kept on when somebody looks' });
  assert.deepEqual(ann.problems, []);
  await screenshots(ann.page, 'phone-playing');
  await ann.close();
});
