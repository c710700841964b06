// People without an account, what they may type, and the page without https.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';

let world;
let plain;
before(async () => {
  world = await startWorld();
  // An ordinary name over http: not a secure context, unlike 127.0.0.1.
  plain = await startWorld({ origin: 'http://matinee.test', args: ['--allowed-hosts', 'matinee.test'] });
});
after(() => Promise.all([world?.stop(), plain?.stop()]));

const heard = (person, text) => until(async () => (await person.said()).includes(text), { what: `${JSON.stringify(text)} at ${person.name}’s` });

test('a guest starts a room, another joins by its code, and they chat both ways', { timeout: 120_000 }, async () => {
  const fay = await world.visitor('Fay');
  const gus = await world.visitor('Gus');
  const code = await fay.startRoom();
  await gus.joinByCode(code);
  await fay.say('Is anybody there?');
  await heard(gus, 'Is anybody there?');
  await gus.say('Two lines\nand ✓ 🎬 عربى');
  await heard(fay, 'Two lines\nand ✓ 🎬 عربى');
  await fay.page.getByRole('tab', { name: /People/ }).click();
  await until(async () => (await fay.page.locator('#people-list').innerText()).includes('Gus'), { what: 'Gus in the list' });
  await screenshots(fay.page, 'room-people');
  assert.deepEqual([...fay.problems, ...gus.problems], []);
});

test('two guests of one name are told apart, everywhere by the same name, and the later one is told', { timeout: 120_000 }, async () => {
  const one = await world.visitor('Ada');
  const two = await world.visitor('Ada');
  const ben = await world.visitor('Ben');
  const code = await one.startRoom();
  await ben.openRoom(code);
  await two.goto(`/rooms/${code}`);
  await two.fill('Your name', 'ADA');
  await two.click('Join');
  await two.inRoom();
  await until(async () => /you are called ADA \(2\) in this room/.test(await two.page.locator('#banner').innerText()), { what: 'the word about the name' });
  await screenshots(two.page, 'room-same-name');
  await two.say('It is me');
  await heard(ben, 'It is me');
  assert.deepEqual(await ben.page.locator('#chat-list .line-name').allInnerTexts(), ['ADA (2)']);
  await ben.page.getByRole('tab', { name: /People/ }).click();
  await until(async () => { const list = await ben.page.locator('#people-list').innerText(); return /ADA \(2\)/.test(list) && /Ada\n/.test(list); }, { what: 'both in the list' });
  await screenshots(ben.page, 'room-same-name-people');
  assert.equal(await one.page.locator('#banner').isVisible(), false, 'who was first notices nothing');
  assert.deepEqual([...one.problems, ...two.problems, ...ben.problems], []);
});

test('markup as a name and as a message is shown as it was typed and does nothing', { timeout: 120_000 }, async () => {
  const name = '<img src=x onerror=alert(1)>';
  const text = '<script>document.title="broken"</script> & <b>bold</b> "quotes" {{7*7}}';
  const mal = await world.visitor(name);
  const ned = await world.visitor('Ned');
  const dialogs = [];
  for (const person of [mal, ned]) person.page.on('dialog', (dialog) => { dialogs.push(dialog.message()); dialog.dismiss(); });
  const code = await mal.startRoom();
  await ned.openRoom(code);
  await mal.say(text);
  await heard(ned, text);
  await heard(mal, text);
  assert.equal(await ned.page.locator('#chat-list .line-name').last().innerText(), name);
  assert.equal(await ned.page.locator('#chat-list :is(img, script, b)').count(), 0);
  assert.ok(!(await ned.page.title()).includes('broken'));
  await ned.page.getByRole('tab', { name: /People/ }).click();
  assert.ok((await ned.page.locator('#people-list').innerText()).includes(name));
  assert.deepEqual(dialogs, []);
  assert.ok(![...mal.requests, ...ned.requests].some((url) => url.endsWith('/x')), 'no picture was asked for');
});

test('a room works over plain http under a name, where browsers allow less', { timeout: 120_000 }, async () => {
  const ola = await plain.visitor('Ola');
  const pia = await plain.visitor('Pia');
  const code = await ola.startRoom();
  assert.equal(await ola.page.evaluate('isSecureContext'), false);
  await pia.joinByCode(code);
  await ola.say('No crypto.randomUUID here');
  await heard(pia, 'No crypto.randomUUID here');
  await ola.watch('https://youtu.be/ccccccccccc');
  await Promise.all([ola.moving('youtube'), pia.moving('youtube')]);
  await ola.click('Copy link');
  assert.deepEqual([...ola.problems, ...pia.problems], []);
});

test('an unknown code and nonsense get the same calm sentence', { timeout: 120_000 }, async () => {
  const quinn = await world.visitor('Quinn');
  for (const code of ['ZZZZZZZZ', 'not a code']) {
    await quinn.goto('/');
    await quinn.fill('Room code', code);
    await quinn.click('Join');
    await until(async () => /No room with this code|code/i.test(await quinn.page.locator('main').innerText()) && (await quinn.page.locator('[role=alert], .field-error, h1').count()) > 0, { what: 'a sentence' });
    assert.ok(!(await quinn.page.url()).includes('/rooms/ZZZZZZZZ') || /No room with this code/.test(await quinn.page.locator('main').innerText()));
  }
});
