// What is done to single lines, in two people's browsers: edit, delete, react, choose an emoji.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

let world; let ann; let ben; let code;
before(async () => {
  world = await startWorld();
  ann = await world.visitor('Ann Acts');
  code = await ann.startRoom();
  ben = await world.visitor('Ben Acts');
  await ben.context.addInitScript(breakable);
  await ben.joinByCode(code);
});
after(async () => { await world?.stop(); });

/** A page whose connection can be cut and kept cut. */
function breakable() {
  const Whole = WebSocket;
  const line = { cut: false, socket: /** @type {WebSocket | null} */ (null) };
  Object.assign(window, { line });
  window.WebSocket = class extends Whole {
    constructor(/** @type {string} */ url, /** @type {string} */ protocol) {
      super(line.cut ? 'ws://127.0.0.1:9/' : url, protocol);
      line.socket = this;
    }
  };
}

const row = (person, text) => person.page.locator('.line-item', { has: person.page.locator('.line-text', { hasText: text }) }).last();
const actions = async (person, text) => {
  await row(person, text).locator('.line').hover();
  return row(person, text).locator('.line-actions');
};
const act = async (person, text, name) => (await actions(person, text)).getByRole('button', { name, exact: true }).click();
const heard = (person, text) => until(async () => (await person.said()).some((one) => one.startsWith(text)), { what: `“${text}” at ${person.name}` });
const chip = (person, text, emoji) => row(person, text).locator('.chip', { hasText: emoji });
const box = (person) => person.page.locator('#chat-text');

test('Arrow up in an empty box edits one’s last line; Escape gives the box back as it was; both see the change and when it was made', { timeout: 120_000 }, async () => {
  await ann.say('hello wrold');
  await heard(ben, 'hello wrold');
  await box(ann).press('ArrowUp');
  await until(async () => (await box(ann).inputValue()) === 'hello wrold', { what: 'the last line in the box' });
  assert.match(await ann.page.locator('#reply').innerText(), /Editing\s+hello wrold/);
  await box(ann).press('Escape');
  assert.equal(await box(ann).inputValue(), '');
  assert.equal(await ann.page.locator('#reply').isVisible(), false);

  await box(ann).fill('a draft');
  await act(ann, 'hello wrold', 'Edit');
  assert.equal(await box(ann).inputValue(), 'hello wrold');
  assert.deepEqual(await everyLook(ann.page, 'editing'), []);
  await screenshots(ann.page, 'room-chat-edit');
  await box(ann).fill(' ');
  await box(ann).press('Enter');
  assert.equal(await ann.page.locator('#composer-hint').innerText(), 'Write something, or delete the message instead.');
  await box(ann).fill('hello world');
  assert.equal(await ann.page.locator('#composer-hint').innerText(), '');
  await box(ann).press('Enter');
  await heard(ben, 'hello world');
  assert.equal(await box(ann).inputValue(), 'a draft', 'what was being written is back');
  assert.match((await row(ben, 'hello world').locator('.line-edited').getAttribute('title')) ?? '', /^Edited .*\d/);
  assert.equal(await (await actions(ben, 'hello world')).getByRole('button', { name: 'Edit' }).count(), 0, 'nobody edits the words of others');
  await box(ann).fill('');
});

test('an edit and an answer that are not sent yet survive a reload', { timeout: 120_000 }, async () => {
  await box(ann).fill('a draft');
  await act(ann, 'hello world', 'Edit');
  await box(ann).fill('hello whole world');
  await ann.page.reload();
  await ann.inRoom();
  await until(async () => (await box(ann).inputValue()) === 'hello whole world', { what: 'the edit' });
  assert.match(await ann.page.locator('#reply').innerText(), /Editing\s+hello world/);
  await screenshots(ann.page, 'room-chat-edit-after-reload');
  await box(ann).press('Enter');
  await heard(ben, 'hello whole world');
  assert.equal(await box(ann).inputValue(), 'a draft');
  await act(ann, 'hello whole world', 'Edit');
  await box(ann).fill('hello world');
  await box(ann).press('Enter');
  await heard(ben, 'hello world');

  await box(ann).fill('');
  await act(ann, 'hello world', 'Reply');
  await box(ann).fill('I mean');
  await ann.page.reload();
  await ann.inRoom();
  await until(async () => (await box(ann).inputValue()) === 'I mean', { what: 'the answer' });
  assert.match(await ann.page.locator('#reply').innerText(), /Ann Acts/);
  await box(ann).press('Enter');
  await heard(ben, 'I mean');
  assert.match(await row(ben, 'I mean').innerText(), /hello world/);
});

test('a reaction is a chip with a count and the names; a click joins in or takes it back', { timeout: 120_000 }, async () => {
  await act(ben, 'hello world', 'React with 👍');
  await until(async () => (await chip(ann, 'hello world', '👍').innerText()).includes('1'), { what: 'Ben’s thumb at Ann’s' });
  assert.equal(await chip(ann, 'hello world', '👍').getAttribute('aria-pressed'), 'false');
  assert.equal(await chip(ann, 'hello world', '👍').getAttribute('aria-label'), '👍 1: Ben Acts');
  assert.equal(await chip(ben, 'hello world', '👍').getAttribute('aria-pressed'), 'true');
  await chip(ann, 'hello world', '👍').click();
  await until(async () => (await chip(ben, 'hello world', '👍').innerText()).includes('2'), { what: 'two thumbs' });
  assert.match((await chip(ben, 'hello world', '👍').getAttribute('title')) ?? '', /You/);
  assert.match((await chip(ben, 'hello world', '👍').getAttribute('title')) ?? '', /Ann Acts/);
  await act(ann, 'hello world', 'React with ❤️');
  await until(() => chip(ben, 'hello world', '❤️').isVisible(), { what: 'a heart' });
  await ann.page.mouse.move(5, 5);
  assert.deepEqual(await everyLook(ann.page, 'reactions'), []);
  await (await actions(ann, 'hello world')).waitFor();
  assert.deepEqual(await everyLook(ann.page, 'actions of a line'), []);
  await (await actions(ann, 'hello world')).waitFor();
  await screenshots(ann.page, 'room-chat-actions');
  await chip(ann, 'hello world', '👍').click();
  await until(async () => (await chip(ben, 'hello world', '👍').innerText()).includes('1'), { what: 'one thumb again' });
});

test('an emoji by its word, by arrows and from the recent ones: into the text at the caret, and as a reaction', { timeout: 120_000 }, async () => {
  await box(ann).fill('for dinner');
  await box(ann).press('Home');
  await ann.page.getByRole('button', { name: 'Emoji', exact: true }).click();
  const picker = ann.page.getByRole('dialog', { name: 'Emoji' });
  await picker.waitFor();
  await until(() => ann.page.evaluate(() => document.activeElement?.id === 'emoji-search'), { what: 'the search has the focus' });
  assert.deepEqual(await everyLook(ann.page, 'emoji picker'), []);
  await screenshots(ann.page, 'room-chat-emoji');
  await ann.page.keyboard.type('pizza');
  await ann.page.keyboard.press('Enter');
  assert.equal(await box(ann).inputValue(), '🍕for dinner');
  await until(() => ann.page.evaluate(() => !document.querySelector('#emoji')), { what: 'the picker closes' });

  await ann.page.getByRole('button', { name: 'Emoji', exact: true }).click();
  await picker.waitFor();
  await ann.page.keyboard.press('ArrowDown');
  assert.equal(await ann.page.evaluate(() => document.activeElement?.textContent), '🍕', 'the recent ones come first');
  await ann.page.keyboard.press('ArrowDown');
  const first = await ann.page.evaluate(() => document.activeElement?.textContent);
  await ann.page.keyboard.press('ArrowRight');
  await ann.page.keyboard.press('ArrowDown');
  await ann.page.keyboard.press('ArrowUp');
  await ann.page.keyboard.press('ArrowLeft');
  assert.equal(await ann.page.evaluate(() => document.activeElement?.textContent), first);
  await ann.page.keyboard.type('xyzzy');
  await until(() => picker.getByText('No emoji for “xyzzy”.').isVisible(), { what: 'the sentence for no result' });
  await ann.page.keyboard.press('Escape');
  assert.equal(await ann.page.evaluate(() => document.activeElement?.id), 'chat-emoji');
  await box(ann).fill('');

  await act(ben, 'hello world', 'React with another emoji');
  await ben.page.getByRole('dialog', { name: 'Emoji' }).waitFor();
  await ben.page.keyboard.type('rocket');
  await ben.page.keyboard.press('Enter');
  await until(() => chip(ann, 'hello world', '🚀').isVisible(), { what: 'a rocket at Ann’s' });
  assert.deepEqual(ann.requests.concat(ben.requests).filter((url) => !url.startsWith(world.url) && !url.startsWith('data:')), [], 'nothing from elsewhere');
});

test('one’s own line goes at once; a moderator is asked and named; nobody else may', { timeout: 120_000 }, async () => {
  await ben.say('to be taken back');
  await heard(ann, 'to be taken back');
  await act(ben, 'to be taken back', 'Delete');
  await until(() => ann.page.locator('.line-gone', { hasText: 'Message deleted' }).isVisible(), { what: 'gone at Ann’s' });
  assert.equal((await ann.said()).includes('to be taken back'), false);

  assert.equal(await (await actions(ben, 'hello world')).getByRole('button', { name: 'Delete' }).count(), 0);
  await ben.say('rude words');
  await heard(ann, 'rude words');
  await act(ann, 'rude words', 'Delete');
  const question = ann.page.getByRole('dialog', { name: 'Delete this message of Ben Acts?' });
  await question.waitFor();
  assert.match(await question.innerText(), /rude words/);
  await question.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await ann.said()).includes('rude words'), true);
  await act(ann, 'rude words', 'Delete');
  await question.getByRole('button', { name: 'Delete' }).click();
  await until(() => ben.page.locator('.line-gone', { hasText: 'Deleted by a moderator' }).isVisible(), { what: 'gone at Ben’s' });
  assert.deepEqual(await everyLook(ann.page, 'deleted lines'), []);
  await screenshots(ann.page, 'room-chat-deleted');
});

test('who comes later or back sees lines as they are now', { timeout: 120_000 }, async () => {
  const late = await world.visitor('Late Acts');
  await late.joinByCode(code);
  await heard(late, 'hello world');
  assert.equal(await row(late, 'hello world').locator('.line-edited').count(), 1);
  assert.equal(await chip(late, 'hello world', '🚀').count(), 1);
  assert.equal(await late.page.locator('.line-gone').count(), 2);
  await late.close();

  await ben.page.evaluate(() => { window.line.cut = true; window.line.socket.close(); });
  await until(async () => (await ben.page.locator('#connection').getAttribute('data-state')) !== 'joined', { what: 'Ben’s connection lost' });
  await act(ann, 'hello world', 'Edit');
  await box(ann).fill('hello again');
  await box(ann).press('Enter');
  await heard(ann, 'hello again');
  await act(ann, 'hello again', 'React with 😂');
  await until(() => chip(ann, 'hello again', '😂').isVisible(), { what: 'a reaction meanwhile' });
  await ben.page.evaluate(() => { window.line.cut = false; });
  // Tries that failed meanwhile put the next one up to 15 s off.
  await until(async () => (await ben.page.locator('#connection').getAttribute('data-state')) === 'joined', { timeoutMs: 30_000, what: 'Ben is back' });
  await heard(ben, 'hello again');
  await until(() => chip(ben, 'hello again', '😂').isVisible(), { what: 'the reaction at Ben’s' });
  ben.problems.length = 0;   // the browser's own word on connections that were refused
});

test('fingers: a tap on a line brings its actions, another takes them away', { timeout: 120_000 }, async () => {
  const finn = await world.visitor('Finn Acts', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await finn.joinByCode(code);
  await heard(finn, 'hello again');
  const line = row(finn, 'hello again').locator('.line-text');
  await line.tap();
  await row(finn, 'hello again').locator('.line-actions').waitFor();
  await finn.page.screenshot({ path: 'build/screenshots/room-chat-tap-390.png' });
  const sizes = await row(finn, 'hello again').locator('.line-action').evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect()).map((one) => Math.min(one.width, one.height)));
  assert.ok(Math.min(...sizes) >= 40, `${sizes}`);
  await line.tap();
  await until(async () => (await finn.page.locator('.line-actions').count()) === 0, { what: 'the bar gone' });
  // At the upper edge of the log the bar is below its line, and over the next one.
  await finn.page.setViewportSize({ width: 390, height: 600 });
  const top = finn.page.locator('.line-item:has(.line-text)').first();
  await top.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  await top.locator('.line-text').tap();
  await finn.page.locator('.line-actions[data-below]').waitFor();
  await finn.page.locator('.line-action[data-act="pick"]').tap({ timeout: 5_000 });
  await finn.page.getByRole('dialog', { name: 'Emoji' }).waitFor();
  await finn.page.keyboard.press('Escape');
  await finn.page.setViewportSize({ width: 390, height: 844 });
  // A bar that has the focus again goes on to another line.
  await line.tap();
  await row(finn, 'hello again').locator('.line-actions').waitFor();
  await finn.page.getByRole('button', { name: 'Emoji', exact: true }).tap();
  await finn.page.getByRole('dialog', { name: 'Emoji' }).waitFor();
  await finn.page.screenshot({ path: 'build/screenshots/room-chat-emoji-tap-390.png' });
  await finn.page.locator('.emoji-one').first().tap();
  assert.equal(await box(finn).inputValue(), '😀');
  for (const person of [ann, finn]) assert.deepEqual(person.problems, []);
});
