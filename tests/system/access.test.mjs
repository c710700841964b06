// Who gets in, with the real binary and people with cookies of their own.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../e2e/waiting.mjs';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

const place = temporaryFolder();
let server;
before(async () => { server = await Server.start({ data: place.folder, args: ['--shards', '4'] }).ready; });
after(async () => { await server?.stop(); place.remove(); });

let tabs = 0;
const join_with = (socket, more = {}) => {
  const answer = socket.next((m) => m.type === 'room.welcome' || m.type === 'error');
  socket.send({ type: 'room.join', tab: `access-tab-${++tabs}`, ...more });
  return answer;
};
const host_with_room = async (name) => {
  const host = new Person(server.url);
  assert.equal((await host.signUp(name)).status, 303);
  const code = await host.startRoom();
  return { host, code, socket: await host.socket(code) };
};
const guest_at = async (code, name) => {
  const guest = new Person(server.url);
  await guest.joinRoom(code, name);
  return guest;
};

test('a password opens the room, is remembered, and is nowhere in the data or the log', { timeout: 60_000 }, async () => {
  const { code, socket } = await host_with_room('Pat Password');
  const guest = await guest_at(code, 'Gus');
  assert.equal((await socket.ask({ type: 'room.settings', name: 'Surprise party', access: 'password', password: 'open sesame 42' })).type, 'ok');
  // The page is made from what is stored, which is written a moment after the room has answered.
  await until(async () => !(await guest.request(`/rooms/${code}`)).text.includes('Surprise party'), { what: 'a page that does not tell the name' });
  const door = await guest.socket(code, { join: false });
  assert.equal((await join_with(door)).code, 'password_needed');
  const wrong = await join_with(door, { password: 'open sesame' });
  assert.equal(wrong.code, 'wrong_password');
  assert.match(wrong.message, /not the password/);
  assert.equal((await join_with(door, { password: 'open sesame 42' })).room.access, 'password');
  await door.close();
  await server.stop();
  server = await Server.start({ data: place.folder, args: ['--shards', '4'] }).ready;
  guest.base = server.url;
  const again = await guest.socket(code);
  assert.equal(again.welcome.room.name, 'Surprise party');
  assert.ok((await guest.request(`/rooms/${code}`)).text.includes('Surprise party'));
  const stranger = await guest_at(code, 'Stan');
  assert.equal((await join_with(await stranger.socket(code, { join: false }))).code, 'password_needed');
  for (const entry of readdirSync(place.folder, { withFileTypes: true })) if (entry.isFile()) assert.ok(!readFileSync(join(place.folder, entry.name)).includes('open sesame'), entry.name);
  assert.ok(!server.log.includes('open sesame'));
});

test('guessing a room’s password is slowed down, for everybody at that address and in that room alone', { timeout: 60_000 }, async () => {
  const one = await host_with_room('Rita One');
  const two = await host_with_room('Rita Two');
  for (const { socket } of [one, two]) assert.equal((await socket.ask({ type: 'room.settings', access: 'password', password: 'tea time' })).type, 'ok');
  const guest = await guest_at(one.code, 'Gil');
  const door = await guest.socket(one.code, { join: false });
  const answers = [];
  for (let i = 0; i < 11; i++) answers.push((await join_with(door, { password: `guess ${i}` })).code);
  assert.deepEqual(answers.slice(0, 10), Array(10).fill('wrong_password'));
  assert.equal(answers[10], 'slow_down');
  const other = await guest_at(one.code, 'Gil again');
  const stopped = await join_with(await other.socket(one.code, { join: false }), { password: 'tea time' });
  assert.equal(stopped.code, 'slow_down');
  assert.ok(stopped.retry_ms > 0 && stopped.retry_ms <= 60_000);
  assert.equal((await join_with(await other.socket(two.code, { join: false }), { password: 'tea time' })).type, 'room.welcome');
});

test('the list of rooms and the page of what is live tell nothing of a room to who cannot look inside any more', { timeout: 60_000 }, async () => {
  const { code, socket } = await host_with_room('Lea Lists');
  const ben = new Person(server.url);
  await ben.signUp('Ben Lists');
  await ben.joinRoom(code, 'Ben Lists');
  const inside = await ben.socket(code);
  await inside.close();
  const tells = async () => /(person|people) here/.test((await ben.request('/rooms')).text);
  await until(tells, { what: 'the visit to be written, a moment after the welcome' });
  assert.equal((await socket.ask({ type: 'room.settings', access: 'password', password: 'open sesame 42' })).type, 'ok');
  // Whoever is inside stays let in, and a short absence is being inside: a block ends both.
  assert.equal(await tells(), true);
  assert.equal((await socket.ask({ type: 'participant.block', person: inside.welcome.you })).type, 'ok');
  await until(async () => !(await tells()), { what: 'a list that tells nothing' });
  assert.doesNotMatch((await ben.request('/live')).text, /Lea Lists/);
});

test('a guest knocks, is seen, and is let in or not', { timeout: 60_000 }, async () => {
  const { code, socket } = await host_with_room('Kim Knock');
  assert.equal((await socket.ask({ type: 'room.settings', access: 'ask' })).type, 'ok');
  const guest = await guest_at(code, 'Noa');
  const door = await guest.socket(code, { join: false });
  assert.equal((await join_with(door)).code, 'ask_first');
  const seen = socket.next('room.knocked');
  assert.equal((await door.ask({ type: 'room.knock' })).type, 'ok');
  const [asker] = (await seen).people;
  assert.deepEqual([asker.name, asker.kind, Object.keys(asker).sort()], ['Noa', 'guest', ['id', 'kind', 'name']]);
  const admitted = door.next('room.admitted');
  assert.equal((await socket.ask({ type: 'room.admit', person: asker.id, on: true })).type, 'ok');
  assert.equal((await admitted).on, true);
  assert.equal((await join_with(door)).type, 'room.welcome');

  const other = await guest_at(code, 'Oskar');
  const second = await other.socket(code, { join: false });
  const next = socket.next((m) => m.type === 'room.knocked' && m.people.length === 1);
  { const answer = await second.ask({ type: 'room.knock' }); assert.equal(answer.type, 'ok', JSON.stringify(answer)); }
  const refused = second.next('room.admitted');
  await socket.ask({ type: 'room.admit', person: (await next).people[0].id, on: false });
  assert.deepEqual(await refused, { type: 'room.admitted', on: false, why: 'refused' });
  assert.equal((await second.ask({ type: 'room.knock' })).code, 'slow_down');
});

test('a room for accounts: guests see where to get one, accounts come in, who was inside stays', { timeout: 60_000 }, async () => {
  const { code, socket } = await host_with_room('Ada Accounts');
  const inside = await guest_at(code, 'Ina');
  const early = await inside.socket(code);
  assert.equal((await socket.ask({ type: 'room.settings', access: 'accounts' })).type, 'ok');
  assert.equal((await early.ask({ type: 'chat.history', before: 1, limit: 1 })).type, 'chat.page');
  assert.equal((await join_with(await inside.socket(code, { join: false }))).type, 'room.welcome');
  const late = new Person(server.url);
  await late.startRoom('Lou');
  assert.match((await late.request(`/rooms/${code}`)).text, /for people with an account/);
  assert.equal((await join_with(await late.socket(code, { join: false }))).code, 'account_needed');
  await late.signUp('Lou With Account');
  assert.equal((await join_with(await late.socket(code, { join: false }))).type, 'room.welcome');
});

test('a new code: everybody stays, links and codes of before are dead, and the room is what it was', { timeout: 60_000 }, async () => {
  const { host, code, socket } = await host_with_room('Nils Newcode');
  const guest = await guest_at(code, 'Gwen');
  const inside = await guest.socket(code);
  inside.send({ type: 'chat.post', id: 'before-the-change', text: 'before' });
  await socket.next('chat.message');
  await socket.ask({ type: 'playback.set', url: 'https://youtu.be/dQw4w9WgXcQ', base_rev: 0, op: 'x' });
  await socket.ask({ type: 'queue.add', url: 'https://youtu.be/aaaaaaaaaaa' });
  const told = inside.next((m) => m.type === 'room.changed' && m.room.code !== code);
  assert.equal((await inside.ask({ type: 'room.new_code' })).detail, 'owner');
  assert.equal((await socket.ask({ type: 'room.new_code' })).type, 'ok');
  const fresh = (await told).room.code;
  assert.match(fresh, /^[0-9A-HJKMNP-TV-Z]{8}$/);
  inside.send({ type: 'chat.post', id: 'after-the-change1', text: 'after' });
  assert.equal((await socket.next('chat.message')).text, 'after');

  for (const path of [`/rooms/${code}`, `/rooms/${code}`]) assert.equal((await host.request(path)).status, 404);
  const visitor = new Person(server.url);
  assert.equal((await visitor.request((await visitor.request(`/r/${code}`)).location)).status, 404);
  const stranger = new Person(server.url);
  await stranger.joinRoom(fresh, 'Sam');
  const lost = await stranger.socket(code, { join: false });
  lost.send({ type: 'room.join', tab: 'stranger-tab-1' });
  assert.equal((await lost.closed).code, 4004);
  const returning = await guest.socket(code, { join: false });
  const moved = returning.next('room.moved');
  returning.send({ type: 'room.join', tab: 'returning-tab1' });
  assert.equal((await moved).code, fresh);
  assert.equal((await returning.closed).code, 4005);

  const welcome = (await stranger.socket(fresh)).welcome;
  assert.deepEqual(welcome.messages.map((m) => m.text), ['before', 'after']);
  assert.equal(welcome.playback.media.video_id, 'dQw4w9WgXcQ');
  assert.equal(welcome.queue.items.length, 1);
  assert.match((await host.request('/rooms')).text, new RegExp(fresh));
  await server.stop();
  server = await Server.start({ data: place.folder, args: ['--shards', '4'] }).ready;
  for (const one of [host, guest]) one.base = server.url;
  assert.equal((await host.socket(fresh)).welcome.participants[0].role, 'owner');
  assert.equal((await join_with(await guest.socket(fresh, { join: false }))).type, 'room.welcome');
});
