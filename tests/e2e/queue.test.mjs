// The queue, votes, history and the way back, in two people's browsers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { root } from './paths.mjs';

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
let world; let ann; let ben;
before(async () => {
  world = await startWorld();
  ann = await world.visitor('Ann Queue');
  const code = await ann.startRoom();
  ben = await world.visitor('Ben Queue');
  await ben.joinByCode(code);
});
after(async () => { await world?.stop(); });

const link = (name) => `http://media.test/clip.mp4?${name}`;
const tab = (person, name) => person.page.getByRole('tab', { name }).click();
const titles = (person) => person.page.locator('#queue-list .queue-title').allTextContents();
const source = (person) => person.page.evaluate(() => document.querySelector('#player video')?.currentSrc ?? '');

async function add(person, name) {
  await person.page.locator('#source-link').fill(link(name));
  await person.page.locator('#source-link').press('Enter');
  await until(async () => (await person.page.locator('#source-link').inputValue()) === '', { what: 'the box to take the link' });
}

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'], iframes: false })).violations.flatMap((v) => v.nodes.map((n) => `${v.id} at ${n.target.join(' ')}`)));
}

test('while something plays Enter adds to the queue, for everybody; the arrow keys on the grip and the mouse move it', { timeout: 120_000 }, async () => {
  await tab(ann, /Queue/);
  await tab(ben, /Queue/);
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-queue-empty');
  await ann.watch(link('first'));
  await until(async () => (await source(ben)).endsWith('?first'), { what: 'the video at Ben' });
  assert.equal(await ann.page.locator('#source-watch').innerText(), 'Add to queue');
  assert.equal(await ann.page.locator('#source-now').innerText(), 'Watch this now');
  for (const name of ['a', 'b', 'c']) await add(name === 'b' ? ben : ann, name);
  await until(async () => (await titles(ben)).length === 3, { what: 'three items at Ben' });
  assert.match(await ben.page.locator('#queue-list .queue-by').nth(1).innerText(), /added by Ben Queue/);
  assert.equal((await ann.page.locator('#tab-queue').innerText()).replace(/\s+/g, ' ').trim(), 'Queue 3');

  const ids = (person) => person.page.locator('#queue-list [data-item]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-item')).join(''));
  await ann.page.locator('[data-item="1"] [data-grip]').focus();
  await ann.page.keyboard.press('ArrowDown');
  await until(async () => (await ids(ben)) === '213', { what: 'the order by keyboard at Ben' });
  assert.equal(await ann.page.evaluate(() => document.activeElement?.closest('[data-item]')?.getAttribute('data-item')), '1', 'the grip keeps the focus');

  const grip = await ann.page.locator('[data-item="3"] [data-grip]').boundingBox();
  const first = await ann.page.locator('[data-item="2"]').boundingBox();
  await ann.page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2);
  await ann.page.mouse.down();
  await ann.page.mouse.move(grip.x + 10, first.y + 4, { steps: 6 });
  await ann.page.mouse.up();
  await until(async () => (await ids(ben)) === '321', { what: 'the order by mouse at Ben' });
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-queue');
});

test('the next one plays by itself when the video ends, for both', { timeout: 120_000 }, async () => {
  await ann.seek(58.5);
  await until(async () => (await source(ann)).endsWith('?c') && (await source(ben)).endsWith('?c'), { timeoutMs: 20_000, what: 'the next video' });
  assert.deepEqual((await titles(ben)).length, 2);
});

test('a skip is taken back by another person from the history; an emptied queue from the notice', { timeout: 120_000 }, async () => {
  // In the moment in which a video has changed nobody skips the new one by mistake.
  await until(async () => ((await ann.video())?.positionMs ?? 0) > 1_000, { what: 'a second of the new one' });
  await ann.page.locator('#queue-skip').click();
  await until(async () => (await source(ben)).endsWith('?b'), { what: 'the one after' });
  await tab(ben, /People/);
  await until(async () => (await ben.page.locator('#history-list .history-step').first().innerText()).includes('skipped'), { what: 'the step in the history' });
  await screenshots(ben.page, 'room-history');
  assert.deepEqual(await violations(ben.page), []);
  await ben.page.locator('#history-list [data-undo]').first().click();
  await until(async () => (await source(ann)).endsWith('?c'), { what: 'the video before' });
  await until(async () => (await titles(ann)).length === 2, { what: 'the queue before' });

  // Who has just changed the video may skip it; the other one only a moment later.
  await tab(ben, /Queue/);
  await ben.page.locator('#queue-skip').click();
  await until(async () => (await source(ben)).endsWith('?b') && (await titles(ben)).length === 1, { what: 'the skip' });
  await ann.page.locator('#notice-undo').click();
  await until(async () => (await source(ben)).endsWith('?c') && (await titles(ben)).length === 2, { what: 'video and queue as before the skip' });

  await ann.page.locator('#queue-clear').click();
  await until(async () => (await titles(ben)).length === 0, { what: 'the empty queue' });
  await ann.page.locator('#notice-undo').click();
  await until(async () => (await titles(ben)).length === 2, { what: 'the queue again' });
});

test('in a class people vote; the last vote that is needed skips', { timeout: 120_000 }, async () => {
  await ann.openSettings();
  await ann.page.locator('input[name="preset"][value="class"]').check();
  await ann.page.getByRole('button', { name: 'Save', exact: true }).click();
  await tab(ben, /Queue/);
  const vote = ben.page.locator('#queue-vote');
  await vote.waitFor();
  assert.equal(await ben.page.locator('#queue-skip').isVisible(), false);
  await vote.click();
  await until(async () => (await vote.innerText()) === 'Vote to skip · 1 of 2', { what: 'the count' });
  await until(async () => (await ann.page.locator('#queue-votes').innerText()) === '1 of 2 votes to skip', { what: 'the count at the owner' });
  await vote.click();
  await until(async () => (await vote.innerText()) === 'Vote to skip', { what: 'the vote taken back' });
});
