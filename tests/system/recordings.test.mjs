// Live streams recorded into the library of the real server: real ffmpeg publishes, ffprobe reads what was kept, and whatever goes wrong ends
// the recording and nothing else.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '../e2e/waiting.mjs';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';
import { clip, cookies, csrf_of } from './streams.mjs';

const places = [];
const servers = [];
after(async () => {
  for (const server of servers) await server.kill();
  for (const place of places) place.remove();
});

async function start({ place = temporaryFolder(), args = [], wrap = [] } = {}) {
  places.push(place);
  const server = await Server.start({ data: join(place.folder, 'data'), args: ['--shards', '2', ...args], wrap }).ready;
  servers.push(server);
  return { server, place };
}

/** Somebody with an account in a room of theirs, and a stream there. */
async function live(server, name) {
  const owner = new Person(server.url);
  assert.equal((await owner.signUp(name)).status, 303);
  const code = await owner.startRoom();
  const socket = await owner.socket(code);
  const csrf = await csrf_of(owner, code);
  const post = (path, form = {}) => owner.request(`/rooms/${code}/streams${path}`, { method: 'POST', form: { csrf, ...form } });
  const stream = JSON.parse((await post('', { name: 'Garden' })).text);
  return { ...stream, owner, code, socket, post, csrf, url: `${server.url}/ingest/${stream.id}/${stream.key}` };
}

/** A server, and a stream that it has recorded for so long. */
async function recorded_for(ms) {
  const { server, place } = await start();
  const garden = await live(server, 'Olga');
  const ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  const { item } = JSON.parse((await garden.post(`/${garden.id}/record`)).text);
  const began = Date.now();
  await until(() => Date.now() - began > ms, { timeoutMs: 20_000, what: `${ms} ms` });
  return { server, place, garden, ffmpeg, item, wall: (Date.now() - began) / 1000 };
}

const latest = (socket, id) => (socket.messages.filter((m) => m.type === 'live.changed').at(-1) ?? { live: socket.welcome.live }).live.streams.find((one) => one.id === id);
const told = (socket, id, want, timeoutMs = 20_000) => until(() => { const stream = latest(socket, id); return want(stream) && (stream ?? true); }, { timeoutMs, what: `the room hears: ${want}` });

const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-f', 'lavfi', '-i', 'sine=sample_rate=44100'];
const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-c:a', 'aac'];
const noise = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '12', '-b:v', '6M', '-minrate', '6M', '-maxrate', '6M', '-bufsize', '2M', '-nal-hrd', 'cbr', '-c:a', 'aac'];
function publish(url, how = coded) {
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', ...picture, ...how, '-f', 'mpegts', url], { stdio: 'ignore' });
  const ended = new Promise((done) => { child.once('close', done); });
  return { kill: (signal = 'SIGKILL') => { child.kill(signal); return ended; } };
}

const fetched = async (person, path) => {
  const answer = await fetch(person.base + path, { headers: { cookie: cookies(person) } });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};

/** What ffprobe says of a file: its length, its packets, and every complaint. */
function probe(place, bytes) {
  const file = join(place.folder, 'probed.mp4');
  writeFileSync(file, bytes);
  const ask = (...words) => execFileSync('ffprobe', ['-v', 'warning', ...words, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const complaints = execFileSync('bash', ['-c', `ffprobe -v warning -show_packets "${file}" 2>&1 >/dev/null`], { encoding: 'utf8' });
  const packets = ask('-show_entries', 'packet=codec_type,dts_time', '-of', 'csv=p=0').split('\n').map((line) => line.split(',')).filter((cells) => cells.length >= 2);
  const of = (kind) => packets.filter(([one]) => one === kind).map(([, dts]) => Number(dts));
  return { duration: Number(ask('-show_entries', 'format=duration', '-of', 'csv=p=0')), video: of('video'), audio: of('audio'), complaints };
}
const grows = (times) => times.every((time, i) => i === 0 || time > times[i - 1]);
function check_clean(probed) {
  assert.equal(probed.complaints, '');
  assert.ok(probed.video.length > 0 && grows(probed.video), 'the picture’s times');
  assert.ok(probed.audio.length > 0 && grows(probed.audio), 'the sound’s times');
}

/** The item as the library's list for rooms tells it, once it is ready. */
const ready = (person, id) => until(async () => {
  const { text } = await person.request('/library/items');
  return JSON.parse(text).items.find((item) => item.id === id);
}, { timeoutMs: 40_000, what: 'the recording in the library' });
const state_of = async (person, id) => new RegExp(`data-id="${id}" data-state="(\\w+)"`).exec((await person.request('/library')).text)?.[1];

test('a stream is recorded while everybody knows of it, plays while it grows, and is in the library afterwards, clean and as long as it was live', { timeout: 120_000 }, async (t) => {
  const { server, place } = await start();
  const garden = await live(server, 'Olga');
  const guest = new Person(server.url);
  await guest.joinRoom(garden.code, 'Gast');
  const seen = await guest.socket(garden.code);
  const ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  assert.equal((await garden.post(`/${garden.id}/record/end`)).status, 409);
  const begun = await garden.post(`/${garden.id}/record`, { title: 'Garden, today' });
  const began = Date.now();
  assert.equal(begun.status, 200, begun.text);
  const { item } = JSON.parse(begun.text);
  const { recording } = await told(seen, garden.id, (stream) => stream?.recording);
  assert.equal(recording.name, 'Olga');
  assert.equal(recording.by, garden.socket.welcome.you);
  assert.ok(Math.abs(recording.since_ms - Date.now()) < 5_000);
  assert.equal(JSON.parse((await garden.post(`/${garden.id}/record`)).text).error, 'recorded');
  const late = await guest.socket(garden.code);
  assert.equal(late.welcome.live.streams.find(({ id }) => id === garden.id).recording.name, 'Olga', 'who comes later is told, too');

  // It plays while it grows, for whose it is; nobody else sees it.
  const growing = await until(async () => { const now = await fetched(garden.owner, `/library/${item}`); return now.bytes.length > 300_000 && now; }, { timeoutMs: 20_000, what: 'some seconds of it' });
  assert.equal(growing.headers.get('content-type'), 'video/mp4');
  assert.equal(growing.headers.get('cache-control'), 'no-store');
  const half = probe(place, growing.bytes);
  check_clean(half);
  assert.equal(await state_of(garden.owner, item), 'recording');
  const other = new Person(server.url);
  await other.signUp('Other');
  assert.equal((await fetched(other, `/library/${item}`)).status, 404);
  assert.doesNotMatch((await other.request('/library')).text, new RegExp(item));

  await until(() => Date.now() - began > 12_000, { timeoutMs: 20_000, what: 'twelve seconds' });
  const wall = (Date.now() - began) / 1000;
  assert.equal((await garden.post(`/${garden.id}/record/end`)).status, 204);
  await told(seen, garden.id, (stream) => stream && !stream.recording);
  const kept = await ready(garden.owner, item);
  assert.equal(kept.title, 'Garden, today');
  assert.ok(kept.picture);
  const whole = await fetched(other, `/library/${item}`);
  const probed = probe(place, whole.bytes);
  check_clean(probed);
  t.diagnostic(`recorded ${probed.duration.toFixed(2)} s of ${wall.toFixed(2)} s, ${whole.bytes.length} bytes`);
  assert.ok(probed.duration >= 0.9 * wall, `${probed.duration} of ${wall} s`);
  assert.ok(probed.video.length >= 0.9 * wall * 25);
  assert.ok(Math.abs(kept.duration_ms / 1000 - probed.duration) < 0.1);
  assert.equal(whole.bytes.indexOf('moof'), -1, 'it has one index');
  assert.ok(latest(garden.socket, garden.id).online, 'the stream goes on');

  // It is a room's video like any other.
  await garden.socket.ask({ type: 'playback.set', url: `/library/${item}` });
  assert.equal((await fetched(guest, `/library/${item}`)).status, 200);
  await ffmpeg.kill();
});

test('a publisher that is cut off and comes back goes on in the same recording; one with another picture ends it, and the room hears why', { timeout: 120_000 }, async () => {
  const { server, place } = await start();
  const garden = await live(server, 'Olga');
  let ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  const { item } = JSON.parse((await garden.post(`/${garden.id}/record`)).text);
  const length = async () => (await fetched(garden.owner, `/library/${item}`)).bytes.length;
  await until(async () => await length() > 200_000, { timeoutMs: 20_000, what: 'something of the first' });
  await ffmpeg.kill();
  await told(garden.socket, garden.id, (stream) => stream && !stream.online);
  const before = await length();
  ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  assert.ok(latest(garden.socket, garden.id).recording, 'still recorded');
  await until(async () => await length() > before + 200_000, { timeoutMs: 20_000, what: 'something of the second' });
  await ffmpeg.kill();
  ffmpeg = publish(garden.url, ['-vf', 'scale=160:120', ...coded]);
  await told(garden.socket, garden.id, (stream) => stream?.recording?.ended === 'changed');
  const kept = await ready(garden.owner, item);
  check_clean(probe(place, (await fetched(garden.owner, `/library/${item}`)).bytes));
  assert.ok(kept.duration_ms > 3_000);
  await ffmpeg.kill();
});

test('a quota that is reached ends the recording: what there was is kept, the room hears it, and the stream goes on', { timeout: 120_000 }, async () => {
  const { server, place } = await start({ args: ['--library-person', '3'] });
  const garden = await live(server, 'Olga');
  const ffmpeg = publish(garden.url, noise);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  const { item } = JSON.parse((await garden.post(`/${garden.id}/record`)).text);
  const stream = await told(garden.socket, garden.id, (one) => one?.recording?.ended, 40_000);
  assert.equal(stream.recording.ended, 'quota');
  const kept = await ready(garden.owner, item);
  assert.ok(kept.size_bytes <= 3 * 1024 * 1024 && kept.size_bytes > 1.5 * 1024 * 1024, `${kept.size_bytes} bytes`);
  check_clean(probe(place, (await fetched(garden.owner, `/library/${item}`)).bytes));
  assert.ok(latest(garden.socket, garden.id).online);
  assert.equal(JSON.parse((await garden.post(`/${garden.id}/record`)).text).error, 'quota', 'the next one does not even begin');
  await ffmpeg.kill();
});

test('a disk that is full ends the recording: what there was is kept, the room hears it, and the stream goes on', { timeout: 120_000 }, async () => {
  // The shell's file size limit stands for the full disk.
  const { server, place } = await start({ wrap: ['bash', '-c', 'ulimit -S -f 4000; exec "$0" "$@"'] });
  const garden = await live(server, 'Olga');
  const ffmpeg = publish(garden.url, noise);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  const { item } = JSON.parse((await garden.post(`/${garden.id}/record`)).text);
  const stream = await told(garden.socket, garden.id, (one) => one?.recording?.ended, 40_000);
  assert.equal(stream.recording.ended, 'disk_full');
  await ready(garden.owner, item);
  const probed = probe(place, (await fetched(garden.owner, `/library/${item}`)).bytes);
  check_clean(probed);
  assert.ok(probed.duration > 2);
  assert.ok(latest(garden.socket, garden.id).online);
  await ffmpeg.kill();
});

test('after kill -9 of the server what was written is taken in at the next start', { timeout: 120_000 }, async (t) => {
  const { server, place, garden, ffmpeg, item, wall } = await recorded_for(6_000);
  await server.kill();
  await ffmpeg.kill();
  const again = (await start({ place })).server;
  garden.owner.base = again.url;
  const kept = await ready(garden.owner, item);
  const probed = probe(place, (await fetched(garden.owner, `/library/${item}`)).bytes);
  t.diagnostic(`kept ${probed.duration.toFixed(2)} s of ${wall.toFixed(2)} s`);
  check_clean(probed);
  assert.ok(probed.duration > wall - 3.5, `${probed.duration} of ${wall} s: a second is put together, another is on its way, a key frame is waited for`);
  assert.ok(kept.picture);
  assert.equal(await state_of(garden.owner, item), 'ready');
});

test('a server that is stopped ends its recordings with all that came', { timeout: 120_000 }, async () => {
  const { server, place, garden, ffmpeg, item, wall } = await recorded_for(4_000);
  assert.deepEqual(await server.stop(), { code: 0, signal: null });
  await ffmpeg.kill();
  const again = (await start({ place })).server;
  garden.owner.base = again.url;
  await ready(garden.owner, item);
  const probed = probe(place, (await fetched(garden.owner, `/library/${item}`)).bytes);
  check_clean(probed);
  assert.ok(probed.duration >= 0.9 * wall, `${probed.duration} of ${wall} s`);
});

test('who may record: whose stream it is and who may edit the room, with an account; what cannot be recorded is said', { timeout: 120_000 }, async () => {
  const { server } = await start();
  const garden = await live(server, 'Olga');
  const member = new Person(server.url);
  await member.signUp('Mia');
  const socket = await member.socket(garden.code);
  const as = async (person, path, form = {}, token) => {
    const answer = await person.request(`/rooms/${garden.code}/streams${path}`, { method: 'POST', form: { csrf: token ?? await csrf_of(person, garden.code), ...form } });
    return [answer.status, answer.text.startsWith('{') ? JSON.parse(answer.text).error : ''];
  };
  assert.deepEqual(await as(garden.owner, `/${garden.id}/record`), [409, 'not_live']);
  const ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  assert.deepEqual(await as(member, `/${garden.id}/record`), [404, 'no_such_stream']);
  assert.deepEqual(await as(member, `/${garden.id}/record/end`), [404, 'no_such_stream']);
  assert.equal((await as(garden.owner, `/${garden.id}/record`, {}, 'wrong'))[0], 403);
  assert.deepEqual(await as(garden.owner, `/${garden.id}/record`, { title: 'x'.repeat(121) }), [422, 'bad_title']);
  const stranger = new Person(server.url);
  assert.equal((await as(stranger, `/${garden.id}/record`, {}, 'none'))[0], 403);
  // A guest's own stream.
  const guest = new Person(server.url);
  await guest.joinRoom(garden.code, 'Gast');
  const there = await guest.socket(garden.code);
  const own = JSON.parse((await guest.request(`/rooms/${garden.code}/streams`, { method: 'POST', form: { csrf: await csrf_of(guest, garden.code), name: 'Mine' } })).text);
  const second = publish(`${server.url}/ingest/${own.id}/${own.key}`);
  await told(there, own.id, (stream) => stream?.online);
  assert.deepEqual(await as(guest, `/${own.id}/record`), [403, 'account']);
  // The room's owner may record it; its publisher sees that, and may end it.
  assert.equal((await garden.post(`/${own.id}/record`)).status, 200);
  await told(there, own.id, (stream) => stream?.recording?.name === 'Olga');
  assert.deepEqual((await as(guest, `/${own.id}/record/end`))[0], 204);
  await second.kill();
  await ffmpeg.kill();
  // MPEG-1 and VP8 are in no fragmented MP4.
  for (const args of [['-c:v', 'mpeg1video', '-g', '10', '-bf', '0', '-f', 'mpegts'], ['-c:v', 'libvpx', '-g', '25', '-live', '1', '-f', 'webm']]) {
    const made = JSON.parse((await garden.post('', { name: 'Old' })).text);
    const bytes = clip(['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-t', '2', ...args]);
    const request = fetch(`${server.url}/ingest/${made.id}/${made.key}`, { method: 'POST', duplex: 'half', body: new ReadableStream({ start: (line) => { line.enqueue(bytes); } }) }).catch(() => {});
    await told(garden.socket, made.id, (stream) => stream?.online);
    const answer = await garden.post(`/${made.id}/record`);
    assert.equal(answer.status, 422);
    assert.deepEqual([JSON.parse(answer.text).error, /H\.264, VP9 or AV1/.test(answer.text)], ['unfit', true]);
    assert.equal((await garden.post(`/${made.id}/end`)).status, 204);
    await request;
  }
  socket.close();
});

test('a recording that is deleted while it runs ends, and is gone', { timeout: 60_000 }, async () => {
  const { server } = await start();
  const garden = await live(server, 'Olga');
  const ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  const { item } = JSON.parse((await garden.post(`/${garden.id}/record`)).text);
  await until(async () => (await fetched(garden.owner, `/library/${item}`)).bytes.length > 50_000, { timeoutMs: 20_000, what: 'something of it' });
  assert.equal((await garden.owner.submit('/library', `/library/${item}/delete`, {})).location, '/library');
  await told(garden.socket, garden.id, (stream) => stream?.recording?.ended === 'deleted');
  assert.equal((await fetched(garden.owner, `/library/${item}`)).status, 404);
  assert.ok(latest(garden.socket, garden.id).online);
  await ffmpeg.kill();
});

test('a server without a library says so', { timeout: 60_000 }, async () => {
  const { server } = await start({ args: ['--library', 'off'] });
  const garden = await live(server, 'Olga');
  const ffmpeg = publish(garden.url);
  await told(garden.socket, garden.id, (stream) => stream?.online);
  const answer = await garden.post(`/${garden.id}/record`);
  assert.deepEqual([answer.status, JSON.parse(answer.text).error], [404, 'no_library']);
  await ffmpeg.kill();
});
