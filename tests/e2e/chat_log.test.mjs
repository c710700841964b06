// A long conversation: few elements, a steady place while things come and go around it, and the keyboard's way through it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person } from '../system/client.mjs';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

const history = 5_000;
let world; let ann; let ben; let socket; let sent = 0;

/** Said by a program, as fast as the room takes it. */
async function say(count, words = (i) => `message ${i}`) {
  const last = sent + count;
  while (sent < last) {
    const until_seq = Math.min(last, sent + 200);
    while (sent < until_seq) { sent += 1; socket.send({ type: 'chat.post', id: `message-id-${sent}`, text: words(sent) }); }
    await socket.next((m) => m.type === 'chat.message' && m.id === `message-id-${sent}`);
    socket.messages.length = 0;
  }
}

before(async () => {
  // Without the chat's pace.
  world = await startWorld({ args: ['--bench-guests', '1'] });
  ann = await world.visitor('Ann Long');
  const code = await ann.startRoom();
  const ed = new Person(world.url);
  await ed.joinRoom(code, 'Ed Long');
  socket = await ed.socket(code);
  await say(history, (i) => (i % 7 ? `message ${i}` : `message ${i} ${'that goes on for longer '.repeat(i % 5 + 2)}`));
  ben = await world.visitor('Ben Long');
  await ben.openRoom(code);
  await until(async () => (await ben.said()).includes(`message ${history - 1}`), { what: 'the newest at Ben’s' });
});
after(async () => { socket?.web.close(); await world?.stop(); });

/** What stands where in the log. */
const view = () => ben.page.evaluate(() => {
  const log = /** @type {HTMLElement} */ (document.querySelector('#chat-log'));
  const edge = log.getBoundingClientRect();
  const seen = [...document.querySelectorAll('.line-item')].map((node) => ({ text: node.querySelector('.line-text')?.textContent ?? '', top: node.getBoundingClientRect().top - edge.top, bottom: node.getBoundingClientRect().bottom - edge.top }))
    .filter((line) => line.bottom > 0 && line.top < edge.height);
  return { seen, elements: document.querySelectorAll('.line-item').length, top: log.scrollTop, height: edge.height, end: log.scrollHeight - log.scrollTop - log.clientHeight };
});
const number = (line) => Number(/message (\d+)/.exec(line?.text ?? '')?.[1]);
const settled = () => ben.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(undefined)))));
const wheel = async (by) => { await ben.page.mouse.wheel(0, by); await settled(); };

test('all of 5,000 messages can be scrolled through, and a few hundred elements are enough', { timeout: 240_000 }, async () => {
  await ben.page.locator('#chat-log').hover();
  let most = 0;
  let empty = 0;
  let oldest = Infinity;
  await until(async () => {
    await wheel(-3_000);
    const now = await view();
    most = Math.max(most, now.elements);
    // A part of the log without any line would be a flash of nothing.
    const covered = now.seen.length ? now.seen.at(-1).bottom - now.seen[0].top : 0;
    if (covered < now.height * 0.6) empty += 1;
    oldest = Math.min(oldest, number(now.seen[0]) || Infinity);
    return oldest === 1;
  }, { timeoutMs: 200_000, everyMs: 0, what: 'the first message' });
  assert.ok(most <= 300, `${most} elements`);
  assert.ok(empty <= 2, `${empty} views with holes`);
  // Neighbours are neighbours: nothing is left out or doubled.
  const { seen } = await view();
  assert.deepEqual(seen.map(number), seen.map((_, i) => number(seen[0]) + i));
});

test('a jump by the scroll bar into the middle shows what is there, in order', { timeout: 60_000 }, async () => {
  await ben.page.evaluate(() => { const log = document.querySelector('#chat-log'); log.scrollTop = log.scrollHeight / 2; });
  await settled();
  const now = await until(async () => { await settled(); const v = await view(); return v.seen.length > 5 && v; }, { what: 'lines in the middle' });
  assert.ok(number(now.seen[0]) > 1_000 && number(now.seen[0]) < 4_000, `around ${number(now.seen[0])}`);
  assert.deepEqual(now.seen.map(number), now.seen.map((_, i) => number(now.seen[0]) + i));
  assert.ok(now.elements <= 300);
});

test('what is read stays where it is while others write and lines above change their height', { timeout: 60_000 }, async () => {
  await wheel(-350);
  const before = await view();
  const steady = before.seen[2];
  await say(30);
  await settled();
  const place = async () => (await view()).seen.find((line) => line.text === steady.text);
  assert.ok(Math.abs((await place()).top - steady.top) <= 1, 'after messages at the end');
  // The panel gets narrower: every line wraps anew.
  await ben.page.setViewportSize({ width: 1100, height: 800 });
  await settled();
  await until(async () => Math.abs(((await place())?.top ?? 1e9) - (await view()).seen[0].top) < 400, { what: 'the line still in view' });
  await ben.page.setViewportSize({ width: 1280, height: 800 });
  await settled();
  assert.match(await ben.page.locator('#chat-newest').innerText(), /30 new messages/);
});

test('Newest leads to the mark of what is new, then to the end, where new lines are followed', { timeout: 60_000 }, async () => {
  await ben.page.locator('#chat-newest').click();
  await settled();
  await until(async () => (await view()).seen.some((line) => number(line) === history + 1), { what: 'the first new one' });
  assert.equal(await ben.page.locator('.line-new').count(), 1);
  if (await ben.page.locator('#chat-newest').isVisible()) await ben.page.locator('#chat-newest').click();
  await until(async () => { const v = await view(); return v.end < 2 && number(v.seen.at(-1)) === sent; }, { what: 'the end' });
  await say(40);
  await until(async () => { const v = await view(); return v.end < 2 && number(v.seen.at(-1)) === sent; }, { what: 'the end again' });
  assert.ok((await view()).elements <= 120);
  assert.equal(await ben.page.locator('#chat-log').getAttribute('aria-live'), 'polite');
  assert.equal(await ben.page.locator('#chat-newest').isVisible(), false);
});

test('arrows go from line to line, one stop of Tab in all, and the focus outlives what comes', { timeout: 60_000 }, async () => {
  const focused = () => ben.page.evaluate(() => document.activeElement?.querySelector('.line-text')?.textContent ?? document.activeElement?.id);
  await ben.page.locator('#chat-log').focus();
  await ben.page.keyboard.press('ArrowUp');
  assert.equal(await focused(), `message ${sent}`);
  for (let i = 0; i < 150; i += 1) await ben.page.keyboard.press('ArrowUp');
  assert.match(await focused(), new RegExp(`^message ${sent - 150}\\b`));
  assert.ok((await view()).seen.some((line) => number(line) === sent - 150), 'in view');
  const stays = await focused();
  await say(60);
  await settled();
  assert.equal(await focused(), stays);
  assert.equal(await ben.page.evaluate(() => document.querySelectorAll('#chat-list :is(a, button):not([tabindex="-1"]):not(.line-actions *)').length), 0);
  assert.equal(await ben.page.locator('#chat-log').getAttribute('aria-live'), 'off', 'history is not read out as news');
  await ben.page.keyboard.press('Escape');
  assert.equal(await focused(), 'chat-text');
  assert.deepEqual(await everyLook(ben.page, 'in the middle of a long history'), []);
  await screenshots(ben.page, 'room-chat-long');
  assert.deepEqual(ben.problems, []);
});
