// An account and what is its own, against the real binary: its picture in a room, its export, and its end down to the bytes on the disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

const password = 'correct horse';
let place;
let server;
before(async () => {
  place = temporaryFolder();
  server = await Server.start({ data: place.folder }).ready;
});
after(async () => {
  await server?.kill();
  place?.remove();
});

async function account(name) {
  const person = new Person(server.url);
  assert.equal((await person.signUp(name, password)).status, 303);
  return person;
}

const chunk = (type, content) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)]);
};
function png(side) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(side * (3 * side + 1)))), chunk('IEND', Buffer.alloc(0))]);
}

async function putPicture(person, bytes) {
  const token = /name="csrf" value="([^"]+)"/.exec((await person.request('/account')).text)[1];
  const answer = await fetch(`${person.base}/account/avatar`, {
    method: 'POST', body: bytes,
    headers: { cookie: [...person.jar].map(([name, value]) => `${name}=${value}`).join('; '), origin: person.base, 'content-type': 'image/png', 'x-csrf-token': token },
  });
  return { status: answer.status, ...(await answer.json()) };
}

const end = (person, name, more = {}) => person.submit('/account', '/account/delete', { name, current: password, ...more });
const post = (socket, text) => {
  const id = `id-${Math.random().toString(36).slice(2, 14)}`;
  const said = socket.next((m) => m.type === 'chat.message' && m.id === id);
  socket.send({ type: 'chat.post', id, text });
  return said;
};

/** Names of the files of the data folder that hold these bytes. */
const filesWith = (text) => readdirSync(place.folder, { withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => entry.name).filter((name) => readFileSync(join(place.folder, name)).includes(text));

test('a picture put while in a room is told to everybody there, and to whoever comes later', async () => {
  const ann = await account('Ann Picture');
  const code = await ann.startRoom();
  const guest = new Person(server.url);
  await guest.joinRoom(code, 'Gus');
  const hers = await ann.socket(code);
  const his = await guest.socket(code);
  const told = his.next((m) => m.type === 'presence.diff' && m.changed.some((p) => p.avatar));
  const put = await putPicture(ann, png(192));
  assert.equal(put.status, 200);
  const [person] = (await told).changed.filter((p) => p.avatar);
  assert.equal(put.avatar, `/avatars/${person.id}/${person.avatar}`);
  const shown = await guest.request(put.avatar);
  assert.equal(shown.headers.get('content-type'), 'image/png');
  const late = new Person(server.url);
  await late.joinRoom(code, 'Late');
  const welcome = (await late.socket(code)).welcome;
  assert.equal(welcome.participants.find((p) => p.id === person.id).avatar, person.avatar);
  const gone = his.next((m) => m.type === 'presence.diff' && m.changed.some((p) => p.id === person.id && !p.avatar));
  await ann.submit('/account', '/account/avatar/remove', {});
  await gone;
  await hers.close();
});

test('an export is one JSON file with every message of one person and none of another', async () => {
  const ann = await account('Ann Export');
  const ben = await account('Ben Export');
  const code = await ann.startRoom();
  const hers = await ann.socket(code);
  const his = await ben.socket(code);
  await post(hers, 'first line of hers');
  await post(his, 'a line of his');
  await post(hers, 'zweite – „Zeile“ 🎬');
  const answer = await ann.request('/account/export');
  assert.match(answer.headers.get('content-disposition'), /attachment/);
  const all = JSON.parse(answer.text);
  assert.equal(all.format, 'matinee.account.v1');
  assert.equal(all.profile.name, 'Ann Export');
  assert.deepEqual(all.messages.map((m) => [m.room, m.text]), [[code, 'first line of hers'], [code, 'zweite – „Zeile“ 🎬']]);
  assert.deepEqual(all.rooms.map((r) => [r.code, r.role]), [[code, 'owner']]);
  assert.equal(all.sessions.length, 1);
  assert.ok(!answer.text.includes('Ben Export') && !answer.text.includes('a line of his'));
  const of_his = JSON.parse((await ben.request('/account/export')).text);
  assert.deepEqual(of_his.messages.map((m) => m.text), ['a line of his']);
});

test('an account that ends closes its sockets within a second, and its room goes on with another owner', async () => {
  const ann = await account('Ann Leaves');
  const ben = await account('Ben Stays');
  const code = await ann.startRoom();
  const hers = await ann.socket(code);
  const his = await ben.socket(code);
  await post(hers, 'this stays');
  await post(his, 'so does this');
  const began = Date.now();
  let closed_after = Infinity;
  const closed = hers.closed.then((how) => { closed_after = Date.now() - began; return how; });
  const reopened = his.closed;
  const answer = await end(ann, 'ann leaves');
  assert.equal(answer.location, '/?account=deleted');
  const answered_after = Date.now() - began;
  assert.equal((await closed).code, 4001);
  // The password is checked first, which takes its time.
  assert.ok(closed_after < answered_after + 1_000, `${closed_after} ms, answered after ${answered_after} ms`);
  assert.equal((await reopened).code, 1012);
  const back = await ben.socket(code);
  assert.equal(back.welcome.room.owner, back.welcome.you);
  assert.equal(back.welcome.resumed, false);
  assert.deepEqual(back.welcome.messages.map((m) => [m.name, m.text]), [['', 'this stays'], ['Ben Stays', 'so does this']]);
  assert.equal((await ann.request('/account')).location, '/login?next=/account');
  await account('Ann Leaves');
});

test('what is deleted with an account is in no file of the data folder any more', async () => {
  const ann = await account('Ann Vanishes');
  const ben = await account('Ben Reads');
  const secret = (i) => `secret-${i}-${'s'.repeat(200 + (i % 4) * 1_200)}`;  // some longer than a page of the file
  let code;
  for (let room = 0; room < 3; ++room) {
    code = await ben.startRoom();
    const [hers, his] = [await ann.socket(code), await ben.socket(code)];
    await post(his, `kept-${room}-before`);
    for (let i = 0; i < 4; ++i) await post(hers, secret(4 * room + i));  // as many as a new account may say at once
    await post(his, `kept-${room}-after`);
  }
  assert.equal((await putPicture(ann, png(192))).status, 200);
  assert.ok(filesWith('secret-3-').length > 0, 'the text is looked for where it would be');
  assert.equal((await end(ann, 'Ann Vanishes', { messages: 'on' })).location, '/?account=deleted');
  assert.deepEqual(filesWith('secret-'), []);
  assert.deepEqual(filesWith('Ann Vanishes'), []);
  assert.ok(filesWith('kept-1-after').length > 0);
  const back = await ben.socket(code);
  assert.ok(back.welcome.messages.every((m) => !m.text.includes('secret')));
  assert.ok(back.welcome.messages.some((m) => m.text === 'kept-2-after'));
  assert.equal(execFileSync('sqlite3', ['-readonly', join(place.folder, 'matinee.sqlite3'), 'PRAGMA integrity_check'], { encoding: 'utf8' }).trim(), 'ok');
});

test('a guest who keeps the room by signing up has a picture and preferences there from then on', async () => {
  const guest = new Person(server.url);
  const code = await guest.startRoom('Gus Keeps');
  const before_it = await guest.socket(code);
  assert.equal(before_it.welcome.room.guest_room, true);
  assert.equal((await guest.signUp('Gus Keeps', password, { next: `/rooms/${code}` })).location, `/rooms/${code}`);
  assert.equal((await putPicture(guest, png(192))).status, 200);
  assert.equal((await guest.submit('/account', '/account/preferences', { theme: 'light' })).status, 303);
  assert.match((await guest.request(`/rooms/${code}`)).text, /data-theme="light"/);
  const kept = await guest.socket(code);
  assert.equal(kept.welcome.room.guest_room, false);
  assert.equal(kept.welcome.room.owner, kept.welcome.you);
  assert.ok(kept.welcome.participants[0].avatar);
});
