import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { middle_square, picture_bytes_max, picture_side } from '../../static/js/lib/square_picture.js';
import { checked_settings, default_settings, preferences_form, Settings } from '../../static/js/models/settings.js';
import { Chat } from '../../static/js/models/chat.js';

const root = new URL('../../', import.meta.url).pathname;

test('the middle of a picture is cut out, whichever way it is turned', () => {
  assert.deepEqual(middle_square(900, 600), { x: 150, y: 0, side: 600 });
  assert.deepEqual(middle_square(601, 900), { x: 0, y: 149, side: 601 });
  assert.deepEqual(middle_square(1, 1), { x: 0, y: 0, side: 1 });
});

test('the browser makes pictures of the size and weight that the server takes', () => {
  const header = readFileSync(`${root}server/pages/avatar_picture.h`, 'utf8');
  assert.equal(Number(/avatar_side = (\d+)/.exec(header)[1]), picture_side);
  assert.ok(header.includes('avatar_bytes_max = 64 * 1024'));
  assert.equal(picture_bytes_max, 64 * 1024);
});

test('preferences are sent as the form of the account page sends them', () => {
  assert.equal(preferences_form({ ...default_settings, theme: 'dark', ask_first: true }).toString(), 'theme=dark&motion=system&announce=all&ask_first=on&letter_keys=on');
  const fields = readFileSync(`${root}templates/partials/account_preferences.html`, 'utf8').matchAll(/ name="(\w+)"/g);
  assert.deepEqual([...preferences_form({ ...default_settings, ask_first: true }).keys()].sort(), [...fields].map((m) => m[1]).filter((name) => name !== 'csrf').sort());
});

test("an account's preferences win over this browser's, and only they are said to have changed", () => {
  const settings = new Settings({ theme: 'light', motion: 'full', announce: 'off', ask_first: true, letter_keys: false });
  assert.equal(settings.values.theme, 'light');
  assert.equal(settings.values.volume, 1);
  let said = 0;
  settings.on('preferences', () => { said += 1; });
  settings.set({ volume: 0.5 });
  assert.equal(said, 0);
  settings.set({ theme: 'light' });
  assert.equal(said, 0);
  settings.set({ theme: 'dark' });
  assert.equal(said, 1);
});

test('words that are none are the usual ones', () => {
  assert.equal(checked_settings({ motion: 'none' }).motion, 'system');
  assert.equal(checked_settings({ motion: 'reduced' }).motion, 'reduced');
});

test('a message without a name is from a deleted account', () => {
  const chat = new Chat();
  chat.receive({ seq: 1, id: 'a', author: '7', name: '', text: 'hi', at_ms: 1 });
  chat.receive({ seq: 2, id: 'b', author: '8', name: 'Ben', text: 'ho', at_ms: 2 });
  assert.deepEqual(chat.lines().map((line) => line.name), ['Deleted account', 'Ben']);
});
