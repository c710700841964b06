// Who gets in, as people meet it: the four kinds of door, a new code, a blocked guest, the list of rooms.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const title = (person, text) => until(async () => (await person.page.locator('#door-title, #ending-title').allInnerTexts()).some((t) => t.includes(text)), { what: `${JSON.stringify(text)} at ${person.name}’s` });
const heard = (person, text) => until(async () => (await person.said()).includes(text), { what: `${JSON.stringify(text)} at ${person.name}’s` });

async function access(host, choice, password) {
  await host.openSettings();
  await host.page.locator(`input[name="access"][value="${choice}"]`).check();
  if (password) await host.page.locator('#set-password').fill(password);
  await host.page.locator('#room-form').getByRole('button', { name: 'Save' }).click();
  await host.page.locator('#settings').waitFor({ state: 'hidden' });
}

async function knock(guest, code) {
  await guest.goto(`/rooms/${code}`);
  await guest.giveName();
  await title(guest, 'Ask to join');
}

test('a password: asked for, wrong, right, and not again', { timeout: 120_000 }, async () => {
  const pam = await world.visitor('Pam');
  const code = await pam.startRoom();
  await pam.openSettings();
  await pam.page.locator('input[name="access"][value="password"]').check();
  await pam.page.locator('#room-form').getByRole('button', { name: 'Save' }).click();
  await pam.page.getByText('Choose a password with at least 4 characters.').waitFor();
  const found = await everyLook(pam.page, 'settings, who gets in');
  await pam.page.locator('#set-password').scrollIntoViewIfNeeded();
  await screenshots(pam.page, 'access-settings');
  await pam.page.locator('#set-password').fill('tea time');
  await pam.page.locator('#room-form').getByRole('button', { name: 'Save' }).click();
  await pam.page.locator('#settings').waitFor({ state: 'hidden' });

  const quin = await world.visitor('Quin');
  await quin.goto(`/rooms/${code}`);
  assert.ok(!(await quin.page.content()).includes('Pam'));
  await screenshots(quin.page, 'door-join-password');
  await quin.giveName();
  await title(quin, 'has a password');
  found.push(...(await everyLook(quin.page, 'door, password')));
  await screenshots(quin.page, 'door-password');
  await quin.page.locator('#door-password').fill('coffee time');
  await quin.click('Enter');
  await quin.page.getByText('That is not the password.').waitFor();
  found.push(...(await everyLook(quin.page, 'door, wrong password')));
  await screenshots(quin.page, 'door-wrong-password');
  await quin.page.locator('#door-password').fill('tea time');
  await quin.page.keyboard.press('Enter');
  await quin.inRoom();
  await quin.say('In at last');
  await heard(pam, 'In at last');
  await quin.page.reload();
  await quin.inRoom();
  assert.deepEqual(found, []);
  assert.deepEqual([...pam.problems, ...quin.problems], []);
});

test('asking to join: waiting, not now, a minute’s patience, let in', { timeout: 180_000 }, async () => {
  const hana = await world.visitor('Hana');
  const code = await hana.startRoom();
  await access(hana, 'ask');
  const ivo = await world.visitor('Ivo');
  await knock(ivo, code);
  const found = await everyLook(ivo.page, 'door, ask');
  await screenshots(ivo.page, 'door-ask');
  await ivo.click('Ask to join');
  await title(ivo, 'Asking to join Room');
  found.push(...(await everyLook(ivo.page, 'door, asking')));
  await screenshots(ivo.page, 'door-asking');
  await hana.page.locator('#asks').getByText('Ivo asks to join').waitFor();
  await hana.page.getByRole('tab', { name: /People/ }).click();
  found.push(...(await everyLook(hana.page, 'room, somebody asks')));
  await screenshots(hana.page, 'room-somebody-asks');
  await ivo.page.reload();  // keeps asking? a reload is a fresh look: one press, and the place is the same
  await title(ivo, 'Ask to join');
  await ivo.click('Ask to join');
  await hana.page.locator('#asks').getByRole('button', { name: 'Not now: Ivo' }).click();
  await title(ivo, 'Ask to join');
  await ivo.page.getByText('Nobody let you in this time.').waitFor();
  found.push(...(await everyLook(ivo.page, 'door, refused')));
  await screenshots(ivo.page, 'door-refused');

  const jana = await world.visitor('Jana');
  await knock(jana, code);
  await jana.click('Ask to join');
  await hana.page.locator('#asks').getByRole('button', { name: 'Let in Jana', exact: true }).click();
  await jana.inRoom();
  assert.equal(await jana.page.locator('#door').count(), 0);
  await jana.say('Thank you');
  await heard(hana, 'Thank you');
  assert.ok(await hana.page.locator('#asks').isHidden());
  assert.deepEqual(found, []);
  assert.deepEqual([...hana.problems, ...ivo.problems, ...jana.problems], []);
});

test('who waits goes on waiting when the server is killed and comes back', { timeout: 120_000 }, async () => {
  const kai = await world.visitor('Kai');
  const code = await kai.startRoom();
  await access(kai, 'ask');
  const lea = await world.visitor('Lea');
  await knock(lea, code);
  await lea.click('Ask to join');
  await title(lea, 'Asking to join Room');
  await world.killAndRestart();
  await kai.inRoom();
  await kai.page.locator('#asks').getByRole('button', { name: 'Let in Lea', exact: true }).click();
  await lea.inRoom();
});

test('who waits at the door of a room that is closed is told so; who was away at a refusal hears of it', { timeout: 120_000 }, async () => {
  const pia = await world.visitor('Pia');
  const code = await pia.startRoom();
  await access(pia, 'ask');
  const una = await world.visitor('Una');
  await knock(una, code);
  await una.click('Ask to join');
  await pia.page.locator('#asks').getByRole('button', { name: 'Not now: Una' }).waitFor();
  // Una's page is away when she is refused.
  await una.page.goto('about:blank');
  await pia.page.locator('#asks').getByRole('button', { name: 'Not now: Una' }).click();
  await una.goto(`/rooms/${code}`);
  await title(una, 'Ask to join');
  await una.click('Ask to join');
  await una.page.getByText('Nobody let you in this time.').waitFor();
  const rob = await world.visitor('Rob');
  await knock(rob, code);
  await rob.click('Ask to join');
  await title(rob, 'Asking to join Room');
  await pia.openSettings();
  await pia.page.locator('#close-room').click();
  await pia.page.locator('#confirm-do').click();
  await title(rob, 'This room is closed');
  await screenshots(rob.page, 'door-closed-while-waiting');
  await una.page.getByRole('button', { name: 'Ask to join' }).click();
  await title(una, 'This room is not open any more');
  await screenshots(una.page, 'door-gone');
});

test('people with an account: a guest is shown the way, an account is in', { timeout: 120_000 }, async () => {
  const max = await world.visitor('Max');
  const code = await max.startRoom();
  await access(max, 'accounts');
  const nia = await world.visitor('Nia');
  await nia.goto(`/rooms/${code}`);
  await nia.page.getByText('This room is for people with an account.').waitFor();
  const found = await everyLook(nia.page, 'door, account');
  await screenshots(nia.page, 'door-account');
  await nia.page.getByRole('link', { name: 'Sign up' }).last().click();
  await nia.fill('Name', 'Nia Account');
  await nia.page.locator('#password').fill('correct horse battery');
  await nia.click('Sign up');
  await nia.inRoom();
  assert.deepEqual(found, []);
});

test('a new code: nobody inside notices more than the code, and old links are dead', { timeout: 120_000 }, async () => {
  const olga = await world.visitor('Olga');
  const code = await olga.startRoom();
  const paul = await world.visitor('Paul');
  await paul.openRoom(code);
  await olga.openSettings();
  await olga.page.locator('#new-code').click();
  await olga.page.getByRole('heading', { name: 'Make a new code?' }).waitFor();
  await olga.page.locator('#confirm-do').click();
  await olga.page.locator('#share[open]').waitFor();
  await until(() => olga.code !== code && paul.code !== code, { what: 'the new code in both addresses' });
  assert.equal(olga.code, paul.code);
  await olga.page.locator('.share-aloud summary').click();
  assert.equal((await olga.page.locator('#share-spelled li').count()), 8);
  const found = await everyLook(olga.page, 'share, read aloud');
  await screenshots(olga.page, 'share-aloud');
  assert.ok((await olga.page.locator('#share-url').inputValue()).endsWith(`/r/${olga.code}`));
  await olga.page.keyboard.press('Escape');
  await paul.say('Still here');
  await heard(olga, 'Still here');
  await paul.page.reload();
  await paul.inRoom();
  const rita = await world.visitor('Rita');
  await rita.goto(`/rooms/${code}`);
  await rita.page.getByText('No room with this code, or you cannot enter it.').waitFor();
  assert.deepEqual(found, []);
});

test('blocking a guest offers to let people ask', { timeout: 120_000 }, async () => {
  const sue = await world.visitor('Sue');
  const code = await sue.startRoom();
  const tom = await world.visitor('Tom');
  await tom.openRoom(code);
  await sue.page.getByRole('tab', { name: /People/ }).click();
  await sue.page.getByRole('button', { name: 'What to do about Tom' }).click();
  await sue.page.getByRole('menuitem', { name: 'Block' }).click();
  await sue.page.locator('#confirm-do').click();
  await sue.page.getByRole('heading', { name: 'Let people ask before they enter?' }).waitFor();
  const found = await everyLook(sue.page, 'offer to ask');
  await screenshots(sue.page, 'block-offers-asking');
  await sue.page.locator('#confirm-do').click();
  await title(tom, 'You were removed');
  await screenshots(tom.page, 'door-removed');
  const uma = await world.visitor('Uma');
  await knock(uma, code);
  assert.deepEqual(found, []);
});

test('closed and full, each with what to do', { timeout: 120_000 }, async () => {
  const small = await startWorld({ args: ['--participants-max', '2'] });
  try {
    const vic = await small.visitor('Vic');
    const code = await vic.startRoom();
    const wes = await small.visitor('Wes');
    await wes.openRoom(code);
    const xia = await small.visitor('Xia');
    await xia.goto(`/rooms/${code}`);
    await xia.giveName();
    await title(xia, 'This room is full');
    const found = await everyLook(xia.page, 'door, full');
    await screenshots(xia.page, 'door-full');
    await vic.openSettings();
    await vic.page.locator('#close-room').click();
    await vic.page.locator('#confirm-do').click();
    await title(wes, 'This room is closed');
    found.push(...(await everyLook(wes.page, 'door, closed')));
    await screenshots(wes.page, 'door-closed');
    assert.deepEqual(found, []);
  } finally {
    await small.stop();
  }
});

test('my rooms: who is there, how long ago, and off the list', { timeout: 120_000 }, async () => {
  const yan = await world.visitor('Yan');
  const zoe = await world.visitor('Zoe');
  await yan.signUp();
  await zoe.signUp();
  const code = await yan.startRoom();
  await yan.openSettings();
  await yan.page.locator('#set-name').fill('Friday films');
  await yan.page.locator('#room-form').getByRole('button', { name: 'Save' }).click();
  await zoe.openRoom(code);
  await zoe.startRoom();
  await zoe.goto('/rooms');
  const card = zoe.page.locator('.room-entry', { hasText: 'Friday films' });
  await card.getByText(/here/).waitFor();
  const found = await everyLook(zoe.page, 'my rooms');
  await screenshots(zoe.page, 'my-rooms-list');
  await card.getByRole('button', { name: 'Take Friday films off my list' }).click();
  await until(async () => (await zoe.page.locator('.room-entry', { hasText: 'Friday films' }).count()) === 0, { what: 'the room off the list' });
  assert.equal(await zoe.page.locator('.room-entry').count(), 1);
  await yan.page.close();
  await zoe.openRoom(code);
  // A visit is written down beside the welcome, not before it.
  await until(async () => { await zoe.goto('/rooms'); return (await zoe.page.locator('.room-entry').count()) === 2; }, { timeoutMs: 20_000, what: 'the room on the list again' });
  assert.deepEqual(found, []);
});
