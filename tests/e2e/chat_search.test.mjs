// Searching what was said, the room's pace, and text that no layout expects.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person } from '../system/client.mjs';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

let world; let ann; let ben; let code;
before(async () => {
  world = await startWorld({ args: ['--bench-guests', '1'] });
  ann = await world.visitor('Ann Seeks');
  code = await ann.startRoom();
  ben = await world.visitor('Ben Seeks');
  await ben.joinByCode(code);
});
after(async () => { await world?.stop(); });

const box = (person) => person.page.locator('#chat-text');
const hint = (person) => person.page.locator('#composer-hint').innerText();
const heard = (person, text) => until(async () => (await person.said()).includes(text), { what: `“${text.slice(0, 40)}” at ${person.name}` });
const note = (person) => person.page.locator('.search-note').innerText();

test('a word from long ago is found, with its date and the word marked, and a click leads there', { timeout: 180_000 }, async () => {
  const ed = new Person(world.url);
  await ed.joinRoom(code, 'Ed Seeks');
  const socket = await ed.socket(code);
  for (let i = 1; i <= 600; i += 1) {
    socket.send({ type: 'chat.post', id: `message-id-${i}`, text: i === 40 ? 'the Lighthouse stands <b>there</b>' : i === 450 ? 'that lighthouse again' : `filler ${i}` });
    if (i % 100 === 0) await socket.next((m) => m.type === 'chat.message' && m.id === `message-id-${i}`);
  }
  socket.close();
  // Who comes now has the newest fifty.
  await ben.page.reload();
  await ben.inRoom();
  await heard(ben, 'filler 600');
  await ben.page.locator('#chat-log').focus();
  await ben.page.keyboard.press('/');
  await until(() => ben.page.evaluate(() => document.activeElement?.id === 'chat-search-text'), { what: 'the field by its key' });
  assert.deepEqual(await everyLook(ben.page, 'search, empty'), []);
  await ben.page.keyboard.type('lighthouse');
  await until(async () => (await ben.page.locator('.search-result').count()) === 2, { what: 'two results' });
  assert.equal(await note(ben), '2 messages');
  assert.deepEqual(await ben.page.locator('.search-result mark').allInnerTexts(), ['lighthouse', 'Lighthouse']);
  assert.match(await ben.page.locator('.search-result').last().innerText(), /Ed Seeks[\s\S]*\d[\s\S]*the Lighthouse stands <b>there<\/b>/);
  assert.deepEqual(await everyLook(ben.page, 'search results'), []);
  await screenshots(ben.page, 'room-chat-search');
  await ben.page.locator('.search-result').last().click();
  await until(() => ben.page.evaluate(() => document.activeElement?.querySelector('.line-text')?.textContent === 'the Lighthouse stands <b>there</b>'), { what: 'the line of long ago' });
  assert.equal(await ben.page.locator('#chat-search').isVisible(), false);
  assert.ok(await ben.page.locator('.line-item:focus').isVisible());

  // From there on it can be read downwards without a break, over what was not fetched.
  await ben.page.locator('#chat-log').hover();
  const numbers = () => ben.page.evaluate(() => [...document.querySelectorAll('.line-text')].map((node) => Number(/filler (\d+)/.exec(node.textContent ?? '')?.[1])).filter(Boolean));
  let last = 0;
  await until(async () => {
    // A reader waits for what is still to come.
    if (!(await ben.page.locator('.line-gap').evaluateAll((nodes) => nodes.some((node) => node.getBoundingClientRect().top < innerHeight)))) await ben.page.mouse.wheel(0, 400);
    const seen = await numbers();
    last = Math.max(last, ...seen);
    return seen.includes(200);
  }, { timeoutMs: 60_000, everyMs: 30, what: 'reading on' });
  const seen = await numbers();
  for (let i = 1; i < seen.length; i += 1) assert.ok(seen[i] === seen[i - 1] + 1 || seen[i - 1] >= 540 || seen[i] >= 540, `${seen[i - 1]} then ${seen[i]}`);
  await ben.page.locator('#chat-newest').click();
  await until(async () => (await numbers()).includes(600), { what: 'the newest again' });
});

test('no result and too short a word are each told in the search; Escape closes it', { timeout: 120_000 }, async () => {
  await ben.page.getByRole('button', { name: 'Search messages' }).click();
  await ben.page.locator('#chat-search-text').fill('zeppelin');
  await until(async () => (await note(ben)) === 'No message with “zeppelin”. Try another word.', { what: 'the sentence for no result' });
  assert.deepEqual(await everyLook(ben.page, 'search without result'), []);
  await screenshots(ben.page, 'room-chat-search-none');
  await ben.page.locator('#chat-search-text').fill('z');
  await until(async () => (await note(ben)) === 'Type at least two letters.', { what: 'the sentence for one letter' });
  await ben.page.keyboard.press('Escape');
  assert.equal(await ben.page.evaluate(() => document.activeElement?.id), 'chat-search-open');
  assert.equal(await ben.page.locator('#chat-search').isVisible(), false);
});

test('slow mode: set by the owner, counted down quietly for the others, and nothing typed is lost', { timeout: 120_000 }, async () => {
  await ann.page.getByRole('button', { name: 'Settings' }).click();
  await ann.page.getByLabel('Slow mode').selectOption('5000');
  assert.deepEqual(await everyLook(ann.page, 'settings with slow mode'), []);
  await screenshots(ann.page, 'room-settings-slow');
  await ann.page.getByRole('button', { name: 'Save' }).click();
  await box(ben).fill('first');
  await until(async () => (await ben.page.locator('#composer-slow').innerText()) === 'Slow mode: one message every 5 s.', { what: 'the pace told' });
  await box(ben).press('Enter');
  await heard(ann, 'first');
  await box(ben).fill('second');
  await box(ben).press('Enter');
  assert.equal(await box(ben).inputValue(), 'second', 'it waits in the box');
  assert.match(await ben.page.locator('#composer-slow').innerText(), /^You can send again in [1-5] s\.$/);
  assert.deepEqual(await everyLook(ben.page, 'slow mode'), []);
  await screenshots(ben.page, 'room-chat-slow');
  await until(async () => { await box(ben).press('Enter'); return (await box(ben).inputValue()) === ''; }, { everyMs: 200, what: 'the pause over' });
  await heard(ann, 'second');
  for (const text of ['the owner', 'is free of it']) await ann.say(text);
  await heard(ben, 'is free of it');
  await ann.page.getByRole('button', { name: 'Settings' }).click();
  await ann.page.getByLabel('Slow mode').selectOption('0');
  await ann.page.getByRole('button', { name: 'Save' }).click();
  await box(ben).fill('x');
  await until(async () => (await ben.page.locator('#composer-slow').innerText()) === '', { what: 'the pace off' });
});

test('a pasted book: the counter says what is too much, nothing is sent, nothing is lost', { timeout: 120_000 }, async () => {
  const before = (await ann.said()).at(-1);
  const book = 'A long sentence of a long book. '.repeat(4_000);
  await box(ben).fill(book);
  assert.equal(await hint(ben), `A message has at most 4000 characters. Take out ${book.length - 4_000} to send it.`);
  await box(ben).press('Enter');
  assert.equal((await box(ben).inputValue()).length, book.length);
  assert.equal(await box(ben).getAttribute('aria-invalid'), 'true');
  assert.deepEqual(await everyLook(ben.page, 'too long a text'), []);
  await screenshots(ben.page, 'room-chat-too-long');
  await box(ben).fill('😀'.repeat(4_000));
  assert.equal(await hint(ben), '0 characters left.');
  await box(ben).press('Enter');
  // They come right after what was last before: of the book nothing was sent.
  await until(async () => (await ann.said()).at(-1) === '😀'.repeat(4_000), { what: 'four thousand emoji' });
  assert.equal((await ann.said()).at(-2), before);
});

test('a long text shows its beginning, and all of it when asked; no text breaks the layout', { timeout: 120_000 }, async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `verse ${i + 1}`).join('\n');
  await ben.say(lines);
  await heard(ann, lines);
  const item = ann.page.locator('.line-item', { hasText: 'verse 60' });
  const height = () => item.evaluate((node) => node.getBoundingClientRect().height);
  const folded = await height();
  assert.ok(folded < 450, `${folded}`);
  await item.getByRole('button', { name: 'Show all' }).click();
  assert.ok((await height()) > 2 * folded);
  await item.getByRole('button', { name: 'Show less' }).click();
  assert.ok((await height()) < 450);
  const texts = ['W'.repeat(3_900), '\u202eright to left\u202e', `Z${'\u0351'.repeat(300)} and on`, 'שלום 12:30 עולם', '👨‍👩‍👧‍👦🏴‍☠️🇩🇪👍🏽', '<script>document.title = "owned"</script>', '&lt;b&gt; &amp; </p>', '\u200b\u2066x\u2069', 'a\tb\n\n\n\nc'];
  for (const text of texts) await ben.say(text);
  await until(async () => (await ann.page.locator('.line-text').last().textContent())?.startsWith('a\tb'), { what: 'the last of them' });
  const shown = await ann.page.locator('.line-text').evaluateAll((nodes) => nodes.map((node) => node.textContent));
  for (const text of texts) assert.ok(shown.includes(text), JSON.stringify(text.slice(0, 30)));
  assert.equal(await ann.page.locator('#chat-list :is(script, b, img)').count(), 0);
  for (const width of [1280, 390]) {
    await ann.page.setViewportSize({ width, height: 800 });
    assert.equal(await ann.page.evaluate(() => { const log = document.querySelector('#chat-log'); return log.scrollWidth - log.clientWidth; }), 0, `${width}`);
  }
  await ann.page.setViewportSize({ width: 1280, height: 800 });
  assert.deepEqual(await everyLook(ann.page, 'hostile text'), []);
  await screenshots(ann.page, 'room-chat-hostile');
  assert.doesNotMatch(await ann.page.title(), /owned/);
  assert.deepEqual([...ann.problems, ...ben.problems], []);
});
