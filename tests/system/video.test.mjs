// Desktop programs against the real server: pairing from a room's page, pictures from one to another, tokens, and every way out.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Person } from './client.mjs';
import { send } from './requester.mjs';
import { Server, temporaryFolder } from './server.mjs';
import { camera, ERROR, FLAG, pairingLine, picture, readLine, TYPE, VideoClient, videoPorts } from './video_client.mjs';

let place; let server; let ports;
before(async () => {
  place = temporaryFolder();
  server = await Server.start({ data: place.folder, args: ['--metrics-port', '0'] }).ready;
  ports = await videoPorts(server);
});
after(async () => { await server?.kill(); place.remove(); });

const within = (ms, promise, what) => {
  let timer;
  const late = new Promise((_done, failed) => { timer = setTimeout(() => failed(new Error(`${what} took over ${ms} ms`)), ms); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// A room with its owner's page open.
async function openRoom(name = 'Olga') {
  const owner = new Person(server.url);
  const code = await owner.startRoom(name);
  return { owner, code, socket: await owner.socket(code) };
}

async function guestIn(code, name) {
  const person = new Person(server.url);
  await person.joinRoom(code, name);
  return { person, socket: await person.socket(code) };
}

// A desktop program of somebody in the room, as pairing lets it in.
async function desktopOf(person, code, transport = 'tls', more = {}) {
  const pairing = await pairingLine(person, code);
  assert.equal(pairing.status, 200, JSON.stringify(pairing));
  assert.equal(pairing.expires_s, 300);
  const { host, port, room, pair, print } = readLine(pairing.line);
  assert.equal(host, '127.0.0.1');
  assert.equal(port, ports.port);
  return VideoClient.enter(transport === 'tls' ? { host, port, print, room, pair, ...more } : { port: ports.plain, room, pair, ...more });
}

async function logInDesktop(name, password, client = 'matinee-video on test') {
  const answer = await fetch(`${server.url}/api/desktop-tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, password, client }) });
  return { status: answer.status, ...(await answer.json()) };
}

async function picturesArrive(transport) {
  const { owner, code } = await openRoom();
  const sender = await desktopOf(owner, code, transport);
  const viewer = await desktopOf(owner, code, transport);
  assert.equal(sender.me.name, 'Olga');
  assert.equal(sender.me.may_publish, true);
  const published = await sender.publish(camera('Desk'));
  assert.equal(published.type, TYPE.PUBLISH_OK, JSON.stringify(published.json));
  const stream = published.json.stream;
  const meta = await viewer.until((m) => m.type === TYPE.META && m.json.stream === stream && m.json.online);
  assert.equal(meta.json.source.title, 'Desk');
  assert.equal(meta.json.publisher_name, 'Olga');
  const subscribed = await viewer.subscribe(stream);
  assert.equal(subscribed.type, TYPE.SUBSCRIBE_OK);
  // One after the other: only the newest picture waits for a viewer, so a second one could rightly replace it.
  for (let i = 0; i < 20; i++) {
    const arrives = viewer.next((m) => m.type === TYPE.FRAME);
    sender.frame(stream, picture(i), { pts: BigInt(1_000_000 + i * 33_333) });
    const frame = await arrives;
    assert.deepEqual(frame.payload, picture(i));
    assert.equal(frame.stream, stream);
    assert.equal(frame.pts, BigInt(1_000_000 + i * 33_333));
    assert.equal(frame.flags & FLAG.KEY, FLAG.KEY);
  }
  const repeat = viewer.next((m) => m.type === TYPE.FRAME);
  sender.frame(stream, undefined, { flags: FLAG.DUP });
  assert.equal((await repeat).flags & FLAG.DUP, FLAG.DUP);
  const ended = viewer.next((m) => m.type === TYPE.EOS);
  sender.send(TYPE.EOS, { reason: 'ended' }, { stream });
  assert.equal((await ended).json.reason, 'ended');
  await Promise.all([sender.bye(), viewer.bye()]);
}

test('a pairing line lets two desktops into the room over TLS, pinned by its letters, and pictures arrive byte for byte', () => picturesArrive('tls'));
test('the port without TLS speaks the same, byte for byte', () => picturesArrive('plain'));

test('a desktop of somebody in the room is told of to everybody, and leaves no trace', async () => {
  const { owner, code, socket } = await openRoom();
  assert.equal(socket.welcome.live.desktops, 0);
  const told = socket.next((m) => m.type === 'live.changed' && m.live.desktops === 1);
  const desktop = await desktopOf(owner, code);
  await told;
  const live = socket.next((m) => m.type === 'live.changed' && m.live.streams.length === 1);
  const { stream } = (await desktop.publish(camera('Here'))).json;
  assert.deepEqual((await live).live.streams.map((s) => [s.id, s.kind, s.title, s.name, s.online]), [[stream, 'camera', 'Here', 'Olga', true]]);
  const gone = socket.next((m) => m.type === 'live.changed' && m.live.streams.length === 0 && m.live.desktops === 0);
  await desktop.bye();
  await gone;
});

test('a pairing code is for one use, one room and whoever is in it', async () => {
  const { owner, code } = await openRoom();
  const other = await openRoom('Otto');
  const refusedWith = (credential) => assert.rejects(VideoClient.enter({ port: ports.plain, ...credential }), { code: ERROR.auth_failed });
  const { pair } = readLine((await pairingLine(owner, code)).line);
  await refusedWith({ room: other.code, pair });
  const fresh = readLine((await pairingLine(owner, code)).line).pair;
  const first = await VideoClient.enter({ port: ports.plain, room: code, pair: fresh });
  await refusedWith({ room: code, pair: fresh });
  await refusedWith({ room: code, pair: 'A'.repeat(16) });
  await refusedWith({ room: 'AAAAAAAA', pair: 'A'.repeat(16) });
  await refusedWith({ room: 'no code', pair: 'A'.repeat(16) });
  await refusedWith({ room: code, token: 'a'.repeat(43) });
  await refusedWith({ room: code, resume: 'r-nothing' });
  assert.equal((await pairingLine(owner, other.code)).status, 404);
  await first.bye();
});

test('the cookie of a browser is no token for a desktop', async () => {
  const { owner, code } = await openRoom();
  await assert.rejects(VideoClient.enter({ port: ports.plain, room: code, token: owner.jar.get('matinee') }), { code: ERROR.auth_failed });
});

test('a token made by login lets in, is listed on the account page, and ending it there closes the desktop within a second', async () => {
  const tina = new Person(server.url);
  await tina.signUp('Tina');
  const code = await tina.startRoom();
  const login = await logInDesktop('tina', 'correct horse', 'matinee-video on desk-7');
  assert.equal(login.status, 200);
  assert.equal(login.video_port, ports.port);
  assert.equal(login.fingerprint, ports.print.toString('hex'));
  assert.equal((await logInDesktop('tina', 'wrong horse')).status, 401);
  const desktop = await VideoClient.enter({ port: login.video_port, print: Buffer.from(login.fingerprint, 'hex'), room: code, token: login.token });
  assert.equal(desktop.me.name, 'Tina');
  const page = (await tina.request('/account')).text;
  const session = /matinee-video on desk-7[\s\S]*?name="session" value="(\d+)"/.exec(page)[1];
  const answer = await tina.submit('/account', '/account/devices/end', { session });
  assert.equal(answer.location, '/account?saved=device');
  assert.equal((await within(1000, desktop.closed, 'closing the desktop'))?.code, ERROR.auth_failed);
  await assert.rejects(VideoClient.enter({ port: ports.plain, room: code, token: login.token }), { code: ERROR.auth_failed });
  assert.equal((await tina.request('/account')).status, 200);
});

test('log out everywhere and a new password end the desktops too', async () => {
  const theo = new Person(server.url);
  await theo.signUp('Theo2');
  const code = await theo.startRoom();
  const enter = async (password) => VideoClient.enter({ port: ports.plain, room: code, token: (await logInDesktop('Theo2', password)).token });
  const first = await enter('correct horse');
  await theo.submit('/account', '/account/password', { current: 'correct horse', password: 'another horse' });
  assert.equal((await within(1000, first.closed, 'closing the desktop'))?.code, ERROR.auth_failed);
  const second = await enter('another horse');
  await theo.submit('/account', '/account/logout-everywhere', {});
  assert.equal((await within(1000, second.closed, 'closing the desktop'))?.code, ERROR.auth_failed);
});

test('logging out closes the desktop that was paired from that session within a second, and a token of its own stays', async () => {
  const lou = new Person(server.url);
  await lou.signUp('Lou');
  const code = await lou.startRoom();
  await lou.socket(code);
  const paired = await desktopOf(lou, code);
  const own = await VideoClient.enter({ port: ports.plain, room: code, token: (await logInDesktop('Lou', 'correct horse')).token });
  const unused = readLine((await pairingLine(lou, code)).line).pair;
  await lou.submit('/', '/logout', {});
  assert.equal((await within(1000, paired.closed, 'closing the desktop'))?.code, ERROR.auth_failed);
  await assert.rejects(VideoClient.enter({ port: ports.plain, room: code, pair: unused }), { code: ERROR.auth_failed });
  assert.equal((await own.publish()).type, TYPE.PUBLISH_OK);
  await own.bye();
});

test('who is removed is sent away with the desktop, and who is blocked does not come back', async () => {
  const { code, socket } = await openRoom();
  const { person, socket: theirs } = await guestIn(code, 'Rita');
  const id = theirs.welcome.you;
  const removed = await desktopOf(person, code);
  assert.equal((await socket.ask({ type: 'participant.remove', person: id })).type, 'ok');
  assert.equal((await within(1000, removed.closed, 'sending the desktop away'))?.code, ERROR.forbidden);
  await person.socket(code);   // removed is not blocked: the page lets in again
  const desktop = await desktopOf(person, code);
  const spare = readLine((await pairingLine(person, code)).line).pair;
  assert.equal((await socket.ask({ type: 'participant.block', person: id })).type, 'ok');
  assert.equal((await within(1000, desktop.closed, 'sending the desktop away'))?.code, ERROR.forbidden);
  await assert.rejects(VideoClient.enter({ port: ports.plain, room: code, pair: spare }), { code: ERROR.auth_failed });
});

test('a second sender of the room’s video is told that somebody sends it already, and the first is stopped with the video', async () => {
  const { owner, code, socket } = await openRoom();
  const [first, second] = [await desktopOf(owner, code, 'tls', { may_be_asked: true }), await desktopOf(owner, code, 'tls', { may_be_asked: true })];
  const link = 'https://media.example.org/film.mp4';
  const asked = Promise.race([first, second].map((desktop) => desktop.next((m) => m.type === TYPE.ASK).then((m) => ({ desktop, ask: m.json }))));
  socket.send({ type: 'playback.set', url: link, base_rev: socket.welcome.playback.rev, op: 'op-set-1' });
  const { desktop, ask } = await asked;
  assert.equal(ask.link, link);
  const other = desktop === first ? second : first;
  const source = { ...camera('film.mp4'), kind: 'link' };
  const sent = await desktop.publish(source, { ask: ask.ask });
  assert.equal(sent.type, TYPE.PUBLISH_OK, JSON.stringify(sent.json));
  assert.equal((await other.publish(source, { ask: ask.ask })).json.code, ERROR.busy);
  const stopped = desktop.next((m) => m.type === TYPE.STOP);
  const playing = (await desktop.until((m) => m.type === TYPE.META && m.json.playback?.phase === 'playing')).json.playback;
  socket.send({ type: 'playback.set', url: '', base_rev: playing.revision, op: 'op-set-2' });
  assert.equal((await stopped).json.stream, sent.json.stream);
  await Promise.all([first.bye(), second.bye()]);
});

test('a person sends four streams at once, and the fifth is refused without ending the connection', async () => {
  const { owner, code } = await openRoom();
  const desktop = await desktopOf(owner, code);
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await desktop.publish(camera(String(i))));
  assert.deepEqual(answers.map((a) => a.json.code ?? 'ok'), ['ok', 'ok', 'ok', 'ok', ERROR.busy]);
  desktop.send(TYPE.EOS, { reason: 'ended' }, { stream: answers[0].json.stream });
  assert.equal((await desktop.publish(camera('again'))).type, TYPE.PUBLISH_OK);
  await desktop.bye();
});

test('a publisher that is killed is told as lost within two seconds, and takes the same stream up again', async () => {
  const { owner, code } = await openRoom();
  const viewer = await desktopOf(owner, code);
  const { pair } = readLine((await pairingLine(owner, code)).line);
  const script = join(fileURLToPath(new URL('.', import.meta.url)), 'video_publisher.mjs');
  const publisher = spawn(process.execPath, [script, String(ports.plain), code, pair], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told = await new Promise((done) => { publisher.stdout.once('data', (line) => done(JSON.parse(line))); });
  await viewer.until((m) => m.type === TYPE.META && m.json.stream === told.stream);
  await viewer.subscribe(told.stream);
  await viewer.until((m) => m.type === TYPE.FRAME);
  const lost = viewer.next((m) => m.type === TYPE.EOS, 2000);
  publisher.kill('SIGKILL');
  assert.equal((await lost).json.reason, 'lost');
  const again = await VideoClient.enter({ port: ports.plain, room: code, resume: told.resume });
  const back = await again.publish(camera('Again'), { resume: told.stream_resume });
  assert.equal(back.json.stream, told.stream, JSON.stringify(back.json));
  const frame = viewer.next((m) => m.type === TYPE.FRAME && m.payload.equals(picture(77)));
  again.frame(told.stream, picture(77));
  await frame;
  await Promise.all([again.bye(), viewer.bye()]);
});

test('the metrics page counts desktops and pictures, for this machine only', async () => {
  const page = /metrics on (http:\/\/127\.0\.0\.1:\d+\/metrics)/.exec(server.log)[1];
  const { owner, code } = await openRoom();
  const desktop = await desktopOf(owner, code);
  const answer = await fetch(page);
  assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  assert.match(text, /^# TYPE matinee_desktops gauge\nmatinee_desktops [1-9]/m);
  assert.match(text, /^# TYPE matinee_pictures_in_total counter\nmatinee_pictures_in_total \d+$/m);
  assert.ok(Number(/^matinee_rooms (\d+)$/m.exec(text)[1]) >= 1);
  assert.equal((await send(page, '/metrics', { headers: { host: 'rebound.example' } })).status, 421);
  await desktop.bye();
});

test('the certificate survives a restart, and its fingerprint is the one that openssl says', async () => {
  const own = temporaryFolder();
  const start = () => Server.start({ data: own.folder }).ready;
  const prints = [];
  for (let i = 0; i < 2; i++) {
    const one = await start();
    prints.push((await videoPorts(one)).print.toString('hex'));
    await one.stop();
  }
  assert.equal(prints[0], prints[1]);
  const said = execFileSync('openssl', ['x509', '-in', join(own.folder, 'video/cert.pem'), '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' });
  assert.equal(said.split('=')[1].trim().replaceAll(':', '').toLowerCase(), prints[0]);
  const refused = async (sentence) => {
    const one = Server.start({ data: own.folder });
    assert.equal((await one.exited).code, 1);
    assert.match(one.log, sentence);
  };
  writeFileSync(join(own.folder, 'video/cert.pem'), 'no certificate');
  await refused(/The certificate file .*cert\.pem cannot be used/);
  rmSync(join(own.folder, 'video/key.pem'));
  await refused(/The key file .*key\.pem is missing beside its certificate\. Put it back/);
  own.remove();
});

test('a video port that is in use is told with the option that names another one', async () => {
  const taken = createServer();
  await new Promise((done) => { taken.listen(0, '127.0.0.1', done); });
  const own = temporaryFolder();
  for (const option of ['--video-port', '--video-plain-port', '--metrics-port']) {
    const one = Server.start({ data: own.folder, args: [option, String(taken.address().port)] });
    assert.equal((await one.exited).code, 1);
    assert.match(one.log, new RegExp(`is already in use.*${option} names another`));
  }
  await new Promise((done) => { taken.close(done); });
  own.remove();
});

test('where desktop video is off there is no port, no pairing and no token', async () => {
  const own = temporaryFolder();
  const one = await Server.start({ data: own.folder, args: ['--video', 'off'] }).ready;
  const person = new Person(one.url);
  const code = await person.startRoom('Olga');
  const socket = await person.socket(code);
  assert.deepEqual(await pairingLine(person, code), { status: 404, error: 'video_off', sentence: 'Desktop video is switched off on this server.' });
  assert.equal((await person.request('/api/desktop-tokens', { method: 'POST' })).status, 404);
  await socket.close();
  await one.stop();
  assert.doesNotMatch(one.log, /desktop video/);
  own.remove();
});

test('SIGTERM says shutting_down to desktops and to who is being greeted, and the log sums up what was relayed', async () => {
  const own = temporaryFolder();
  const one = await Server.start({ data: own.folder }).ready;
  const { plain } = await videoPorts(one);
  const person = new Person(one.url);
  const code = await person.startRoom('Olga');
  await person.socket(code);
  const { pair } = readLine((await pairingLine(person, code)).line);
  const desktop = await VideoClient.enter({ port: plain, room: code, pair });
  const greeted = await VideoClient.connect({ port: plain });
  await greeted.hello();
  const stopped = one.stop();
  assert.equal((await desktop.closed)?.code, ERROR.shutting_down);
  assert.equal((await greeted.closed)?.code, ERROR.shutting_down);
  assert.equal((await stopped).code, 0);
  assert.match(one.log, /info live media desktops=1 streams=0 pictures_in=0/);
  own.remove();
});

test('bench mode writes a token for each guest, in the order of the cookies', async () => {
  const own = temporaryFolder();
  const file = (name) => join(own.folder, name);
  const one = await Server.start({ data: file('data'), args: ['--bench-guests', '3', '--bench-rooms', '1', '--bench-tokens', file('tokens'), '--bench-codes', file('codes')] }).ready;
  const { plain } = await videoPorts(one);
  const read = (name) => execFileSync('cat', [file(name)], { encoding: 'utf8' }).trim().split('\n');
  assert.equal(read('tokens').length, 3);
  for (const [i, token] of read('tokens').entries()) {
    const desktop = await VideoClient.enter({ port: plain, room: read('codes')[0], token });
    assert.equal(desktop.me.name, `Bench ${i}`);
    await desktop.bye();
  }
  await one.stop();
  own.remove();
});
