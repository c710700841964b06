// The video port against peers that do what they should not: each gets the right error code, and everybody else is served on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, temporaryFolder } from './server.mjs';
import { ERROR, FLAG, example, header, message, picture, TYPE, VideoClient, videoPorts } from './video_client.mjs';

const KiB = 1024;
const MiB = 1024 * KiB;
const HELLO = { min_version: 1, max_version: 1, software: 'hostile' };

let place; let server; let ports; let codes; let token;
before(async () => {
  place = temporaryFolder();
  const file = (name) => join(place.folder, name);
  // One person with many rooms: what a case breaks in one room is not in the way of the next.
  server = await Server.start({ data: file('data'), args: ['--bench-guests', '1', '--bench-rooms', '60', '--bench-tokens', file('tokens'), '--bench-codes', file('codes')] }).ready;
  ports = await videoPorts(server);
  [token] = readFileSync(file('tokens'), 'utf8').split('\n');
  codes = readFileSync(file('codes'), 'utf8').trim().split('\n');
});
after(async () => { await server?.kill(); place.remove(); });

const enter = (room = codes.pop()) => VideoClient.enter({ port: ports.plain, room, token });
const stranger = () => VideoClient.connect({ port: ports.plain, keepAlive: false });

// A publisher and a viewer; `works` says that a picture still comes through whole.
let variant = 0;
async function pair() {
  const room = codes.pop();
  const [sender, viewer] = [await enter(room), await enter(room)];
  const published = await sender.publish();
  assert.equal(published.type, TYPE.PUBLISH_OK, JSON.stringify(published.json));
  const { stream } = published.json;
  assert.equal((await viewer.subscribe(stream)).type, TYPE.SUBSCRIBE_OK);
  const works = async () => {
    const jpeg = picture(++variant);
    const arrives = viewer.next((m) => m.type === TYPE.FRAME && m.payload.equals(jpeg));
    sender.frame(stream, jpeg);
    await arrives;
  };
  return { sender, viewer, stream, works, end: () => Promise.all([sender.bye(), viewer.bye()]) };
}

// What a stranger's bytes are answered with: the code of the fatal ERROR, or the type of the first message.
async function answerTo(bytes) {
  const peer = await stranger();
  peer.write(bytes);
  const first = await peer.until(() => true, 20_000);
  const result = first.type === TYPE.ERROR ? first.json.code : `type ${first.type}`;
  if (first.type === TYPE.ERROR) await peer.closed; else await peer.destroy();
  return result;
}

const flipped = (bytes, at) => { const copy = Buffer.from(bytes); copy[at] ^= 0xff; return copy; };

test('each byte of a stranger’s first header flipped is answered with its code, and the next one is greeted', async () => {
  const hello = message(TYPE.HELLO, HELLO, { aux: 1 });
  const ok = `type ${TYPE.WELCOME}`;
  const expected = [
    ...Array(4).fill(ERROR.magic), ERROR.version, ERROR.malformed, ERROR.malformed, ERROR.malformed,
    ERROR.too_large, ERROR.too_large, ERROR.too_large, ERROR.auth_required,   // the last: a length that may be, whose bytes never come
    ...Array(4).fill(ERROR.malformed), ...Array(16).fill(ok),                 // sequence, aux and pts of a control message are not looked at
  ];
  assert.deepEqual(await Promise.all(expected.map((_code, at) => answerTo(flipped(hello, at)))), expected);
  assert.equal(await answerTo(hello), ok);
});

test('the refused headers of the document are refused as it says', async () => {
  assert.equal(await answerTo(example('refused 1 magic')), ERROR.magic);
  assert.equal(await answerTo(example('refused 2 version')), ERROR.version);
  assert.equal(await answerTo(example('refused 3 malformed')), ERROR.malformed);
  assert.equal(await answerTo(example('refused 4 too_large')), ERROR.too_large);
});

test('lengths of a control message: none, the largest, one more, and 2^32 − 1', async () => {
  const json = JSON.stringify(HELLO);
  const of = (length) => message(TYPE.HELLO, Buffer.from(json.padEnd(length)), { aux: 1 });
  assert.equal(await answerTo(header({ type: TYPE.HELLO })), ERROR.malformed);
  assert.equal(await answerTo(of(8 * KiB)), `type ${TYPE.WELCOME}`);
  assert.equal(await answerTo(of(8 * KiB + 1)), ERROR.too_large);
  assert.equal(await answerTo(header({ type: TYPE.HELLO, length: 2 ** 32 - 1 })), ERROR.too_large);
});

test('over 16 KiB before AUTH are too large, and so is anything but HELLO and AUTH out of order', async () => {
  assert.equal(await answerTo(message(TYPE.AUTH, { room: codes[0], pair: 'A'.repeat(16) })), ERROR.wrong_state);
  assert.equal(await answerTo(message(TYPE.SUBSCRIBE, { stream: 1 })), ERROR.auth_required);
  const peer = await stranger();
  await peer.hello();
  peer.write(message(TYPE.AUTH, Buffer.from(JSON.stringify({ room: codes[0], pair: 'A'.repeat(16) }).padEnd(8 * KiB)), { aux: 2 }));
  assert.equal((await peer.closed)?.code, ERROR.auth_failed);
  const two = await stranger();
  two.write(message(TYPE.HELLO, Buffer.from(JSON.stringify(HELLO).padEnd(8 * KiB)), { aux: 1 }));
  two.write(message(TYPE.AUTH, Buffer.from(JSON.stringify({ room: codes[0], pair: 'A'.repeat(16) }).padEnd(8 * KiB)), { aux: 2 }));
  assert.equal((await two.closed)?.code, ERROR.too_large);   // 16 KiB and two headers
});

test('who says nothing, or a byte a second, is told after five seconds that AUTH is required', async () => {
  const started = performance.now();
  const silent = await stranger();
  const slow = await stranger();
  const bytes = message(TYPE.HELLO, HELLO);
  let sent = 0;
  const drip = setInterval(() => { slow.write(bytes.subarray(sent, ++sent)); }, 1000);
  const greeted = await stranger();
  await greeted.hello();
  const codes = (await Promise.all([silent.closed, slow.closed, greeted.closed])).map((error) => error?.code);
  clearInterval(drip);
  const seconds = (performance.now() - started) / 1000;
  assert.deepEqual(codes, [ERROR.auth_required, ERROR.auth_required, ERROR.auth_required]);
  assert.ok(seconds > 4.5 && seconds < 8, `${seconds} s`);
});

test('who connects to the TLS port and never shakes hands is closed', async () => {
  const socket = connect({ host: '127.0.0.1', port: ports.port });
  await new Promise((done) => { socket.on('error', () => {}); socket.once('close', done); socket.resume(); });
});

test('each byte of a picture’s header flipped is answered with its code, and others do not notice', async () => {
  const healthy = await pair();
  const jpeg = picture(9);
  const expected = [
    ...Array(4).fill(ERROR.magic), ERROR.version, ERROR.malformed, ERROR.malformed, ERROR.malformed,
    ERROR.too_large, ERROR.too_large, null, ERROR.bad_jpeg,                   // 65,421 bytes that never come: below, in a test of its own
    ...Array(4).fill(ERROR.no_such_stream), ...Array(16).fill('fine'),
  ];
  for (const [at, wanted] of expected.entries()) {
    if (wanted === null) continue;
    const { sender, viewer, stream } = await pair();
    const arrives = viewer.next((m) => m.type === TYPE.FRAME).catch(() => undefined);
    const error = sender.next((m) => m.type === TYPE.ERROR).catch(() => undefined);
    sender.write(Buffer.concat([flipped(header({ type: TYPE.FRAME, flags: FLAG.KEY, length: jpeg.length, stream, sequence: 1, pts: 1n }), at), jpeg]));
    if (wanted === 'fine') assert.deepEqual((await arrives)?.payload, jpeg, `byte ${at}`);
    else assert.equal((await error)?.json.code, wanted, `byte ${at}`);
    await Promise.all([sender.destroy(), viewer.destroy()]);
    await healthy.works();
  }
  await healthy.end();
});

test('a picture that is announced and does not come ends with idle after fifteen seconds, whatever small things come instead', async () => {
  const { sender, stream, viewer } = await pair();
  const started = performance.now();
  sender.write(Buffer.concat([header({ type: TYPE.FRAME, flags: FLAG.KEY, length: 65_421, stream }), picture(9)]));
  assert.equal((await sender.closed)?.code, ERROR.idle);   // its PINGs and PONGs are now bytes of the picture
  const seconds = (performance.now() - started) / 1000;
  assert.ok(seconds > 13 && seconds < 19, `${seconds} s`);
  await viewer.bye();
});

// A JPEG of exactly so many bytes: the picture with comments (COM) after SOI.
function pictureOf(bytes) {
  const jpeg = picture(1);
  const parts = [jpeg.subarray(0, 2)];
  for (let left = bytes - jpeg.length; left > 0;) {
    let size = Math.min(left, 65_000);
    if (left - size > 0 && left - size < 4) size -= 4;
    const segment = Buffer.alloc(size, 0x20);
    segment.writeUInt16BE(0xfffe, 0);
    segment.writeUInt16BE(size - 2, 2);
    parts.push(segment);
    left -= size;
  }
  return Buffer.concat([...parts, jpeg.subarray(2)]);
}

test('lengths of a picture: none, the largest, one more, and 2^32 − 1', async () => {
  const { sender, viewer, stream, works, end } = await pair();
  const refused = sender.next((m) => m.type === TYPE.ERROR);
  sender.frame(stream, undefined);
  assert.equal((await refused).json.code, ERROR.bad_jpeg);
  const largest = pictureOf(2 * MiB);
  const arrives = viewer.next((m) => m.type === TYPE.FRAME);
  sender.frame(stream, largest);
  assert.ok((await arrives).payload.equals(largest));
  await works();
  for (const length of [2 * MiB + 1, 2 ** 32 - 1]) {
    const one = await enter();
    const published = (await one.publish()).json.stream;
    one.write(header({ type: TYPE.FRAME, flags: FLAG.KEY, length, stream: published }));
    assert.equal((await one.closed)?.code, ERROR.too_large);
    await works();
  }
  await end();
});

test('what is no JPEG, cut off or 60,000 × 60,000 pixels is dropped with a word, and the stream goes on', async () => {
  const huge = example('refused 12 bad_jpeg').subarray(32);
  const good = picture(3);
  const { sender, viewer, stream, works, end } = await pair();
  for (const bad of [Buffer.from('GIF89a no picture of ours'), good.subarray(0, good.length - 2), huge]) {   // a fourth word would come a second later
    const error = sender.next((m) => m.type === TYPE.ERROR);
    sender.frame(stream, bad);
    const { code: number, fatal } = (await error).json;
    assert.deepEqual([number, fatal], [ERROR.bad_jpeg, false]);
    await works();
  }
  for (const bad of [good.subarray(0, 60), Buffer.concat([good, Buffer.from([0])])]) sender.frame(stream, bad);
  await works();
  const bytes = viewer.messages.filter((m) => m.type === TYPE.FRAME).map((m) => m.payload.length);
  assert.deepEqual(bytes, bytes.map(() => good.length));
  await end();
});

test('memory stays flat under peers that declare much and send little, and the others are served meanwhile', async () => {
  const healthy = await pair();
  const resident = () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))[1]) * KiB;
  const storm = async () => {
    const peers = await Promise.all(Array.from({ length: 100 }, () => stranger()));
    for (const [i, peer] of peers.entries()) peer.write(header({ type: TYPE.HELLO, length: i % 2 ? 8 * KiB : 2 ** 32 - 1 }));
    const inside = await enter();   // declares the largest picture on each of four streams, and sends none
    for (let i = 0; i < 4; i++) {
      const published = await inside.publish();
      assert.equal(published.type, TYPE.PUBLISH_OK, JSON.stringify(published.json));
      inside.lastStream = published.json.stream;
    }
    inside.write(header({ type: TYPE.FRAME, flags: FLAG.KEY, length: 2 * MiB, stream: inside.lastStream }));
    await healthy.works();
    await Promise.all([...peers, inside].map((peer) => peer.destroy()));
    await healthy.works();
  };
  await storm();
  const before = resident();
  for (let i = 0; i < 5; i++) await storm();
  const grown = resident() - before;
  assert.ok(grown < 16 * MiB, `${(grown / MiB).toFixed(1)} MiB more`);
  await healthy.end();
});
