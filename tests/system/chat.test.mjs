// What people do to lines after they were written, against the real server and its file: edit, delete, react, search, slow mode; over restarts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

let place; let server;
before(async () => { place = temporaryFolder(); server = await Server.start({ data: place.folder }).ready; });
after(async () => { await server.kill(); place.remove(); });

async function restart(people, kill) {
  await (kill ? server.kill() : server.stop());
  server = await Server.start({ data: place.folder }).ready;
  for (const one of people) one.base = server.url;
}

async function roomOfTwo(lines) {
  const owner = new Person(server.url);
  const code = await owner.startRoom('Olga');
  const guest = new Person(server.url);
  await guest.joinRoom(code, 'Gustav');
  const first = await owner.socket(code);
  const second = await guest.socket(code);
  for (const [i, text] of lines.entries()) await said(i % 2 ? second : first, `line-${String(i + 1).padStart(4, '0')}`, text);
  return { owner, guest, code, first, second };
}
const said = (socket, id, text) => {
  const answer = socket.next((m) => m.id === id);
  socket.send({ type: 'chat.post', id, text });
  return answer;
};
const ok = async (socket, message) => { const answer = await socket.ask(message); assert.equal(answer.type, 'ok', JSON.stringify(answer)); };
const refused = async (socket, message, code, detail) => {
  const answer = await socket.ask(message);
  assert.equal(answer.code, code, JSON.stringify(answer));
  assert.equal(answer.detail, detail);
  return answer;
};
const shown = (m) => ({ seq: m.seq, text: m.text, ...(m.deleted ? { deleted: true } : {}), ...(m.edited_at_ms ? { edited: true } : {}), ...(m.reactions ? { reactions: m.reactions } : {}) });

test('two people edit, delete and react, both see the same, and a restart and a kill -9 keep it', async () => {
  const { owner, guest, code, first, second } = await roomOfTwo(['teh film', 'yes', 'a secret', 'no']);
  const me = first.welcome.you; const other = second.welcome.you;

  const edited = second.next('chat.edited');
  await ok(first, { type: 'chat.edit', seq: 1, text: 'the film' });
  assert.equal((await edited).text, 'the film');
  assert.ok((await edited).edited_at_ms > 0);
  assert.equal((await edited).change, 1);

  const deleted = second.next('chat.deleted');
  await ok(first, { type: 'chat.delete', seq: 3 });
  assert.deepEqual([(await deleted).seq, (await deleted).by], [3, me]);
  await ok(first, { type: 'chat.delete', seq: 3 });

  await ok(second, { type: 'chat.react', seq: 1, emoji: '👍', on: true });
  const whole = first.next((m) => m.type === 'chat.reactions' && m.reactions[0]?.count === 2);
  await ok(first, { type: 'chat.react', seq: 1, emoji: '👍', on: true });
  assert.deepEqual((await whole).reactions, [{ emoji: '👍', count: 2, people: [other, me] }]);
  await ok(second, { type: 'chat.react', seq: 1, emoji: '👍', on: false });
  await ok(second, { type: 'chat.react', seq: 1, emoji: '👍', on: false });

  await refused(second, { type: 'chat.edit', seq: 1, text: 'mine' }, 'forbidden', 'author');
  await refused(second, { type: 'chat.delete', seq: 1 }, 'forbidden', 'delete_messages');
  await refused(second, { type: 'chat.react', seq: 1, emoji: 'haha', on: true }, 'bad_request', 'emoji');
  await refused(second, { type: 'chat.react', seq: 3, emoji: '👍', on: true }, 'not_found');
  await refused(first, { type: 'chat.edit', seq: 99, text: 'x' }, 'not_found');
  await ok(first, { type: 'chat.delete', seq: 4 });   // the owner deletes the guest's

  const wanted = [
    { seq: 1, text: 'the film', edited: true, reactions: [{ emoji: '👍', count: 1, people: [me] }] },
    { seq: 2, text: 'yes' }, { seq: 3, text: '', deleted: true }, { seq: 4, text: '', deleted: true },
  ];
  assert.deepEqual((await second.history()).map(shown), wanted);
  for (const kill of [false, true]) {
    await restart([owner, guest], kill);
    const socket = await guest.socket(code);
    assert.deepEqual(socket.welcome.messages.map(shown), wanted);
    assert.deepEqual((await socket.history()).map(shown), wanted);
    assert.equal(socket.welcome.change, 6);
    assert.equal(socket.welcome.messages[3].name, 'Gustav');
  }
  const again = await owner.socket(code);
  await ok(again, { type: 'chat.react', seq: 2, emoji: '🎬', on: true });
  assert.equal((await guest.socket(code)).welcome.change, 7);
});

test('who comes back is told what has changed meanwhile of what was seen', async () => {
  const { guest, code, first, second } = await roomOfTwo(['one', 'two']);
  const { epoch, seq } = second.welcome;
  assert.equal(seq, 0);
  second.close();
  await ok(first, { type: 'chat.edit', seq: 1, text: 'one, edited' });
  await said(first, 'line-0003', 'three');
  const back = await guest.socket(code, { since: { epoch, seq: 2, rev: 0, change: 0 } });
  assert.equal(back.welcome.resumed, true);
  assert.deepEqual(back.welcome.changed.map(shown), [{ seq: 1, text: 'one, edited', edited: true }]);
  assert.deepEqual(back.welcome.messages.map((m) => m.text), ['three']);
  const nothing = await guest.socket(code, { since: { epoch, seq: 3, rev: 0, change: 1 } });
  assert.deepEqual([nothing.welcome.resumed, nothing.welcome.changed], [true, undefined]);
});

const find = async (socket, query, more = {}) => {
  const answer = await socket.ask({ type: 'chat.search', query, limit: 50, ...more });
  assert.equal(answer.type, 'chat.found', JSON.stringify(answer));
  return answer.messages.map((m) => m.seq);
};

test('lines are found by their words as they stand, at once, after a restart and after a kill -9', async () => {
  const { owner, guest, code, first, second } = await roomOfTwo(['The film begins', 'what a FILM', 'Käse und Popcorn', 'the launch code is zyzzogeton']);
  const other = await roomOfTwo(['a film elsewhere']);
  assert.deepEqual(await find(second, 'film'), [2, 1]);
  assert.deepEqual(await find(second, 'the fil'), [1]);
  assert.deepEqual(await find(second, 'kase popc'), [3]);
  assert.deepEqual(await find(second, '" OR film* NEAR('), []);
  assert.deepEqual(await find(second, 'film', { before: 2 }), [1]);
  assert.deepEqual(await find(other.second, 'film'), [1]);
  const page = await second.ask({ type: 'chat.search', query: 'film', limit: 1 });
  assert.deepEqual([page.more_before, page.messages[0].text, page.messages[0].name], [true, 'what a FILM', 'Gustav']);
  await ok(first, { type: 'chat.edit', seq: 1, text: 'The movie begins' });
  await ok(first, { type: 'chat.delete', seq: 4 });
  assert.deepEqual(await find(second, 'film'), [2]);
  assert.deepEqual(await find(second, 'movie'), [1]);
  assert.deepEqual(await find(second, 'zyzzogeton'), []);
  await refused(second, { type: 'chat.search', query: 'x'.repeat(801), limit: 5 }, 'bad_request', 'query');
  for (const kill of [false, true]) {
    await restart([owner, guest], kill);
    const socket = await guest.socket(code);
    assert.deepEqual(await find(socket, 'movie begins'), [1]);
    assert.deepEqual(await find(socket, 'film'), [2]);
    assert.deepEqual(await find(socket, 'zyzzogeton'), []);
  }
});

test('slow mode asks everybody to wait but those who can stop chat, and outlives a restart', async () => {
  const { owner, guest, code, first, second } = await roomOfTwo([]);
  await ok(first, { type: 'room.settings', slow_ms: 60_000 });
  assert.equal((await said(second, 'line-0001', 'one')).seq, 1);
  const early = await said(second, 'line-0002', 'two');
  assert.deepEqual([early.code, early.detail], ['slow_down', 'slow_mode']);
  assert.ok(early.retry_ms > 50_000 && early.retry_ms <= 60_000);
  assert.equal((await said(first, 'line-0003', 'free')).seq, 2);
  assert.equal((await said(first, 'line-0004', 'free')).seq, 3);
  await restart([owner, guest], true);
  const back = await guest.socket(code);
  assert.equal(back.welcome.room.slow_ms, 60_000);
  assert.equal((await said(back, 'line-0002', 'two')).detail, 'slow_mode');
});
