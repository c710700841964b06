// A stream as HTTP clients get it: multipart MJPEG and stills with a cookie or a view token, the live socket, and who gets nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';
import { camera, FLAG, pairingLine, picture, readLine, VideoClient, videoPorts } from './video_client.mjs';

let place; let server; let ports;
before(async () => {
  place = temporaryFolder();
  server = await Server.start({ data: place.folder, args: ['--shards', '3'] }).ready;
  ports = await videoPorts(server);
});
after(async () => { await server?.kill(); place.remove(); });

const cookies = (person) => [...person.jar].map((pair) => pair.join('=')).join('; ');

// A room with its owner's page open and a stream that sends a picture every 25 ms.
async function liveRoom({ account, bytes = 0 } = {}) {
  const owner = new Person(server.url);
  if (account) await owner.signUp(account);
  const code = await owner.startRoom(account ? undefined : 'Olga');
  const socket = await owner.socket(code);
  const { pair } = readLine((await pairingLine(owner, code)).line);
  const desktop = await VideoClient.enter({ port: ports.plain, room: code, pair });
  const { stream } = (await desktop.publish(camera())).json;
  let sent = 0;
  const send = () => desktop.frame(stream, large(picture(sent++), bytes));
  send();
  const timer = setInterval(send, 25);
  return { owner, code, socket, desktop, stream, still: () => clearInterval(timer), stop: () => { clearInterval(timer); desktop.destroy(); } };
}

// The picture with comments (COM segments) of so many bytes: still a JPEG.
function large(jpeg, bytes) {
  const parts = [jpeg.subarray(0, 2)];
  for (let left = bytes; left > 0; left -= 60_000) parts.push(Buffer.from([0xff, 0xfe, 60_002 >> 8, 60_002 & 255]), Buffer.alloc(60_000, 0x20));
  return Buffer.concat([...parts, jpeg.subarray(2)]);
}

async function viewUrl(person, code, stream) {
  const csrf = /&quot;csrf&quot;:&quot;([^&]+)&quot;/.exec((await person.request(`/rooms/${code}`)).text)?.[1];
  const answer = await person.request(`/live/${stream}/token`, { method: 'POST', form: { csrf } });
  assert.equal(answer.status, 200, answer.text);
  const { url, expires_s } = JSON.parse(answer.text);
  assert.equal(expires_s, 60);
  return server.url + new URL(url).pathname + new URL(url).search;
}

// The parts of a multipart answer as curl gets them; `done` says when that is enough.
class Curl {
  constructor(url, args = []) {
    this.body = Buffer.alloc(0);
    this.process = spawn('curl', ['-sS', '-N', '--http1.1', ...args, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.process.stdout.on('data', (bytes) => { this.body = Buffer.concat([this.body, bytes]); this.look?.(); });
    this.ended = new Promise((done) => { this.process.once('close', (code) => { this.code = code; this.look?.(); done(code); }); });
  }

  parts() {
    const parts = [];
    const boundary = '--matinee-picture\r\n';
    assert.ok(this.body.length < boundary.length || this.body.subarray(0, boundary.length).toString('latin1') === boundary);
    for (let at = boundary.length; ;) {
      const end = this.body.indexOf('\r\n\r\n', at);
      if (end < 0) return parts;
      const head = this.body.subarray(at, end).toString('latin1');
      const [, length, timestamp] = /^Content-Type: image\/jpeg\r\nContent-Length: (\d+)\r\nX-Timestamp: (\d+\.\d{6})$/.exec(head) ?? assert.fail(head);
      const from = end + 4;
      const next = from + Number(length);
      if (this.body.length < next + 2 + boundary.length) return parts;
      assert.equal(this.body.subarray(next, next + 2 + boundary.length).toString('latin1'), `\r\n${boundary}`, 'the boundary follows at once');
      parts.push({ jpeg: this.body.subarray(from, next), at: Number(timestamp) });
      at = next + 2 + boundary.length;
    }
  }

  until(count, timeoutMs = 15_000) {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`${this.parts().length} parts of ${count} in ${timeoutMs} ms`)), timeoutMs);
      this.look = () => {
        const parts = this.parts();
        if (parts.length < count && this.code === undefined) return;
        clearTimeout(timer);
        if (parts.length >= count) done(parts); else failed(new Error(`curl ended (${this.code}) after ${parts.length} parts`));
      };
      this.look();
    });
  }

  stop() { this.process.kill(); return this.ended; }
}

// The live socket: its messages until it closes.
function liveSocket(stream, headers, query = '') {
  const web = new WebSocket(`${server.url.replace('http', 'ws')}/live/${stream}/socket${query}`, 'matinee.live.v1', { origin: server.url, headers });
  const heard = [];
  let wake = () => {};
  web.on('message', (data, binary) => { heard.push({ data, binary }); wake(); });
  web.on('error', () => {});
  const closed = new Promise((done) => { web.once('close', (code) => done(code)); });
  const until = (count) => new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`${heard.length} messages of ${count}`)), 15_000);
    wake = () => { if (heard.length >= count) { clearTimeout(timer); done(heard); } };
    wake();
  });
  return { web, heard, closed, until };
}

const isJpeg = (bytes) => bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9;

test('curl gets whole JPEGs with their lengths and times by a view token, without a cookie', async () => {
  const live = await liveRoom();
  const curl = new Curl(await viewUrl(live.owner, live.code, live.stream));
  const parts = await curl.until(12);
  assert.ok(parts.every(({ jpeg }) => isJpeg(jpeg) && jpeg.length === picture().length));
  assert.ok(parts.every(({ at }, i) => i === 0 || at > parts[i - 1].at), 'times grow');
  assert.ok(Math.abs(parts.at(-1).at - Date.now() / 1000) < 5, 'they are of this day');
  assert.equal(new Set(parts.map(({ jpeg }) => jpeg[7])).size, parts.length, 'each picture once');
  await curl.stop();
  live.stop();
});

test('a person of the room gets pictures with the cookie, on whichever loop the request lands, a still, and heads', async () => {
  const live = await liveRoom();
  for (let i = 0; i < 6; i++) {
    const curl = new Curl(`${server.url}/live/${live.stream}.mjpg`, ['-H', `cookie: ${cookies(live.owner)}`]);
    await curl.until(2);
    await curl.stop();
  }
  const head = await live.owner.request(`/live/${live.stream}.mjpg`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('content-type'), 'multipart/x-mixed-replace; boundary=matinee-picture');
  assert.equal(head.text, '');
  const still = await fetch(`${server.url}/live/${live.stream}/thumb.jpg`, { headers: { cookie: cookies(live.owner) } });
  assert.equal(still.headers.get('content-type'), 'image/jpeg');
  assert.equal(still.headers.get('cache-control'), 'no-store');
  assert.ok(isJpeg(Buffer.from(await still.arrayBuffer())));
  live.stop();
});

test('strangers, people of other rooms, streams that do not exist and tokens that were touched are the same 404', async () => {
  const live = await liveRoom();
  const other = await liveRoom();
  const url = new URL(await viewUrl(live.owner, live.code, live.stream));
  const nobody = new Person(server.url);
  const answers = [
    await nobody.request(`/live/${live.stream}.mjpg`), await other.owner.request(`/live/${live.stream}.mjpg`),
    await live.owner.request('/live/4000000000.mjpg'), await live.owner.request(`/live/0${live.stream}.mjpg`), await live.owner.request('/live/0.mjpg'),
    await live.owner.request('/live/x.mjpg'), await live.owner.request(`/live/${live.stream}.avi`), await nobody.request(`/live/${live.stream}.webm`), await nobody.request(`/live/${live.stream}/thumb.jpg`),
    await nobody.request(`/live/${live.stream}.mjpg?token=`), await nobody.request(`/live/${other.stream}.mjpg${url.search}`),
    await nobody.request(`${url.pathname}${url.search.replace(/.$/, (c) => (c === 'A' ? 'Q' : 'A'))}`),
    await live.owner.request(`/live/${live.stream}.mjpg?token=1.1.1.1.1.x`),
  ];
  for (const [i, answer] of answers.entries()) {
    assert.equal(answer.status, 404, `answer ${i}`);
    assert.equal(answer.text, answers[0].text, `answer ${i}`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  }
  const other_form = await live.owner.request(`/live/${live.stream}.webm`);
  assert.equal(other_form.status, 406);
  assert.deepEqual(JSON.parse(other_form.text).forms, ['mjpeg']);
  // No token for strangers, without the form's own token, or from elsewhere.
  assert.equal((await nobody.request(`/live/${live.stream}/token`, { method: 'POST', form: { csrf: 'x' } })).status, 404);
  assert.equal((await live.owner.request(`/live/${live.stream}/token`, { method: 'POST', form: { csrf: 'x' } })).status, 403);
  assert.equal((await live.owner.request(`/live/${live.stream}/token`, { method: 'POST', form: { csrf: 'x' }, headers: { origin: 'http://evil.test' } })).status, 403);
  // A form of 4 KiB is read, a larger one is not.
  const form = (bytes) => ({ csrf: 'x'.repeat(bytes - 'csrf='.length) });
  assert.equal((await live.owner.request(`/live/${live.stream}/token`, { method: 'POST', form: form(4096) })).status, 403);
  assert.equal((await live.owner.request(`/live/${live.stream}/token`, { method: 'POST', form: form(4097) })).status, 413);
  live.stop();
  other.stop();
});

test('the live socket brings header and JPEG in binary messages; strangers and wrong streams are closed with 4004', async () => {
  const live = await liveRoom();
  const own = liveSocket(live.stream, { cookie: cookies(live.owner) });
  const messages = await own.until(10);
  let last = -1;
  for (const { data, binary } of messages) {
    assert.ok(binary);
    assert.equal(data.subarray(0, 6).toString('latin1'), 'VPR1\x01\x20');
    assert.equal(data.readUInt32BE(8), data.length - 32);
    assert.equal(data.readUInt32BE(12), live.stream);
    assert.ok(data.readUInt32BE(16) > last);
    last = data.readUInt32BE(16);
    assert.ok(isJpeg(data.subarray(32)));
    assert.ok(Math.abs(Number(data.readBigUInt64BE(24)) / 1000 - Date.now()) < 5_000, 'captured now, in server time');
  }
  assert.equal(await liveSocket(live.stream, {}).closed, 4004);
  assert.equal(await liveSocket(4_000_000_000, { cookie: cookies(live.owner) }).closed, 4004);
  assert.equal(await liveSocket('x', { cookie: cookies(live.owner) }).closed, 4004);
  const byToken = liveSocket(live.stream, {}, new URL(await viewUrl(live.owner, live.code, live.stream)).search);
  await byToken.until(1);
  const loud = liveSocket(live.stream, { cookie: cookies(live.owner) });
  await loud.until(1);
  own.web.send('x'.repeat(128));
  loud.web.send('x'.repeat(129));
  assert.equal(await own.closed, 1003);
  assert.equal(await loud.closed, 1009);
  const ended = liveSocket(live.stream, { cookie: cookies(live.owner) });
  await ended.until(1);
  live.still();
  await live.desktop.bye();
  assert.equal(await ended.closed, 1000);
  assert.equal(await byToken.closed, 1000);
});

test('viewers are counted, and one who leaves is not any more, even while the picture stands still', async () => {
  const live = await liveRoom();
  const told = (viewers) => {
    const fits = (m) => m.type === 'live.changed' && m.live.streams[0]?.viewers === viewers;
    const [last] = live.socket.messages.filter((m) => m.type === 'live.changed').slice(-1);
    return last && fits(last) ? last : live.socket.next(fits);
  };
  const curl = new Curl(`${server.url}/live/${live.stream}.mjpg`, ['-H', `cookie: ${cookies(live.owner)}`]);
  await curl.until(1);
  const socket = liveSocket(live.stream, { cookie: cookies(live.owner) });
  await told(2);
  live.still();
  const timer = setInterval(() => live.desktop.frame(live.stream, undefined, { flags: FLAG.DUP }), 50);
  const before = (await curl.until(1)).length;
  const repeated = await curl.until(before + 2);
  assert.deepEqual(repeated.at(-1).jpeg, repeated.at(-2).jpeg, 'the same picture again');
  socket.web.terminate();
  await told(1);
  await curl.stop();
  await told(0);
  clearInterval(timer);
  live.stop();
});

test('when a stream ends in the middle of a picture, that picture is finished and the connection serves the next request', async () => {
  const live = await liveRoom({ bytes: 300_000 });
  const curl = new Curl(await viewUrl(live.owner, live.code, live.stream), ['--limit-rate', '2M']);
  const both = new Curl(`${server.url}/healthz`, ['--limit-rate', '2M', '-w', '%{num_connects}', await viewUrl(live.owner, live.code, live.stream)]);
  await Promise.all([curl.until(8), both.until(8)]);
  live.still();
  await live.desktop.bye();
  assert.equal(await curl.ended, 0);
  assert.ok(curl.parts().every(({ jpeg }) => isJpeg(jpeg)));
  // Not by the deadline for peers that take nothing, which is a minute.
  const timer = setTimeout(() => both.stop(), 30_000);
  assert.equal(await both.ended, 0, 'the next request is answered');
  clearTimeout(timer);
  assert.match(both.body.subarray(-8).toString('latin1'), /ok\n?0$/, 'over the same connection');
});

test('log out ends what is being watched, by cookie and by token', async () => {
  const live = await liveRoom({ account: 'Livia' });
  const url = await viewUrl(live.owner, live.code, live.stream);
  const byToken = new Curl(url);
  const byCookie = liveSocket(live.stream, { cookie: cookies(live.owner) });
  await Promise.all([byToken.until(1), byCookie.until(1)]);
  assert.equal((await live.owner.submit('/account', '/logout', {})).status, 303);
  assert.equal(await byCookie.closed, 4004);
  assert.equal(await byToken.ended, 0);
  live.stop();
});

test('who is blocked sees nothing more within two seconds', async () => {
  const live = await liveRoom();
  const guest = new Person(server.url);
  await guest.joinRoom(live.code, 'Gustav');
  const page = await guest.socket(live.code);
  const watching = liveSocket(live.stream, { cookie: cookies(guest) });
  await watching.until(1);
  const id = page.welcome.you;
  const began = Date.now();
  assert.equal((await live.socket.ask({ type: 'participant.block', person: id })).type, 'ok');
  assert.equal(await watching.closed, 4004);
  assert.ok(Date.now() - began < 2_000, `${Date.now() - began} ms`);
  assert.equal((await guest.request(`/live/${live.stream}.mjpg`)).status, 404);
  live.stop();
});

test('viewers that stop reading do not hold up the others, who get the newest picture', async () => {
  const live = await liveRoom({ bytes: 300_000 });
  const stalled = [];
  for (let i = 0; i < 24; i++) {
    const socket = connect({ host: '127.0.0.1', port: new URL(server.url).port });
    const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: matinee.live.v1\r\n';
    socket.write(`GET /live/${live.stream}${i % 2 ? '.mjpg' : '/socket'} HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nOrigin: ${server.url}\r\nCookie: ${cookies(live.owner)}\r\n${i % 2 ? '' : upgrade}\r\n`);
    socket.on('error', () => {});
    socket.pause();
    stalled.push(socket);
  }
  await live.socket.next((m) => m.type === 'live.changed' && m.live.streams[0].viewers === 24);
  const quick = liveSocket(live.stream, { cookie: cookies(live.owner) });
  const messages = await quick.until(60);
  const sequences = messages.map(({ data }) => data.readUInt32BE(16));
  assert.ok(sequences.at(-1) - sequences[0] < 120, `at most every other picture is skipped: ${sequences.at(-1) - sequences[0]}`);
  const late = Date.now() - Number(messages.at(-1).data.readBigUInt64BE(24)) / 1000;
  assert.ok(late < 1_000, `${late} ms`);
  for (const socket of stalled) socket.destroy();
  live.stop();
});
