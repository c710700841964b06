// Pages that publish what MediaRecorder gives them in numbered chunks, and what viewers get of it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { clip, cookies, csrf_of, grows, probe, publish, room, server, start, stop, told, watch } from './streams.mjs';

before(start);
after(stop);

const webm_args = ['-f', 'lavfi', '-i', 'testsrc2=size=96x64:rate=25', '-f', 'lavfi', '-i', 'sine', '-t', '3', '-c:v', 'libvpx', '-b:v', '200k', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-c:a', 'libopus', '-f', 'webm', '-live', '1'];
const mp4_args = ['-f', 'lavfi', '-i', 'testsrc2=size=96x64:rate=25', '-t', '3', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'];

async function chunk(live, session, seq, body, { person = live.owner, more = '', origin = server.url } = {}) {
  const answer = await fetch(`${server.url}/live/${live.id}/chunks?s=${session}&seq=${seq}${more}`, { method: 'POST', body, headers: { cookie: cookies(person), ...(origin ? { origin } : {}) } });
  const text = await answer.text();
  return { status: answer.status, ...(text ? JSON.parse(text) : {}) };
}

for (const [form, args, type] of [['webm', webm_args, 'video/webm;codecs="vp8,opus"'], ['mp4', mp4_args, /^video\/mp4;codecs="avc1\.[0-9A-Fa-f]{6}"$/]]) {
  test(`a page publishes ${form} in chunks, and viewers get it by WebSocket and by HTTP`, async () => {
    const live = await room({ kind: 'camera' });
    const whole = clip(args);
    const size = Math.ceil(whole.length / 12);
    const piece = (i) => whole.subarray(i * size, (i + 1) * size);
    assert.deepEqual(await chunk(live, 'session-1', 1, piece(1)), { status: 409, error: 'gap', expected: 0 });
    assert.equal((await chunk(live, 'session-1', 0, piece(0))).status, 204);
    assert.equal((await chunk(live, 'session-1', 0, piece(0))).status, 200, 'a repeat');
    assert.equal((await chunk(live, 'session-1', 1, piece(1))).status, 204);
    assert.deepEqual(await chunk(live, 'session-1', 3, piece(3)), { status: 409, error: 'gap', expected: 2 });
    for (let i = 2; i < 6; i++) assert.equal((await chunk(live, 'session-1', i, piece(i))).status, 204);
    const stream = await told(live, (found) => found);
    assert.deepEqual([stream.forms, stream.kind, stream.width, stream.height], [form === 'mp4' ? ['mp4', 'hls'] : [form], 'camera', 96, 64]);
    const view = watch(live, 'media');
    await view.until(({ bytes }) => bytes > 0);
    const curl = spawn('curl', ['-sS', '-N', '-H', `cookie: ${cookies(live.owner)}`, `${server.url}/live/${live.id}.${form}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const body = [];
    curl.stdout.on('data', (bytes) => body.push(bytes));
    const curled = new Promise((done) => { curl.once('close', done); });
    await told(live, (found) => found?.viewers === 2);
    for (let i = 6; i < 12; i++) assert.equal((await chunk(live, 'session-1', i, piece(i), { more: i === 11 ? '&last=1' : '' })).status, 204);
    assert.equal(await view.closed, 1000);
    assert.equal(await curled, 0);
    assert.equal(view.texts.length, 1);
    assert.equal(view.texts[0].form, form);
    if (typeof type === 'string') assert.equal(view.texts[0].type, type); else assert.match(view.texts[0].type, type);
    for (const [name, bytes] of [['socket', Buffer.concat(view.binary)], ['http', Buffer.concat(body)]]) {
      const { video } = probe(`${name}.${form}`, bytes);
      assert.ok(video[0].key && grows(video) && video.length > 30, `${name}: ${video.length} pictures`);
    }
  });
}

test('chunks are for who made the stream, is in the room and may go live, from our own pages', async () => {
  const live = await room({ kind: 'camera' });
  const other = new Person(server.url);
  await other.joinRoom(live.code, 'Gustav');
  await other.socket(live.code);
  assert.equal((await chunk(live, 'session-1', 0, 'x', { person: other })).status, 404);
  assert.equal((await chunk(live, 'session-1', 0, 'x', { person: new Person(server.url) })).status, 401);
  assert.equal((await chunk(live, 'session-1', 0, 'x', { origin: 'http://evil.test' })).status, 403);
  assert.equal((await chunk(live, 'session-1', 0, 'x', { origin: null })).status, 403);
  for (const [session, seq] of [['short', 0], ['session-1', 'x'], ['session-1', -1], ['a'.repeat(37), 0]]) assert.equal((await chunk(live, session, seq, 'x')).status, 400);
  assert.deepEqual(await chunk(live, 'session-1', 0, Buffer.alloc(100)), { status: 400, error: 'not_media', sentence: 'This is not media that can be streamed here.' });
  // Another session takes over when it asks to.
  const webm = clip(webm_args);
  assert.equal((await chunk(live, 'session-2', 0, webm)).status, 204);
  assert.equal((await chunk(live, 'session-3', 0, webm)).error, 'busy');
  assert.equal((await chunk(live, 'session-3', 0, webm, { more: '&takeover=1' })).status, 204);
  assert.deepEqual(await chunk(live, 'session-2', 1, webm), { status: 409, error: 'gap', expected: 0 });
  assert.equal((await live.socket.ask({ type: 'room.settings', grants: { moderator: [], member: [], guest: [] } })).type, 'ok');
  assert.equal((await live.post(`/${live.id}/end`)).status, 204);
  assert.equal((await chunk(live, 'session-4', 0, webm)).error, 'ended');
});

test('a chunk of 4 MiB is taken and one byte more is not', async () => {
  const live = await room({ kind: 'screen' });
  const webm = clip(webm_args);
  // The recording again and again, and a Void element (RFC 8794: 0xEC, eight bytes of size) up to the last byte.
  const filled = (bytes) => {
    const parts = [];
    let left = bytes;
    for (; left > 900_000; left -= webm.length) parts.push(webm);
    const head = Buffer.alloc(9);
    head.writeBigUInt64BE((1n << 56n) + BigInt(left - 9), 1);
    head[0] = 0xec;
    return Buffer.concat([...parts, head, Buffer.alloc(left - 9)]);
  };
  assert.equal((await chunk(live, 'session-1', 0, filled(4 * 1024 * 1024))).status, 204);
  const declared = publish(`/live/${live.id}/chunks?s=session-1&seq=1`, { cookie: cookies(live.owner), origin: server.url, 'content-length': 4 * 1024 * 1024 + 1 });
  declared.sent.flushHeaders();
  assert.equal((await declared.answer).status, 413, 'before it is sent');
  const streamed = await fetch(`${server.url}/live/${live.id}/chunks?s=session-1&seq=1`, { method: 'POST', duplex: 'half', headers: { cookie: cookies(live.owner), origin: server.url },
    body: new ReadableStream({ start(to) { to.enqueue(filled(4 * 1024 * 1024 + 1)); to.close(); } }) });
  assert.equal(streamed.status, 413, 'also without a length');
});

test('a page sends a still of what it publishes, and who may watch gets it', async () => {
  const live = await room({ kind: 'camera' });
  const jpeg = clip(['-f', 'lavfi', '-i', 'testsrc2=size=96x64', '-frames:v', '1', '-f', 'mjpeg']);
  const send = async (body, { person = live.owner, origin = server.url } = {}) =>
    (await fetch(`${server.url}/live/${live.id}/thumb.jpg`, { method: 'POST', body, headers: { cookie: cookies(person), origin } })).status;
  assert.equal(await send(jpeg), 404, 'before it is published');
  assert.equal((await chunk(live, 'session-1', 0, clip(webm_args))).status, 204);
  await told(live, (found) => found);
  // Until it sends one, it is made from the stream (stills.test.mjs).
  const made = await fetch(`${server.url}/live/${live.id}/thumb.jpg`, { headers: { cookie: cookies(live.owner) } });
  assert.notDeepEqual(Buffer.from(await made.arrayBuffer()), jpeg);
  assert.equal(await send(jpeg), 204);
  const guest = new Person(server.url);
  await guest.joinRoom(live.code, 'Gustav');
  await guest.socket(live.code);
  const still = await fetch(`${server.url}/live/${live.id}/thumb.jpg`, { headers: { cookie: cookies(guest) } });
  assert.equal(still.headers.get('content-type'), 'image/jpeg');
  assert.deepEqual(Buffer.from(await still.arrayBuffer()), jpeg);
  assert.equal((await new Person(server.url).request(`/live/${live.id}/thumb.jpg`)).status, 404);
  assert.equal(await send(jpeg, { person: guest }), 404);
  assert.equal(await send(jpeg, { origin: 'http://evil.test' }), 403);
  assert.equal(await send('<svg/>'), 422);
  // Comments (COM segments) up to the bound: still a JPEG.
  const filled = (bytes) => {
    const parts = [jpeg.subarray(0, 2)];
    for (let left = bytes - jpeg.length; left > 0;) {
      let size = Math.min(left, 60_000);
      if (left - size > 0 && left - size < 4) size -= 4;
      parts.push(Buffer.from([0xff, 0xfe, (size - 2) >> 8, (size - 2) & 255]), Buffer.alloc(size - 4, 0x20));
      left -= size;
    }
    return Buffer.concat([...parts, jpeg.subarray(2)]);
  };
  assert.equal(filled(128 * 1024).length, 128 * 1024);
  assert.equal(await send(filled(128 * 1024)), 204);
  const large = publish(`/live/${live.id}/thumb.jpg`, { cookie: cookies(live.owner), origin: server.url, 'content-length': 128 * 1024 + 1 });
  large.sent.flushHeaders();
  assert.equal((await large.answer).status, 413);
});

test('a right to go live that is taken away ends what a page sends at once, and what a key opens within seconds', async () => {
  const host = await room();
  const guest = new Person(server.url);
  await guest.joinRoom(host.code, 'Gustav');
  await guest.socket(host.code);
  const csrf = await csrf_of(guest, host.code);
  const make = async (kind) => ({ ...JSON.parse((await guest.request(`/rooms/${host.code}/streams`, { method: 'POST', form: { csrf, name: kind, kind } })).text), owner: guest, socket: host.socket });
  const camera = await make('camera');
  const feed = await make('feed');
  const webm = clip(webm_args);
  assert.equal((await chunk(camera, 'session-1', 0, webm)).status, 204);
  const path = `/ingest/${feed.id}/${feed.key}`;
  const publisher = publish(path);
  await publisher.write(webm);
  await told(feed, (found) => found?.online);
  const view = watch(feed, 'media');
  await view.until(({ bytes }) => bytes > 0);
  assert.equal((await host.socket.ask({ type: 'room.settings', preset: 'stage' })).type, 'ok');
  assert.equal((await chunk(camera, 'session-1', 1, webm)).error, 'forbidden');
  assert.equal(await view.closed, 1000);
  await publisher.write(webm);
  assert.equal((await publisher.answer).status, 410);
  assert.equal(JSON.parse((await publish(path).end()).text).error, 'forbidden');
});
