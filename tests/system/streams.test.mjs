// Streams with a key: ffmpeg publishes to the real server, viewers get what ffprobe likes; publishers that die, come back, take over and
// send rubbish; and nobody who watches ever sees a key.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';
import { clip, cookies, csrf_of, Ffmpeg, grows, place, probe, publish, room, server, start, stop, told, watch } from './streams.mjs';

before(start);
after(stop);

test('what ffmpeg publishes is told to the room, and viewers get it as it was sent, from a key frame on', async () => {
  const live = await room();
  const ffmpeg = new Ffmpeg(live.url, { seconds: 6 });
  const stream = await told(live, (found) => found);
  assert.deepEqual([stream.forms, stream.codecs, stream.title, stream.name, stream.kind, stream.online], [['ts', 'hls'], ['h264', 'aac'], 'Garden', 'Olga', 'feed', true]);
  const view = watch(live);
  await view.until(({ bytes }) => bytes > 0);
  await told(live, (found) => found?.viewers === 1);
  const token = JSON.parse((await live.owner.request(`/live/${live.id}/token`, { method: 'POST', form: { csrf: live.csrf } })).text).url;
  const curl = spawn('curl', ['-sS', '-N', server.url + new URL(token).pathname + new URL(token).search], { stdio: ['ignore', 'pipe', 'inherit'] });
  const body = [];
  curl.stdout.on('data', (bytes) => body.push(bytes));
  const curled = new Promise((done) => { curl.once('close', done); });
  assert.equal(await ffmpeg.ended, 0, ffmpeg.said);
  assert.equal(await view.closed, 1000);
  assert.equal(await curled, 0);
  assert.equal(view.texts.length, 0);
  assert.ok(view.binary.every((data) => data.length % 188 === 0 && data[0] === 0x47), 'whole packets');
  assert.equal(((view.binary[0][1] & 0x1f) << 8) | view.binary[0][2], 0, 'the PAT comes first');
  const got = probe('viewer.ts', Buffer.concat(view.binary));
  assert.ok(got.video[0].key, 'a key frame comes first');
  assert.ok(grows(got.video) && grows(got.audio), 'times grow');
  const lasted = got.video.at(-1).pts - got.video[0].pts;
  const wall = (view.last - view.first) / 1000;
  assert.ok(lasted >= 0.9 * wall && wall > 3, `${lasted} s of pictures in ${wall} s`);
  const curled_video = probe('curl.ts', Buffer.concat(body)).video;
  assert.ok(curled_video[0].key && grows(curled_video) && curled_video.length > 50, `${curled_video.length} pictures by HTTP`);
  await told(live, (found) => found === undefined);
});

test('a wrong key is refused before the body, and a stream that does not exist is the same answer', async () => {
  const live = await room();
  const head = (path, more = '') => `POST ${path} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n${more}\r\n`;
  const raw = (text) => new Promise((done) => {
    let answer = '';
    const socket = connect(new URL(server.url).port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (part) => { answer += part; }).on('close', () => done(answer)).on('error', () => done(answer));
  });
  const body = (answer) => answer.split('\r\n\r\n').slice(1).join();
  const wrong = await raw(head(`/ingest/${live.id}/${'A'.repeat(43)}`));
  assert.match(wrong, /^HTTP\/1\.1 403 /);
  assert.match(wrong, /"error":"wrong_key"/);
  const other = await room();
  for (const [path, more] of [[`/ingest/${live.id}`, ''], [`/ingest/${live.id}/${other.key}`, ''], [`/ingest/${live.id}`, `Authorization: Bearer ${other.key}\r\n`],
    [`/ingest/${live.id}`, `Cookie: ${cookies(live.owner)}\r\n`], ['/ingest/4500000000000000/x', ''], ['/ingest/7/x', ''], ['/ingest/never/x', '']]) {
    assert.equal(body(await raw(head(path, more))), body(wrong), path + more);
  }
  // What lets somebody watch does not let them publish.
  const ffmpeg = new Ffmpeg(`${server.url}/ingest/${live.id}`, { more: ['-headers', `Authorization: Bearer ${live.key}\r\n`] });
  await told(live, (found) => found);
  const { url } = JSON.parse((await live.owner.request(`/live/${live.id}/token`, { method: 'POST', form: { csrf: live.csrf } })).text);
  const token = new URL(url).searchParams.get('token');
  for (const path of [`/ingest/${live.id}?token=${token}`, `/ingest/${live.id}/${token}`]) assert.match(await raw(head(path)), /^HTTP\/1\.1 403 /);
  assert.match(await raw(head(`/ingest/${live.id}`, `Authorization: Bearer ${token}\r\n`)), /^HTTP\/1\.1 403 /);
  await ffmpeg.kill();
});

test('twenty wrong keys of an address are refused, the next waits before its body is read, and the right one comes in after a moment', async () => {
  const live = await room();
  // Each with an address of its own in the loopback network; the body is declared and never sent.
  const ask = (from, key) => new Promise((done) => {
    let answer = '';
    const socket = connect({ port: new URL(server.url).port, host: '127.0.0.1', localAddress: from }, () => {
      socket.write(`POST /ingest/${live.id}/${key} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n`);
      // A key that fits gets no answer before its body.
      if (key === live.key) setTimeout(() => { socket.destroy(); done({ status: 'in' }); }, 400);
    });
    const over = () => done({ status: Number(answer.slice(9, 12)), wait: Number(/^retry-after: (\d+)/im.exec(answer)?.[1] ?? 0), text: answer });
    socket.setEncoding('utf8').on('data', (part) => { answer += part; }).on('close', over).on('error', over);
  });
  const wrong = 'A'.repeat(43);
  const first = await Promise.all(Array.from({ length: 20 }, () => ask('127.0.0.5', wrong)));
  const beyond = await ask('127.0.0.5', wrong);
  assert.deepEqual(first.map(({ status }) => status), Array(20).fill(403));
  assert.equal(beyond.status, 429, beyond.text);
  assert.match(beyond.text, /"error":"slow_down"/);
  assert.ok(beyond.wait >= 1 && beyond.wait <= 3, `${beyond.wait} s`);
  const right = await ask('127.0.0.5', live.key);
  assert.ok(right.status === 429 || right.status === 'in', 'within the moment it waits too');
  assert.equal((await ask('127.0.0.6', live.key)).status, 'in', 'another address is another matter');
  // It is not locked out for ever, though the wrong keys go on.
  const deadline = Date.now() + 15_000;
  let status = 0;
  while (status !== 'in' && Date.now() < deadline) [{ status }] = await Promise.all([ask('127.0.0.5', live.key), ask('127.0.0.5', wrong)]);
  assert.equal(status, 'in');
  // The right key takes no try, however often it comes.
  for (let i = 0; i < 25; i += 5) assert.deepEqual((await Promise.all(Array.from({ length: 5 }, () => ask('127.0.0.7', live.key)))).map((one) => one.status === 429), Array(5).fill(false));
});

test('a publisher that is killed is waited for: viewers stay and go on when it is back', async () => {
  const live = await room();
  const first = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  const view = watch(live);
  await view.until(({ bytes }) => bytes > 20_000);
  await first.kill('SIGKILL');
  await told(live, (found) => found?.online === false);
  const before = view.binary.length;
  const second = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  await view.until(({ binary }) => binary.length > before + 20);
  assert.equal(view.web.readyState, WebSocket.OPEN);
  const after_return = view.binary.slice(before);
  const tables = after_return.findIndex((data) => (((data[1] & 0x1f) << 8) | data[2]) === 0 && data.length === 376);
  assert.ok(tables >= 0, 'the tables come again');
  assert.ok(probe('back.ts', Buffer.concat(after_return.slice(tables))).video[0].key);
  assert.equal(await second.kill('SIGTERM') !== undefined, true);
  assert.equal(await view.closed, 1000, 'who says goodbye ends the stream');
});

test('a second publisher is refused or takes over, rubbish has its word, and an owner ends a stream for its publisher', async () => {
  const live = await room();
  const ts = clip(['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25', '-t', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-f', 'mpegts']);
  const path = `/ingest/${live.id}/${live.key}`;
  const first = publish(path);
  await first.write(ts);
  await told(live, (found) => found?.online);
  const refused = publish(path);
  await refused.write(ts.subarray(0, 188));
  const busy = await refused.answer;
  assert.equal(busy.status, 409);
  assert.equal(JSON.parse(busy.text).error, 'busy');
  const second = publish(`${path}?takeover=1`);
  await second.write(ts);
  const view = watch(live);
  await view.until(({ bytes }) => bytes > 376);
  await first.write(ts);
  const gone = await first.answer;
  assert.equal(gone.status, 409);
  assert.equal(JSON.parse(gone.text).error, 'taken_over');
  assert.equal(view.web.readyState, WebSocket.OPEN);
  await second.write(Buffer.alloc(200_000, 'x'));
  const bad = await second.answer;
  assert.equal(bad.status, 400);
  assert.equal(JSON.parse(bad.text).error, 'not_ts');
  const third = publish(path);
  await third.write(ts);
  await told(live, (found) => found?.online);
  assert.equal((await live.post(`/${live.id}/end`)).status, 204);
  assert.equal(await view.closed, 1000);
  await third.write(ts);
  const ended = await third.answer;
  assert.equal(ended.status, 410);
  assert.equal(JSON.parse(ended.text).error, 'ended');
  assert.equal((await publish(path).end()).status, 403);
  const anew = JSON.parse((await live.post(`/${live.id}/key`)).text);
  assert.notEqual(anew.key, live.key);
  assert.equal((await publish(path).end()).status, 403);
  const fourth = publish(`/ingest/${live.id}`, { authorization: `Bearer ${anew.key}` });
  await fourth.write(ts);
  assert.equal((await fourth.end()).status, 200, 'the body came to its end');
});

test('a viewer that stops reading costs nothing: memory stays flat and the others go on', async () => {
  const live = await room();
  const ts = clip(['-f', 'lavfi', '-i', 'nullsrc=size=320x240:rate=25,geq=random(1)*255:128:128', '-t', '2', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-b:v', '8M', '-f', 'mpegts']);
  const publisher = publish(`/ingest/${live.id}/${live.key}`);
  await publisher.write(ts);
  await told(live, (found) => found?.online);
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))[1]) / 1024;
  const stalled = [];
  for (let i = 0; i < 20; i++) {
    const socket = connect({ host: '127.0.0.1', port: new URL(server.url).port });
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    socket.write(`GET /live/${live.id}${i % 2 ? '.ts' : '/ts'} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nOrigin: ${server.url}\r\nCookie: ${cookies(live.owner)}\r\n${i % 2 ? '' : upgrade}\r\n`);
    socket.on('error', () => {});
    socket.pause();
    stalled.push(socket);
  }
  await told(live, (found) => found?.viewers === 20);
  const quick = watch(live);
  for (let sent = 0; sent < 12_000_000; sent += ts.length) await publisher.write(ts);
  await quick.until(({ bytes }) => bytes > 4_000_000);
  const before = rss();
  const had = quick.bytes;
  let sent = 0;
  // A viewer on a busy machine is slow, too, and leaves some out: it goes on as long as it takes.
  for (; sent < 60_000_000 || (quick.bytes < had + 20_000_000 && sent < 600_000_000); sent += ts.length) await publisher.write(ts);
  assert.ok(quick.bytes >= had + 20_000_000, `${quick.bytes - had} bytes came to who reads`);
  const grown = rss() - before;
  assert.ok(grown < 16, `${grown.toFixed(1)} MiB more after ${sent / 1e6} MB`);
  for (const socket of stalled) socket.destroy();
  await publisher.end();
});

test('a form that a stream has not is 406 with those it has, and strangers get the same 404 as for none', async () => {
  const live = await room();
  const nobody = new Person(server.url);
  const none = await live.owner.request(`/live/${live.id}.ts`);
  assert.equal(none.status, 404, 'nobody publishes it');
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found);
  for (const ending of ['mjpg', 'webm', 'mp4']) {
    const answer = await live.owner.request(`/live/${live.id}.${ending}`);
    assert.equal(answer.status, 406);
    assert.deepEqual(JSON.parse(answer.text).forms, ['ts']);
  }
  const head = await live.owner.request(`/live/${live.id}.ts`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'video/mp2t']);
  for (const answer of [await nobody.request(`/live/${live.id}.ts`), await live.owner.request('/live/4500000000000000.ts'), await live.owner.request(`/live/${live.id}.avi`)]) {
    assert.equal(answer.status, 404);
    assert.equal(answer.text, none.text);
  }
  assert.equal(await watch(live, 'ts', {}).closed, 4004);
  assert.equal(await watch(live, 'media').closed, 4004);
  assert.equal(await watch({ ...live, id: 4_500_000_000_000_000 }).closed, 4004);
  await ffmpeg.kill();
});

test('nothing that a viewer can see holds a key', async () => {
  const live = await room();
  const guest = new Person(server.url);
  await guest.joinRoom(live.code, 'Gustav');
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found);
  const socket = await guest.socket(live.code);
  const view = watch({ ...live, owner: guest });
  await view.until(({ bytes }) => bytes > 20_000);
  const metrics = /metrics on (http:\S+)/.exec(server.log)[1];
  const seen = [];
  for (const path of ['/', `/rooms/${live.code}`, `/rooms/${live.code}/streams`, `/live/${live.id}.mjpg`, `/live/${live.id}/thumb.jpg`, `/ingest/${live.id}`, '/account', '/rooms']) {
    for (const person of [guest, live.owner]) {
      const answer = await person.request(path);
      seen.push(answer.text, JSON.stringify([...answer.headers]));
    }
  }
  seen.push(JSON.stringify(socket.messages), JSON.stringify(live.socket.messages), Buffer.concat(view.binary).toString('latin1'), await (await fetch(metrics)).text());
  await ffmpeg.kill();
  await told(live, (found) => found?.online === false);
  const url = JSON.parse((await live.owner.request(`/live/${live.id}/token`, { method: 'POST', form: { csrf: live.csrf } })).text).url;
  seen.push(url, server.log);
  assert.ok(seen.some((text) => text.includes('Garden')), 'the stream itself is seen');
  for (const text of seen) assert.ok(!text.includes(live.key) && !text.includes('key_hash'), text.slice(0, 200));
  for (const file of ['matinee.sqlite3', 'matinee.sqlite3-wal']) assert.ok(!readFileSync(join(place.folder, 'data', file)).includes(live.key), 'not even the data folder holds it');
});

test('a stream that is live before anybody opens its room is told to who comes, and a server that stops tells its viewers', async () => {
  const own = temporaryFolder();
  const start_again = () => Server.start({ data: own.folder, args: ['--shards', '2'] }).ready;
  let one = await start_again();
  const owner = new Person(one.url);
  const code = await owner.startRoom('Olga');
  await owner.socket(code);
  const csrf = await csrf_of(owner, code);
  const { id, key } = JSON.parse((await owner.request(`/rooms/${code}/streams`, { method: 'POST', form: { csrf, name: 'Garden' } })).text);
  assert.equal((await one.stop()).code, 0);
  one = await start_again();
  owner.base = one.url;
  const ffmpeg = new Ffmpeg(`${one.url}/ingest/${id}/${key}`);
  const socket = await owner.socket(code);
  const here = (live) => live.streams.find((stream) => stream.id === id);
  const stream = here(socket.welcome.live) ?? here((await socket.next((m) => m.type === 'live.changed' && here(m.live))).live);
  assert.deepEqual([stream.title, stream.forms], ['Garden', ['ts', 'hls']]);
  const view = watch({ id, owner }, 'ts', undefined, one.url);
  await view.until(({ bytes }) => bytes > 5_000);
  const began = Date.now();
  assert.equal((await one.stop()).code, 0);
  assert.ok(Date.now() - began < 5_000, `${Date.now() - began} ms`);
  assert.equal(await view.closed, 1012);
  assert.notEqual(await ffmpeg.ended, undefined, 'its connection is gone');
  assert.match(one.log, /info live media .*streams=1 /);
  own.remove();
});
