// Guests, new accounts and old ones against the real binary: what the kind and the age of a person change.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { Person, RoomSocket } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

// Posts `count` lines in one go and answers how many were taken.
async function taken(socket, count, prefix) {
  const answers = Array.from({ length: count }, (_, i) => {
    const id = `${prefix}-${String(i).padStart(4, '0')}`;
    const answer = socket.next((m) => m.id === id);
    socket.send({ type: 'chat.post', id, text: `line ${i}` });
    return answer;
  });
  return (await Promise.all(answers)).filter((m) => m.type === 'chat.message').length;
}

test('an account chats at half the rate on its first day and at the full one from then on, a guest always at half', async () => {
  const place = temporaryFolder();
  let server = await Server.start({ data: place.folder }).ready;
  const person = new Person(server.url);
  assert.equal((await person.signUp('Newcomer')).status, 303);
  const code = await person.startRoom();
  const guest = new Person(server.url);
  await guest.joinRoom(code, 'Gustav');
  const age = (ms) => execFileSync('sqlite3', [join(place.folder, 'matinee.sqlite3'), `UPDATE users SET created_ms = ${ms}`]);
  const restart = async (ms) => {
    await server.stop();
    age(ms);
    server = await Server.start({ data: place.folder }).ready;
    for (const one of [person, guest]) one.base = server.url;
  };
  // A burst is 8, half of it 4; a busy machine may give a token back while the lines are read.
  const half = async (one, prefix) => { const n = await taken(await one.socket(code), 9, prefix); assert.ok(n >= 4 && n <= 6, `${prefix}: ${n} of 9`); };
  await half(person, 'fresh');
  const day = 24 * 3_600_000;
  await restart(Date.now() - day + 3_600_000);
  await half(person, 'an-hour-left');
  await restart(Date.now() - day);
  assert.ok(await taken(await person.socket(code), 9, 'a-day-old') >= 8);
  await half(guest, 'guest');
  await server.kill();
  place.remove();
});

test('where guests are switched off, one from before has neither page nor socket, and an account has both', async () => {
  const place = temporaryFolder();
  let server = await Server.start({ data: place.folder }).ready;
  const owner = new Person(server.url);
  assert.equal((await owner.signUp('Host')).status, 303);
  const code = await owner.startRoom();
  const guest = new Person(server.url);
  await guest.joinRoom(code, 'Gustav');
  assert.ok((await guest.socket(code)).welcome);
  await server.stop();
  server = await Server.start({ data: place.folder, args: ['--guests', 'off'] }).ready;
  for (const one of [owner, guest]) one.base = server.url;
  assert.match((await guest.request(`/rooms/${code}`)).text, /for people with an account/);
  const socket = await RoomSocket.open(guest, code, { join: false });
  const welcome = socket.next('room.welcome').then(() => ({ code: 'let in' }), () => new Promise(() => {}));
  socket.send({ type: 'room.join', tab: 'tab-12345' });
  assert.equal((await Promise.race([socket.closed, welcome])).code, 4001);
  assert.ok((await owner.socket(code)).welcome);
  await server.kill();
  place.remove();
});
