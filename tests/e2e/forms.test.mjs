// What is wrong with a form is said at its fields, in the page's language, to eyes and to screen readers; and the form of the room's rights.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { screenshots, startWorld, until } from './harness.mjs';
import { everyLook } from './looks.mjs';

let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

/** What a screen reader says of a field beside its name, and whether it has the focus. */
const told = (page, selector) => page.locator(selector).evaluate((field) => ({
  invalid: field.getAttribute('aria-invalid'), here: document.activeElement === field,
  said: (field.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean).map((id) => document.getElementById(id)).filter((node) => node && !node.hidden).map((node) => node.textContent),
}));

test('an empty field of the landing page is named there, in the language of the page, and nothing is sent', { timeout: 120_000 }, async () => {
  for (const [locale, start, sentence, code] of [['en-GB', 'Start a room', 'Please enter a name.', 'A room code has 8 letters and digits, like K7QM-3XFD.'],
    ['de-DE', 'Raum eröffnen', 'Gib bitte einen Namen ein.', null]]) {
    const ann = await world.visitor('Ann', { locale });
    await ann.goto('/');
    await ann.page.locator('form[action="/rooms"] button').click();
    assert.equal(await ann.page.locator('form[action="/rooms"] button').innerText(), start);
    assert.deepEqual(await told(ann.page, '#name'), { invalid: 'true', here: true, said: [sentence] });
    await ann.page.locator('form[action="/join"] button').click();
    if (code) assert.deepEqual(await told(ann.page, '#code'), { invalid: 'true', here: true, said: [code] });
    assert.deepEqual(ann.requests.filter((url) => /\/(rooms|join)$/.test(url)), [], 'nothing is sent');
    assert.deepEqual(await everyLook(ann.page, 'landing, missing'), []);
    await screenshots(ann.page, `form-landing-missing-${locale.slice(0, 2)}`);
    await ann.page.locator('#name').fill('Ann');
    assert.deepEqual(await told(ann.page, '#name'), { invalid: null, here: true, said: [] }, 'what is being mended is not complained about');
    await ann.page.locator('form[action="/rooms"] button').click();
    await ann.inRoom();
    assert.deepEqual(ann.problems, []);
    await ann.close();
  }
});

test('of several wrong fields each says what is wrong with it, and the first has the focus', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Signs');
  await ann.goto('/signup');
  await ann.fill('Name', '  ');
  await ann.page.locator('#email').fill('ann at home');
  await ann.page.locator('#password').fill('short');
  await ann.page.locator('#password').press('Enter');
  assert.deepEqual(await told(ann.page, '#name').then(({ invalid, here, said }) => [invalid, here, said.at(-1)]), ['true', true, 'Please enter a name.']);
  assert.deepEqual(await told(ann.page, '#email'), { invalid: 'true', here: false, said: ['This does not look like an e-mail address.'] });
  assert.equal((await told(ann.page, '#password')).said.at(-1), 'Please choose a longer password: at least 8 characters.');
  assert.deepEqual(await everyLook(ann.page, 'sign-up, three wrong'), []);
  await screenshots(ann.page, 'form-signup-wrong');
  await ann.page.locator('#name').fill('Ann Signs');
  await ann.page.locator('#email').fill('');
  await ann.page.locator('#password').fill('correct horse battery');
  await ann.click('Sign up');
  await ann.page.waitForURL((url) => !url.pathname.startsWith('/signup'));
  await ann.goto('/account');
  await ann.page.locator('form[action="/account/password"] button').click();
  assert.equal((await told(ann.page, '#current')).here, true);
  await screenshots(ann.page, 'form-account-password');
  await ann.close();
});

test('without script the server says the same sentence at the same field, which has the focus', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Plain', { javaScriptEnabled: false });
  await ann.goto('/login');
  await ann.click('Log in');
  await ann.page.locator('#name-error').waitFor();
  assert.equal(await ann.page.locator('#name-error').innerText(), 'Please enter your name or e-mail.');
  assert.equal(await ann.page.locator('#name').getAttribute('aria-describedby'), 'name-error');
  await ann.page.locator('#name:focus').waitFor();
  await ann.close();
});

test('a room needs a name, a preset moves the table of rights at once, and a table moved by hand is kept', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Rights');
  await ann.startRoom();
  const box = (role, grant) => ann.page.locator(`#grants input[data-role="${role}"][data-grant="${grant}"]`);
  const preset = () => ann.page.locator('#room-form input[name="preset"]:checked').evaluateAll(([radio]) => radio?.value ?? '');
  const save = () => ann.page.locator('#room-form').getByRole('button', { name: 'Save' }).click();
  const saved = () => ann.page.locator('#settings').waitFor({ state: 'hidden' });
  await ann.openSettings();
  await ann.page.locator('#set-name').fill(' ');
  await save();
  assert.deepEqual(await told(ann.page, '#set-name'), { invalid: 'true', here: true, said: ['Give the room a name.'] });
  await screenshots(ann.page, 'settings-name-missing');
  await ann.page.locator('#set-name').fill('Film night');
  await ann.page.locator('#room-form .advanced summary').click();
  assert.deepEqual([await preset(), await box('guest', 'control').isChecked()], ['friends', true]);
  await ann.page.locator('input[name="preset"][value="class"]').check();
  assert.deepEqual([await box('guest', 'control').isChecked(), await box('guest', 'queue_add').isChecked(), await box('moderator', 'edit_room').isChecked()], [false, true, true]);
  await ann.page.locator('input[name="preset"][value="stage"]').check();
  assert.deepEqual([await box('guest', 'queue_add').isChecked(), await box('moderator', 'edit_room').isChecked(), await box('guest', 'chat').isChecked()], [false, false, true]);
  await box('guest', 'queue_add').scrollIntoViewIfNeeded();
  await screenshots(ann.page, 'settings-preset-stage');
  await save();
  await saved();
  await ann.openSettings();
  assert.deepEqual([await preset(), await box('guest', 'queue_add').isChecked()], ['stage', false], 'as it was saved');
  await box('guest', 'queue_add').check();
  assert.equal(await preset(), '', 'a table of one’s own is no preset');
  await box('guest', 'queue_add').uncheck();
  assert.equal(await preset(), 'stage');
  await box('guest', 'queue_add').check();
  await save();
  await saved();
  await ann.openSettings();
  assert.deepEqual([await preset(), await box('guest', 'queue_add').isChecked(), await box('guest', 'chat').isChecked(), await box('moderator', 'remove').isChecked()], ['', true, true, true]);
  assert.deepEqual(ann.problems, []);
  await until(() => ann.page.locator('#room-name').innerText().then((name) => name === 'Film night'), { what: 'the new name' });
  await ann.close();
});
