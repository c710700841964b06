// Every message type against the real server: wrong type, missing field, too long, unknown, not JSON, not UTF-8, too fast; unknown rooms,
// blocked people, ended sessions. A stable code on the wire, and the socket lives on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, RoomSocket } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

let place; let server;
before(async () => { place = temporaryFolder(); server = await Server.start({ data: place.folder }).ready; });
after(async () => { await server.kill(); place.remove(); });

async function roomOfTwo() {
  const owner = new Person(server.url);
  const code = await owner.startRoom('Olga');
  const guest = new Person(server.url);
  await guest.joinRoom(code, 'Gustav');
  return { owner, guest, code, first: await owner.socket(code), second: await guest.socket(code) };
}
const post = (socket, id, text, extra = {}) => {
  const answer = socket.next((m) => m.id === id);
  socket.send({ type: 'chat.post', id, text, ...extra });
  return answer;
};

test('a message reaches both in one order, once, and a repeat is not stored twice', async () => {
  const { first, second } = await roomOfTwo();
  const seen = second.next('chat.message');
  const own = await post(first, 'hello-0001', 'hello <b>you</b>');
  assert.deepEqual(await seen, own);
  assert.equal(own.text, 'hello <b>you</b>');
  assert.equal(own.seq, 1);
  first.send({ type: 'chat.post', id: 'hello-0001', text: 'hello <b>you</b>', again: true });
  assert.equal((await post(second, 'hello-0002', 'hi')).seq, 2);
  assert.deepEqual((await first.history()).map((m) => m.id), ['hello-0001', 'hello-0002']);
});

const refusals = [
  ['not JSON', '{"type":', 'bad_request'],
  ['not an object', '[1,2]', 'bad_request'],
  ['no type', '{}', 'bad_request'],
  ['a type that is no string', '{"type":5}', 'bad_request'],
  ['an unknown type', '{"type":"room.explode"}', 'unknown_type'],
  ['nesting over the limit', `{"type":"room.signal","data":${'['.repeat(9)}${']'.repeat(9)}}`, 'bad_request'],
  ['a message id that is too short', { type: 'chat.post', id: 'short', text: 'x' }, 'bad_request'],
  ['a message id that is too long', { type: 'chat.post', id: 'x'.repeat(37), text: 'x' }, 'bad_request'],
  ['a text that is missing', { type: 'chat.post', id: 'aaaaaaaa' }, 'bad_request'],
  ['an empty text', { type: 'chat.post', id: 'aaaaaaaa', text: '' }, 'empty_text'],
  ['a text one beyond the limit', { type: 'chat.post', id: 'aaaaaaaa', text: 'é'.repeat(4001) }, 'too_long'],
  ['a control character', { type: 'chat.post', id: 'aaaaaaaa', text: 'bell \u0007' }, 'bad_text'],
  ['a position that is no number', { type: 'playback.seek', position_ms: 'x', base_rev: 0, op: 'o' }, 'bad_request'],
  ['a play without a video', { type: 'playback.play', position_ms: 0, base_rev: 0, op: 'o' }, 'no_media'],
  ['a rate one step outside', { type: 'playback.rate', rate: 2.01, position_ms: 0, base_rev: 0, op: 'o' }, 'bad_request'],
  ['a link to elsewhere', { type: 'playback.set', url: 'https://www.youtube.com.evil.example/watch?v=dQw4w9WgXcQ', base_rev: 0, op: 'o' }, 'bad_media'],
  ['a link of another scheme', { type: 'playback.set', url: 'javascript:alert(1)', base_rev: 0, op: 'o' }, 'bad_media'],
  ['an unknown person', { type: 'participant.remove', person: '12345' }, 'unknown_person'],
  ['oneself', { type: 'participant.remove', person: 'SELF' }, 'cannot_target'],
  ['a role that does not exist', { type: 'participant.role', person: 'SELF', role: 'king' }, 'bad_request'],
  ['a signal one byte too long', { type: 'room.signal', data: 'x'.repeat(1023) }, 'bad_request'],
  ['a second join', { type: 'room.join', tab: 'another-tab' }, 'already_joined'],
];
test('bad messages get a stable code, and the socket lives on', async () => {
  const { first } = await roomOfTwo();
  for (const [what, message, code] of refusals) {
    const text = (typeof message === 'string' ? message : JSON.stringify(message)).replace('SELF', first.welcome.you);
    const answer = first.next('error');
    first.send(text);
    const got = await answer;
    assert.equal(got.code, code, `${what}: ${JSON.stringify(got)}`);
    assert.equal(typeof got.message, 'string');
    assert.doesNotMatch(got.message, /sql|\/work|\.cpp|exception/i);
  }
  assert.equal((await post(first, 'alive-0001', 'still alive')).type, 'chat.message');
});

test('texts at the limit pass', async () => {
  const { first, second } = await roomOfTwo();
  const seen = second.next('chat.message');
  const text = '🎬'.repeat(3000) + 'é'.repeat(1000);
  const refused = await post(first, 'longest-1', text);
  assert.equal(refused.type, 'chat.message', JSON.stringify(refused).slice(0, 200));
  assert.equal((await seen).text, text);
});

test('a message that is not UTF-8 and one over 16 KiB end the socket with their codes', async () => {
  const { guest, code } = await roomOfTwo();
  const bad = await guest.socket(code);
  bad.web.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false });
  assert.equal((await bad.closed).code, 1007);
  const big = await guest.socket(code);
  big.web.send(JSON.stringify({ type: 'room.signal', data: 'x'.repeat(17_000) }));
  assert.equal((await big.closed).code, 1009);
});

test('too fast is answered with slow_down and a time, and nothing is lost', async () => {
  const { second } = await roomOfTwo();
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => post(second, `flood-${String(i).padStart(4, '0')}`, `line ${i}`)));
  const refused = answers.filter((m) => m.type === 'error');
  assert.ok(refused.length > 0 && answers.length > refused.length);
  for (const m of refused) { assert.equal(m.code, 'slow_down'); assert.ok(m.retry_ms > 0 && m.retry_ms < 10_000); }
});

test('before room.join only the door speaks', async () => {
  const { owner, code } = await roomOfTwo();
  const socket = await RoomSocket.open(owner, code, { join: false });
  const answer = socket.next('error');
  socket.send({ type: 'chat.post', id: 'at-the-door', text: 'x' });
  assert.equal((await answer).code, 'not_joined');
  const clock = socket.next('clock.reply');
  socket.send({ type: 'clock.probe', t1: 12.5 });
  const reply = await clock;
  assert.equal(reply.t1, 12.5);
  assert.ok(reply.t3 >= reply.t2 && Math.abs(reply.t2 - Date.now()) < 5000);
});

test('no session is 4001, an unknown room is 4004', async () => {
  const { owner } = await roomOfTwo();
  const nobody = await RoomSocket.open(new Person(server.url), 'AAAABBBB', { join: false });
  nobody.send({ type: 'room.join', tab: 'tab-12345' });
  assert.equal((await nobody.closed).code, 4001);
  const lost = await RoomSocket.open(owner, 'AAAABBBB', { join: false });
  lost.send({ type: 'room.join', tab: 'tab-12345' });
  assert.equal((await lost.closed).code, 4004);
});

test('another origin, version or subprotocol is refused at the handshake', async () => {
  const { owner, code } = await roomOfTwo();
  const { default: WebSocket } = await import('ws');
  const status = (options, protocol = 'matinee.v1') => new Promise((done) => {
    const web = new WebSocket(`${server.url.replace('http', 'ws')}/rooms/${code}/socket`, protocol, { headers: { cookie: [...owner.jar].map((p) => p.join('=')).join('; ') }, ...options });
    web.once('unexpected-response', (_q, answer) => { done(answer.statusCode); web.terminate(); });
    web.once('open', () => { done(101); web.terminate(); });
    web.once('error', () => {});
  });
  assert.equal(await status({ origin: server.url }), 101);
  assert.equal(await status({ origin: 'https://evil.example' }), 403);
  assert.equal(await status({ origin: `${server.url}.evil.example` }), 403);
  assert.equal(await status({ origin: server.url, protocolVersion: 8 }), 426);
  assert.equal(await status({ origin: server.url }, 'other.v1'), 400);
});

test('removed is told and closed, blocked stays out, unblocked comes back', async () => {
  const { guest, code, first, second } = await roomOfTwo();
  const you = second.welcome.you;
  const told = second.next('you.were');
  assert.equal((await first.ask({ type: 'participant.block', person: you })).type, 'ok');
  assert.equal((await told).what, 'blocked');
  assert.ok([4003, 4004].includes((await second.closed).code));
  const out = await RoomSocket.open(guest, code, { join: false });
  out.send({ type: 'room.join', tab: 'tab-12345' });
  assert.equal((await out.closed).code, 4004);
  assert.equal((await guest.request(`/rooms/${code}`)).status, 404);
  assert.equal((await first.ask({ type: 'participant.unblock', person: you })).type, 'ok');
  assert.ok((await guest.socket(code)).welcome);
});

test('a guest cannot do what the preset does not grant, and the refusal names the grant', async () => {
  const { first, second } = await roomOfTwo();
  const changed = second.next('room.changed');
  assert.equal((await first.ask({ type: 'room.settings', preset: 'class' })).type, 'ok');
  assert.equal((await changed).room.preset, 'class');
  const refused = await second.ask({ type: 'playback.set', url: 'https://youtu.be/dQw4w9WgXcQ', base_rev: 0, op: 'o1' });
  assert.equal(refused.code, 'forbidden');
  assert.equal(refused.detail, 'play_now');
});

test('playback reaches both with a growing revision, and a stale command gets the current state', async () => {
  const { first, second } = await roomOfTwo();
  const seen = second.next('playback.state');
  const ok = await first.ask({ type: 'playback.set', url: ' HTTPS://YouTu.be/dQw4w9WgXcQ?t=1m5s ', base_rev: first.welcome.playback.rev, op: 'set-1' });
  assert.equal(ok.type, 'ok', JSON.stringify(ok));
  const state = await seen;
  assert.equal(state.media.kind, 'youtube');
  assert.equal(state.media.video_id, 'dQw4w9WgXcQ');
  assert.equal(state.position_ms, 65_000);
  const stale = await second.ask({ type: 'playback.seek', position_ms: 5, base_rev: first.welcome.playback.rev, op: 'late' });
  assert.equal(stale.code, 'stale');
  const moved = first.next((m) => m.type === 'playback.state' && m.op === 'seek-1');
  await second.ask({ type: 'playback.seek', position_ms: 90_000, base_rev: state.rev, op: 'seek-1' });
  assert.equal((await moved).position_ms, 90_000);
});

test('log out closes the sockets of that session with 4001 within a second', async () => {
  const person = new Person(server.url);
  assert.equal((await person.signUp('Leaver')).status, 303);
  const code = await person.startRoom();
  const socket = await person.socket(code);
  const began = Date.now();
  assert.equal((await person.submit('/account', '/logout', {})).status, 303);
  assert.equal((await socket.closed).code, 4001);
  assert.ok(Date.now() - began < 1500);
});

test('markup as a name and as a message stays text in every page', async () => {
  const person = new Person(server.url);
  const code = await person.startRoom('<img src=x onerror=alert(1)>');
  const page = await person.request(`/rooms/${code}`);
  assert.doesNotMatch(page.text, /<img src=x/);
  const socket = await person.socket(code);
  assert.equal(socket.welcome.participants[0].name, '<img src=x onerror=alert(1)>');
});
