import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intent_of, place_of } from '../../static/js/models/keys.js';
import { checked_settings, default_settings } from '../../static/js/models/settings.js';
import { badge_action, badge_details, badge_now } from '../../static/js/views/badge.js';
import { ending_words } from '../../static/js/views/ending.js';

const keys = { ' ': 'toggle', k: 'toggle', K: 'toggle', j: 'back10', l: 'forward10', ArrowLeft: 'back5', ArrowRight: 'forward5', ArrowUp: 'louder', ArrowDown: 'quieter', f: 'fullscreen', t: 'theatre', m: 'mute', c: 'chat', '?': 'help' };

for (const [key, intent] of Object.entries(keys)) {
  test(`${key === ' ' ? 'Space' : key} on the page means ${intent}, in a text field nothing`, () => {
    assert.equal(intent_of({ key }, 'page', true), intent);
    assert.equal(intent_of({ key }, 'text', true), null);
  });
}

test('single letters can be switched off; Space and arrows stay', () => {
  assert.equal(intent_of({ key: 'k' }, 'page', false), null);
  assert.equal(intent_of({ key: ' ' }, 'page', false), 'toggle');
});

test('Space and arrows belong to a focused control, letters do not', () => {
  assert.equal(intent_of({ key: ' ' }, 'control', true), null);
  assert.equal(intent_of({ key: 'ArrowLeft' }, 'control', true), null);
  assert.equal(intent_of({ key: 'm' }, 'control', true), 'mute');
});

test('keys with a modifier, in a composition or already used are left alone', () => {
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { isComposing: true }, { defaultPrevented: true }]) assert.equal(intent_of({ key: 'f', ...more }, 'page', true), null);
});

test('where the focus is', () => {
  assert.equal(place_of({ tagName: 'TEXTAREA' }), 'text');
  assert.equal(place_of({ tagName: 'INPUT', type: 'text' }), 'text');
  assert.equal(place_of({ tagName: 'DIV', isContentEditable: true }), 'text');
  assert.equal(place_of({ tagName: 'INPUT', type: 'range' }), 'control');
  assert.equal(place_of({ tagName: 'BUTTON' }), 'control');
  assert.equal(place_of({ tagName: 'SELECT' }), 'text', 'a list takes letters to find its entries');
  assert.equal(place_of({ tagName: 'BODY' }), 'page');
  assert.equal(place_of(null), 'page');
});

test('stored settings are taken as far as they make sense', () => {
  assert.deepEqual(checked_settings({}), default_settings);
  assert.deepEqual(checked_settings(null), default_settings);
  assert.deepEqual(checked_settings({ theme: 'pink', announce: 3, volume: 9, letter_keys: false, other: 1 }), { ...default_settings, volume: 1, letter_keys: false });
});

const view = (kind, more = {}) => ({ badge: { kind, text: kind }, needsTap: false, ...more });
test('each badge offers the one thing that helps', () => {
  assert.equal(badge_action(view('waiting'), true)?.text, 'Start now');
  assert.equal(badge_action(view('waiting'), false), null);
  assert.equal(badge_action(view('alone'), false)?.text, 'Rejoin');
  assert.equal(badge_action(view('sound-off', { needsTap: true }), false)?.text, 'Tap for sound');
  assert.equal(badge_action(view('catching-up', { needsTap: true }), false)?.text, 'Tap to play');
  assert.equal(badge_action(view('in-step'), true), null);
});

test('without a connection nobody is said to be in step', () => {
  for (const kind of ['in-step', 'catching-up', 'waiting']) {
    assert.deepEqual(badge_now({ kind, text: kind, ms: 3 }, 'Reconnecting'), { kind: 'reconnecting', text: 'Reconnecting' });
    assert.equal(badge_now({ kind, text: kind }, '').kind, kind);
  }
  for (const kind of ['alone', 'failed', 'sound-off', 'ad', 'idle']) assert.equal(badge_now({ kind, text: kind }, 'Reconnecting').kind, kind);
});

test('the details say how far off in words', () => {
  assert.equal(badge_details({ kind: 'in-step', text: '', ms: -6 }), '6 ms behind the room.');
  assert.equal(badge_details({ kind: 'in-step', text: '', ms: 12 }), '12 ms ahead of the room.');
  assert.equal(badge_details({ kind: 'in-step', text: '', ms: 0.2 }), 'Exactly with the room.');
  assert.equal(badge_details({ kind: 'idle', text: '' }), '');
});

test('an unknown room and a blocked person read the same, every ending says what to do', () => {
  assert.equal(ending_words('no_such_room', 'X').title, 'No room with this code, or you cannot enter it');
  for (const reason of ['logged_out', 'removed', 'no_such_room', 'room_closed', 'room_full', 'new_version', 'policy', 'too_many_tabs']) assert.ok(ending_words(reason, 'K7QM3XFD').actions.length > 0, reason);
  assert.equal(ending_words('logged_out', 'K7QM3XFD').actions[0].href, '/login?next=/rooms/K7QM3XFD');
});

test('the sound offset is a whole number of at most a second either way', () => {
  for (const [stored, kept] of [[120.4, 120], [5000, 1000], [-5000, -1000], [NaN, 0], ['9', 0]]) {
    assert.equal(checked_settings({ sound_offset_ms: /** @type {any} */ (stored) }).sound_offset_ms, kept);
  }
});
