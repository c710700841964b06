import assert from 'node:assert/strict';
import { test } from 'node:test';
import { People } from '../../static/js/models/people.js';
import { changed_room_settings, preset_of } from '../../static/js/models/room_change.js';
import { actions_on, can, is_silenced, refusal } from '../../static/js/models/rights.js';
import { state_badge, sync_figures } from '../../static/js/views/people_list.js';

const person = (id, name, role = 'member', more = {}) => ({ id, name, role, kind: role === 'guest' ? 'guest' : 'account', ...more });
const room = (more = {}) => ({ owner: '1', grants: { owner: [], moderator: ['control', 'remove', 'stop_chat'], member: ['chat'], guest: ['chat'], ...more } });

test('the own row comes first, then roles, then names', () => {
  const people = new People();
  people.welcome('4', [person('3', 'Zoe', 'guest'), person('1', 'Olga', 'owner'), person('4', 'Me', 'guest'), person('2', 'Ben', 'moderator'), person('5', 'Adam', 'guest')]);
  assert.deepEqual(people.sorted().map((one) => one.id), ['4', '1', '2', '5', '3']);
});

test('a diff changes, adds and removes; the names of those who left are still known', () => {
  const people = new People();
  people.welcome('1', [person('1', 'Ana'), person('2', 'Ben')]);
  people.diff({ changed: [person('3', 'Chiara'), person('1', 'Ana', 'owner')], left: ['2'] });
  assert.deepEqual(people.sorted().map((one) => `${one.name} ${one.role}`), ['Ana owner', 'Chiara member']);
  assert.equal(people.name('2'), 'Ben');
  assert.equal(people.name('9'), 'Somebody');
});

test('who types is said in words, never of oneself, and ends by itself', () => {
  const people = new People();
  people.welcome('1', ['1', '2', '3', '4', '5'].map((id) => person(id, `P${id}`)));
  people.typing('1', true, 0);
  assert.equal(people.typing_text(0), '');
  people.typing('2', true, 0);
  assert.equal(people.typing_text(0), 'P2 is typing…');
  people.typing('3', true, 5_000);
  assert.equal(people.typing_text(5_000), 'P2 and P3 are typing…');
  for (const id of ['4', '5']) people.typing(id, true, 5_000);
  assert.equal(people.typing_text(5_000), 'Several people are typing…');
  people.typing('3', false, 6_000);
  assert.equal(people.typing_text(7_001), 'P4 and P5 are typing…');
});

test('the owner may do everything, the others what the table says', () => {
  assert.equal(can(room(), person('1', 'O', 'owner'), 'go_live'), true);
  assert.equal(can(room(), person('2', 'M', 'moderator'), 'control'), true);
  assert.equal(can(room(), person('3', 'G', 'guest'), 'control'), false);
  assert.equal(can(null, person('3', 'G', 'guest'), 'chat'), false);
});

test('a refusal names who may and whom to ask', () => {
  assert.equal(refusal(room(), 'control', 'seek', 'Olga'), 'Only moderators can seek here. Ask Olga.');
  assert.equal(refusal(room({ moderator: [] }), 'control', 'pause', 'Olga'), 'Only the owner can pause here. Ask Olga.');
  assert.equal(refusal(room(), 'control', 'seek', ''), 'Only moderators can seek here.');
});

test('nobody has a menu against themselves or against somebody above', () => {
  const moderator = person('2', 'M', 'moderator');
  assert.deepEqual(actions_on(room(), moderator, moderator, 0), []);
  assert.deepEqual(actions_on(room(), moderator, person('1', 'O', 'owner'), 0), []);
  assert.deepEqual(actions_on(room(), moderator, person('3', 'X', 'member'), 0), ['stop_chat', 'remove']);
});

test('the owner makes moderators and hands the room over; a stopped person is allowed again', () => {
  const owner = person('1', 'O', 'owner');
  assert.deepEqual(actions_on(room(), owner, person('3', 'X', 'member'), 0), ['make_moderator', 'stop_chat', 'remove', 'block', 'make_owner']);
  assert.ok(actions_on(room(), owner, person('2', 'M', 'moderator'), 0).includes('make_member'));
  assert.ok(actions_on(room(), owner, person('3', 'X', 'member', { silenced_until_ms: 0 }), 5).includes('allow_chat'));
});

test('chat is stopped until the time, or until somebody lifts it', () => {
  assert.equal(is_silenced(person('1', 'A'), 100), false);
  assert.equal(is_silenced(person('1', 'A', 'member', { silenced_until_ms: 0 }), 100), true);
  assert.equal(is_silenced(person('1', 'A', 'member', { silenced_until_ms: 101 }), 100), true);
  assert.equal(is_silenced(person('1', 'A', 'member', { silenced_until_ms: 100 }), 100), false);
});

test('the list says who is behind, from a quarter of a second on', () => {
  const badge = (more) => state_badge(person('1', 'A', 'member', more))?.text;
  assert.equal(badge({ state: 'playing', error_ms: -250 }), 'In step');
  assert.equal(badge({ state: 'playing', error_ms: -1_240 }), '1.2 s behind');
  assert.equal(badge({ state: 'playing', error_ms: 400 }), '0.4 s ahead');
  assert.equal(badge({ state: 'buffering' }), 'Buffering');
  assert.equal(badge({}), undefined);
});

test('beside the state stand the milliseconds and what is loaded, as far as they mean something', () => {
  const figures = (more) => sync_figures(person('1', 'A', 'member', more));
  assert.equal(figures({ state: 'playing', error_ms: -12, ahead_ms: 9400 }), '12 ms behind · 9 s loaded');
  assert.equal(figures({ state: 'hidden', error_ms: 3, ahead_ms: 0 }), '3 ms ahead · 0 s loaded');
  assert.equal(figures({ state: 'playing', error_ms: 0, ahead_ms: 1000 }), 'exactly · 1 s loaded');
  assert.equal(figures({ state: 'playing', error_ms: -2600, ahead_ms: 1000 }), '1 s loaded', 'the state says 2.6 s behind already');
  assert.equal(figures({ state: 'buffering', error_ms: -900, ahead_ms: 200 }), '0 s loaded');
  assert.equal(figures({ state: 'ad', error_ms: -900, ahead_ms: 200 }), '');
  assert.equal(figures({ state: 'playing' }), '', 'in a crowd the room tells states alone');
  assert.equal(figures({}), '');
});

test('of the settings only what was changed here is sent: what somebody else has changed in the meantime stays', () => {
  const grants = { owner: [], moderator: ['chat', 'control'], member: ['chat'], guest: ['chat', 'react'] };
  const seen = { name: 'Film night', preset: 'friends', wait_policy: 'fair', slow_ms: 0, access: 'open', grants };
  const said = (more = {}) => ({ name: 'Film night', preset: 'friends', wait_policy: 'fair', slow_ms: 0, access: 'open', password: '', grants, ...more });
  const now = { ...seen, name: 'Friday', slow_ms: 5_000, access: 'ask', grants: { ...grants, guest: ['chat'] } };
  assert.equal(changed_room_settings(seen, said(), seen), null);
  assert.equal(changed_room_settings(seen, said(), now), null);
  assert.deepEqual(changed_room_settings(seen, said({ wait_policy: 'free' }), now), { wait_policy: 'free' });
  assert.deepEqual(changed_room_settings(seen, said({ preset: '', grants: { ...grants, guest: ['chat', 'react', 'control'] } }), now), { grants: { moderator: ['chat', 'control'], member: ['chat'], guest: ['chat', 'control'] } });
  assert.deepEqual(changed_room_settings(seen, said({ access: 'password', password: 'four' }), now), { access: 'password', password: 'four' });
  assert.deepEqual(changed_room_settings(seen, said({ preset: '', name: '' }), now), null);
});

test('a chosen preset is sent as one, and a table that was moved by hand as a table', () => {
  const presets = { friends: { moderator: ['chat', 'control'], member: ['chat', 'control'], guest: ['chat', 'control'] }, class: { moderator: ['chat', 'control'], member: ['chat'], guest: ['chat'] } };
  const seen = { name: 'Film night', preset: 'friends', wait_policy: 'fair', slow_ms: 0, access: 'open', grants: { owner: [], ...presets.friends } };
  const said = (more) => ({ name: 'Film night', preset: 'friends', wait_policy: 'fair', slow_ms: 0, access: 'open', password: '', grants: presets.friends, ...more });
  assert.deepEqual(changed_room_settings(seen, said({ preset: 'class', grants: presets.class }), seen), { preset: 'class' });
  assert.deepEqual(changed_room_settings(seen, said({ preset: '', grants: { ...presets.class, guest: [] } }), seen), { grants: { moderator: ['chat', 'control'], member: ['chat'], guest: [] } });
  const own = { ...seen, preset: 'custom', grants: { owner: [], ...presets.class, guest: [] } };
  assert.deepEqual(changed_room_settings(own, said({ grants: presets.friends }), own), { preset: 'friends' });
  assert.equal(preset_of(presets.class, presets), 'class');
  assert.equal(preset_of({ ...presets.class, guest: ['chat', 'react'] }, presets), '');
  assert.equal(preset_of({}, presets), '');
});
