// The line to the server breaks: nobody hurries anybody, nothing written is lost, and a new version of the server is said so.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { screenshots, Server, startWorld, until } from './harness.mjs';
import { violations } from './looks.mjs';
import { root } from './paths.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const banner = (person) => person.page.locator('#banner');

test('offline: a quiet banner, not at once; the composer goes on, and what was written appears in place afterwards', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Offline');
  const ben = await world.visitor('Ben Online');
  await ben.openRoom(await ann.startRoom());
  await ann.say('before');
  await until(async () => (await ben.said()).length === 1, { what: 'the first line' });

  await world.server.kill();
  const broken = Date.now();
  await ann.page.locator('#connection[data-state="connecting"]').waitFor();
  assert.equal(await banner(ann).isVisible(), false, 'not at once');
  await banner(ann).waitFor({ timeout: 10_000 });
  assert.ok(Date.now() - broken >= 1_900, 'after two seconds');
  assert.match(await banner(ann).innerText(), /Reconnecting.*kept/);
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-reconnecting');
  await ann.say('written while away, one');
  await ann.say('written while away, two');
  assert.equal(await ann.page.locator('#chat-list [data-state="sending"]').count(), 2);

  await ann.context.setOffline(true);
  await until(async () => /You are offline/.test(await banner(ann).innerText()), { what: 'the word for no network' });
  await screenshots(ann.page, 'room-offline');
  await ann.context.setOffline(false);
  await world.killAndRestart();
  const all = ['before', 'written while away, one', 'written while away, two'];
  for (const person of [ann, ben]) await until(async () => JSON.stringify(await person.said()) === JSON.stringify(all), { timeoutMs: 30_000, what: `the lines at ${person.name}’s` });
  await until(async () => !(await banner(ann).isVisible()), { what: 'no banner' });
  assert.equal(await ann.page.locator('#chat-list .line-item').count(), 3, 'nobody is said to have left or come');
  for (const person of [ann, ben]) await person.close();
});

test('a newer server is said so, the room goes on, and a reload keeps what was being written', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Old Page');
  await ann.startRoom();
  await ann.say('hello');
  const port = new URL(world.server.url).port;
  const newer = mkdtempSync(join(tmpdir(), 'matinee-static-'));
  try {
    cpSync(join(root, 'static'), newer, { recursive: true });
    appendFileSync(join(newer, 'css/base.css'), '\n/* the next version */\n');
    await world.server.stop();
    world.server = await Server.start({ data: world.place.folder, args: ['--port', port, '--static', newer] }).ready;
    await until(async () => /A new version is here/.test(await banner(ann).innerText()), { timeoutMs: 30_000, what: 'the banner' });
    assert.deepEqual(await violations(ann.page), []);
    await screenshots(ann.page, 'room-new-version');
    await ann.say('the old page still talks');
    await until(async () => (await ann.page.locator('#chat-list [data-state="sending"]').count()) === 0 && (await ann.said()).length === 2, { what: 'both lines' });
    await ann.page.locator('#chat-text').fill('half a sent');
    await ann.click('Reload to continue');
    await until(async () => (await ann.page.locator('#chat-text').inputValue()) === 'half a sent', { what: 'the draft' });
    await ann.inRoom();
    assert.equal(await banner(ann).isVisible(), false, 'this page is the new one');
    assert.deepEqual(await ann.said(), ['hello', 'the old page still talks']);
  } finally {
    rmSync(newer, { recursive: true, force: true });
  }
  await ann.close();
});

test('a part that cannot be fetched says so, and comes at the next wish', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Parts');
  await ann.startRoom();
  const wish = () => ann.page.locator('#open-settings').click();
  await ann.page.route('**/room/settings.js', (route) => route.abort());
  await wish();
  await until(async () => /could not be loaded/.test(await banner(ann).innerText()), { what: 'the sentence' });
  await ann.page.unroute('**/room/settings.js');
  await wish();
  await ann.page.locator('#settings[open]').waitFor();
  await ann.page.keyboard.press('Escape');

  // What belongs to the chat says so where one writes.
  await ann.page.route('**/room/chat_actions.js', (route) => route.abort());
  await ann.page.locator('#chat-emoji').click();
  await until(async () => /could not be loaded/.test(await ann.page.locator('#composer-hint').innerText()), { what: 'the sentence above the box' });
  await ann.page.unroute('**/room/chat_actions.js');
  await ann.page.locator('#chat-emoji').click();
  await ann.page.locator('dialog[open]').waitFor();
  await ann.close();
});

test('the ends of a room and browsers that cannot have one are told in a sentence', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Two Tabs');
  await ann.signUp();
  const code = await ann.startRoom();
  const other = await ann.context.newPage();
  await other.goto(`${world.url}/account`);
  await other.getByRole('button', { name: 'Log out', exact: true }).first().click();
  await until(async () => (await ann.page.locator('#ending-title').innerText()) === 'You are logged out', { what: 'the end' });
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-logged-out');

  const noScript = await world.visitor('Ben No Script', { javaScriptEnabled: false });
  await noScript.goto(`/rooms/${code}`);
  await noScript.fill('Your name', 'Ben');
  await noScript.click('Join');
  await noScript.page.getByRole('heading', { name: 'This page needs JavaScript' }).waitFor();
  await noScript.page.setViewportSize({ width: 390, height: 844 });
  await screenshots(noScript.page, 'room-no-script');
  for (const person of [ann, noScript]) await person.close();
});
