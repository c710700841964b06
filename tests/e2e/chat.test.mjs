// Replies, times that jump, and hostile text, in two people's browsers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

let world; let ann; let ben;
before(async () => {
  world = await startWorld();
  ann = await world.visitor('Ann Chat');
  const code = await ann.startRoom();
  ben = await world.visitor('Ben Chat');
  await ben.joinByCode(code);
});
after(async () => { await world?.stop(); });

const row = (person, text) => person.page.locator('.line-item', { has: person.page.locator('.line-text', { hasText: text }) });
/** By the bar that comes when a line is pointed at. */
const act = async (person, text, name) => {
  await row(person, text).last().locator('.line').hover();
  await row(person, text).last().locator('.line-actions').getByRole('button', { name, exact: true }).click();
};
const heard = (person, text) => until(async () => (await person.said()).includes(text), { what: `“${text}” at ${person.name}` });

test('a reply by keyboard: quote above the box, Escape gives it up, the quote leads to the original in earlier history', { timeout: 120_000 }, async () => {
  await ann.say('the very first line');
  await heard(ben, 'the very first line');
  await ben.page.locator('#chat-log').focus();
  await ben.page.keyboard.press('ArrowUp');
  assert.equal(await ben.page.evaluate(() => document.activeElement?.querySelector('.line-text')?.textContent), 'the very first line');
  await ben.page.keyboard.press('Enter');
  const bar = ben.page.getByRole('toolbar', { name: 'Actions: Ann Chat, the very first line' });
  await until(() => bar.evaluate((node) => node.contains(document.activeElement)), { what: 'the actions by Enter' });
  await ben.page.keyboard.press('End');
  for (let i = 0; i < 8 && (await ben.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) !== 'Reply'; i += 1) await ben.page.keyboard.press('ArrowLeft');
  await ben.page.keyboard.press('Enter');
  assert.equal(await ben.page.evaluate(() => document.activeElement?.id), 'chat-text');
  assert.match(await ben.page.locator('#reply').innerText(), /Replying to\s+Ann Chat\s+the very first line/);
  await ben.page.keyboard.press('Escape');
  assert.equal(await ben.page.locator('#reply').isVisible(), false);
  await act(ben, 'the very first line', 'Reply');
  assert.deepEqual(await everyLook(ben.page, 'composer with a reply'), []);
  await ben.page.setViewportSize({ width: 1280, height: 800 });
  await ben.say('an answer');
  assert.equal(await ben.page.locator('#reply').isVisible(), false);
  await heard(ann, 'an answer');
  assert.match((await row(ann, 'an answer').locator('.line-quote').textContent()) ?? '', /In reply to Ann Chat: the very first line/);

  for (let i = 0; i < 60; i += 1) {
    const [person, other] = i % 2 ? [ann, ben] : [ben, ann];
    await person.say(`filler ${i}`);
    await heard(other, `filler ${i}`);
  }
  await act(ben, 'the very first line', 'Reply');
  await ben.say('after a while');
  const late = await world.visitor('Late Chat');
  await late.joinByCode(ann.code);
  await heard(late, 'after a while');
  assert.equal((await late.said()).includes('the very first line'), false, 'the first line is not loaded yet');
  const quote = row(late, 'after a while').locator('.line-quote');
  assert.match((await quote.textContent()) ?? '', /an earlier message/);
  await quote.click();
  await until(() => late.page.evaluate(() => document.activeElement?.querySelector('.line-text')?.textContent === 'the very first line'), { what: 'the original, fetched' });
  assert.match((await quote.textContent()) ?? '', /Ann Chat: the very first line/);
  await late.close();
});

test('a time in a message jumps for everybody, with Undo; too long a time says so', { timeout: 120_000 }, async () => {
  await ann.watch('http://media.test/clip.mp4?chat');
  await ann.moving();
  await ann.say('look at 0:42, not 99:59 or 1:2');
  await heard(ben, 'look at 0:42, not 99:59 or 1:2');
  assert.deepEqual(await row(ann, 'look at').locator('.time-link').allTextContents(), ['0:42', '99:59']);
  await row(ann, 'look at').getByRole('button', { name: '0:42', exact: true }).click();
  await until(async () => ((await ben.video())?.positionMs ?? 0) > 41_000, { what: 'the jump at Ben' });
  assert.match(await ann.page.locator('#notice').innerText(), /jumped to 0:42\.\s*Undo/);
  await row(ann, 'look at').getByRole('button', { name: '99:59', exact: true }).click();
  assert.equal(await ann.page.locator('#composer-hint').innerText(), 'The video is not that long.');
  await ann.pause();
});

test('an @ offers who is here; arrows, Enter and Escape; the one who is meant sees it', { timeout: 120_000 }, async () => {
  const cara = await world.visitor('Bea Chat');
  await cara.joinByCode(ann.code);
  const box = ann.page.locator('#chat-text');
  const options = () => ann.page.locator('#mention-list [role="option"]').allTextContents();
  await until(async () => (await ann.page.locator('#tab-people').innerText()).includes('3'), { what: 'three people' });
  await box.fill('');
  await box.pressSequentially('hello @b');
  assert.deepEqual(await options(), ['Bea Chat', 'Ben Chat']);
  assert.deepEqual(await everyLook(ann.page, 'names to choose from'), []);
  await screenshots(ann.page, 'room-chat-mention');
  await box.press('ArrowDown');
  assert.equal(await box.getAttribute('aria-activedescendant'), 'mention-1');
  await box.press('Enter');
  assert.equal(await box.inputValue(), 'hello @Ben Chat ');
  await box.pressSequentially('and @be');
  await box.press('Escape');
  assert.deepEqual(await options(), []);
  await box.press('Enter');
  await heard(ben, 'hello @Ben Chat and @be');
  await heard(cara, 'hello @Ben Chat and @be');
  assert.equal(await row(ben, 'and @be').locator('.line[data-mention]').count(), 1);
  assert.equal(await row(cara, 'and @be').locator('.line[data-mention]').count(), 0);
  assert.deepEqual(await everyLook(ben.page, 'a mention'), []);
  await screenshots(ben.page, 'room-chat-mentioned');
  await cara.close();
});

test('hostile text is shown as typed and breaks no line', { timeout: 120_000 }, async () => {
  const texts = ['<img src=x onerror="document.title=1"><b>bold</b>', 'W'.repeat(3_900), '\u202eright to left\u202e', `Z${'\u0351'.repeat(300)}`, 'שלום 12:30 עולם'];
  for (const text of texts) {
    await ann.say(text);
    await until(async () => (await ben.page.locator('#chat-list .line-text').last().textContent()) === text, { what: 'the text as typed' });
  }
  assert.equal(await ben.page.locator('.line-text :is(img, b)').count(), 0);
  await act(ben, 'bold', 'Reply');
  await ben.say('seen');
  await heard(ann, 'seen');
  assert.equal(await ann.page.evaluate(() => { const log = document.querySelector('#chat-log'); return log.scrollWidth - log.clientWidth; }), 0);
  assert.deepEqual(await everyLook(ben.page, 'hostile text'), []);
  await screenshots(ben.page, 'room-chat-replies');
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});
