// The library of the real server: uploads that survive whoever is killed, ranges, quotas, and what is kept out.
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../e2e/waiting.mjs';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

const place = temporaryFolder();
const clips = temporaryFolder();
after(() => { place.remove(); clips.remove(); });

const MIB = 1024 * 1024;
// MATINEE_LARGE=1: as large as what is asked of the library; it then needs 4 GB of disk, and a few minutes.
const LARGE = process.env.MATINEE_LARGE ? { seek: 2048 * MIB, upload: 1024 * MIB } : { seek: 400 * MIB, upload: 48 * MIB };
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A clip that ffmpeg makes; a few seconds of a test picture. */
function clip(name, args, seconds = 2) {
  const file = join(clips.folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25', '-f', 'lavfi', '-i', 'sine', '-t', String(seconds), ...args, file]);
  return file;
}
const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'];

/** A real video with a box of `bytes` bytes behind it that players skip: large, and still playable. */
function large(name, bytes, content = null) {
  const file = clip(name, h264, 1);
  const fd = openSync(file, 'r+');
  const size = statSync(file).size;
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1, 0);
  head.write('free', 4);
  head.writeBigUInt64BE(BigInt(bytes), 8);
  writeSync(fd, head, 0, 16, size);
  if (content) writeSync(fd, content, 0, bytes - 16, size + 16);
  ftruncateSync(fd, size + bytes);
  closeSync(fd);
  return file;
}

class Uploader extends Person {
  async token() { return /id="upload" data-csrf="([^"]+)"/.exec((await this.request('/library')).text)[1]; }

  async tus(method, path, headers = {}, body) {
    const answer = await fetch(this.base + path, {
      method, body, duplex: 'half',
      headers: { origin: this.base, cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '), 'x-csrf-token': this.csrf ??= await this.token(), 'tus-resumable': '1.0.0', ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, offset: Number(answer.headers.get('upload-offset') ?? NaN), json: text.startsWith('{') ? JSON.parse(text) : null, text };
  }

  begin(size, name = 'film.mp4') {
    return this.tus('POST', '/library/uploads', { 'upload-length': String(size), 'upload-metadata': `filename ${Buffer.from(name).toString('base64')}` });
  }

  patch(path, offset, bytes) {
    return this.tus('PATCH', path, { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, bytes);
  }

  state(path) { return this.tus('GET', path); }

  async upload(bytes, name) {
    const begun = await this.begin(bytes.length, name);
    assert.equal(begun.status, 201, begun.text);
    const path = begun.headers.get('location');
    const sent = await this.patch(path, 0, bytes);
    return { path, id: path.split('/').at(-1), begun, sent };
  }

  settled(path) {
    return until(async () => { const { json } = await this.state(path); return json && !['arriving', 'checking'].includes(json.state) && json; }, { timeoutMs: 25_000, what: 'the look into the file' });
  }
}

async function account(server, name) {
  const person = new Uploader(server.url);
  assert.equal((await person.signUp(name)).status, 303);
  return person;
}

let server;
let anna;
let film;   // of anna: { id, bytes }
before(async () => {
  server = await Server.start({ data: place.folder, args: ['--library-person', '64', '--library-total', process.env.MATINEE_LARGE ? '4000' : '1000'] }).ready;
  anna = await account(server, 'Anna');
  const bytes = readFileSync(clip('film.mp4', h264));
  film = { ...(await anna.upload(bytes, 'Our_film.mp4')), bytes };
  assert.equal((await anna.settled(film.path)).state, 'ready');
});
after(() => server.stop());

const get = (person, path, headers = {}, method = 'GET') => fetch(person.base + path, { method, headers: { cookie: [...person.jar].map(([n, v]) => `${n}=${v}`).join('; '), ...headers } });

test('an uploaded video is in the list with its title, length and picture, and is served as it came', async () => {
  const page = (await anna.request('/library')).text;
  assert.match(page, />Our film</);
  assert.match(page, />0:02</);
  const answer = await get(anna, `/library/${film.id}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'video/mp4');
  assert.equal(answer.headers.get('accept-ranges'), 'bytes');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(sha(Buffer.from(await answer.arrayBuffer())), sha(film.bytes));
  const picture = await get(anna, `/library/${film.id}/thumb.jpg`);
  assert.equal(picture.headers.get('content-type'), 'image/jpeg');
  assert.deepEqual([...Buffer.from(await picture.arrayBuffer()).subarray(0, 2)], [0xff, 0xd8]);
});

test('ranges: one from the middle, from the end, one that begins at the end, several, and a HEAD', async () => {
  const size = film.bytes.length;
  const part = async (range, headers = {}) => {
    const answer = await get(anna, `/library/${film.id}`, { range, ...headers });
    return { status: answer.status, range: answer.headers.get('content-range'), bytes: Buffer.from(await answer.arrayBuffer()), etag: answer.headers.get('etag') };
  };
  const middle = await part('bytes=100-199');
  assert.deepEqual([middle.status, middle.range], [206, `bytes 100-199/${size}`]);
  assert.ok(middle.bytes.equals(film.bytes.subarray(100, 200)));
  const suffix = await part('bytes=-10');
  assert.deepEqual([suffix.status, suffix.range], [206, `bytes ${size - 10}-${size - 1}/${size}`]);
  assert.ok(suffix.bytes.equals(film.bytes.subarray(size - 10)));
  assert.equal((await part(`bytes=${size - 1}-`)).bytes.length, 1);
  const beyond = await part(`bytes=${size}-`);
  assert.deepEqual([beyond.status, beyond.range], [416, `bytes */${size}`]);
  assert.equal((await part('bytes=0-1,5-6')).status, 200);
  assert.equal((await part('bytes=0-9', { 'if-range': middle.etag })).status, 206);
  assert.equal((await part('bytes=0-9', { 'if-range': '"another"' })).status, 200);
  assert.equal((await get(anna, `/library/${film.id}`, { 'if-none-match': middle.etag })).status, 304);
  const head = await get(anna, `/library/${film.id}`, {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(size)]);
});

test('seeking to 80 % of a large file moves less than 40 % of it', async () => {
  const bytes = LARGE.seek;
  const file = large('sparse.mp4', bytes);
  const id = await dropped(server, file, 'sparse');
  const size = statSync(file).size;
  const aborted = new AbortController();
  const sentBefore = bytesSent(server);
  const answer = await fetch(`${server.url}/library/${id}`, { headers: { cookie: [...anna.jar].map(([n, v]) => `${n}=${v}`).join('; '), range: `bytes=${Math.floor(size * 0.8)}-` }, signal: aborted.signal });
  assert.equal(answer.status, 206);
  let read = 0;
  for await (const piece of answer.body) read += piece.length;
  assert.equal(read, size - Math.floor(size * 0.8));
  assert.ok(bytesSent(server) - sentBefore < size * 0.4);
}, { skip: !existsSync('/proc/self/io') });

test('a hundred readers at once each get their own part of a large file', async () => {
  const content = randomBytes(8 * MIB - 16);
  const file = large('readers.mp4', 8 * MIB, content);
  const id = await dropped(server, file, 'readers');
  const whole = readFileSync(file);
  const length = Math.floor(whole.length / 100);
  await Promise.all(Array.from({ length: 100 }, async (_one, i) => {
    const answer = await get(anna, `/library/${id}`, { range: `bytes=${i * length}-${(i + 1) * length - 1}` });
    assert.equal(answer.status, 206);
    assert.ok(Buffer.from(await answer.arrayBuffer()).equals(whole.subarray(i * length, (i + 1) * length)), `part ${i}`);
  }));
});

test('the library is for accounts; its files also for guests who have been let into a room', async () => {
  const stranger = new Person(server.url);
  assert.equal((await stranger.request('/library')).location, '/login?next=/library');
  assert.equal((await get(stranger, `/library/${film.id}`)).status, 401);
  assert.equal((await get(stranger, `/library/${film.id}/thumb.jpg`)).status, 401);
  const guest = new Person(server.url);
  await guest.startRoom('Guest');
  assert.equal((await guest.request('/library')).location, '/login?next=/library');
  assert.equal((await get(guest, '/library/items')).status, 403);
  assert.equal((await get(guest, `/library/${film.id}`, { range: 'bytes=0-0' })).status, 206);
});

test('names that are no id lead nowhere, however they are written', async () => {
  for (const name of ['..', '%2e%2e', '%2e%2e%2fmatinee.sqlite3', '..%5cmatinee.sqlite3', 'drop', 'drop%2fx', film.id.toUpperCase(), `${film.id}.jpg`, `${film.id}%00`, '0'.repeat(32)]) {
    const status = await new Promise((done, failed) => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname, () => socket.write(`GET /library/${name} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${[...anna.jar].map(([n, v]) => `${n}=${v}`).join('; ')}\r\nConnection: close\r\n\r\n`));
      let text = '';
      socket.on('data', (chunk) => { text += chunk; });
      socket.on('end', () => done(Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])));
      socket.on('error', failed);
    });
    assert.ok([400, 404].includes(status), `${name}: ${status}`);
  }
});

test('an upload needs the page’s token, our own Origin and an account', async () => {
  const ask = (headers, person = anna) => fetch(`${server.url}/library/uploads`, { method: 'POST', headers: { cookie: [...person.jar].map(([n, v]) => `${n}=${v}`).join('; '), 'tus-resumable': '1.0.0', 'upload-length': '10', ...headers } });
  assert.equal((await ask({ origin: server.url })).status, 403);
  assert.equal((await ask({ origin: 'https://evil.example', 'x-csrf-token': await anna.token() })).status, 403);
  assert.equal((await ask({ 'x-csrf-token': await anna.token() })).status, 403);
  const guest = new Person(server.url);
  await guest.startRoom('Other guest');
  assert.equal((await ask({ origin: server.url, 'x-csrf-token': 'x' }, guest)).status, 403);
  assert.equal((await anna.tus('POST', '/library/uploads', { 'tus-resumable': '0.2.2', 'upload-length': '10' })).status, 412);
  const options = await anna.tus('OPTIONS', '/library/uploads');
  assert.deepEqual([options.status, options.headers.get('tus-version'), options.headers.get('tus-extension')], [204, '1.0.0', 'creation,termination']);
});

test('an upload of somebody else is not there', async () => {
  const ben = await account(server, 'Ben');
  for (const method of ['GET', 'DELETE']) assert.equal((await ben.tus(method, film.path)).status, 404);
  assert.equal((await ben.patch(film.path, 0, Buffer.from('x'))).status, 404);
  assert.equal((await ben.submit('/library', `/library/${film.id}/delete`, {})).status, 404);
  assert.equal((await get(anna, `/library/${film.id}`, {}, 'HEAD')).status, 200);
});

test('offsets that overlap or leave a hole are refused with the right one, and the file stays whole', async () => {
  const bytes = film.bytes;
  const path = (await anna.begin(bytes.length)).headers.get('location');
  assert.equal((await anna.patch(path, 0, bytes.subarray(0, 1000))).offset, 1000);
  for (const offset of [0, 999, 1001, bytes.length]) {
    const refused = await anna.patch(path, offset, bytes.subarray(offset, offset + 10));
    assert.deepEqual([offset, refused.status, refused.offset], [offset, 409, 1000]);
  }
  assert.equal((await anna.patch(path, 1000, Buffer.concat([bytes.subarray(1000), Buffer.from('more')]))).status, 413);
  const rest = bytes.subarray((await anna.state(path)).offset);
  assert.equal((await anna.patch(path, bytes.length - rest.length, rest)).offset, bytes.length);
  assert.equal((await anna.settled(path)).state, 'ready');
  const answer = await get(anna, `/library/${path.split('/').at(-1)}`);
  assert.equal(sha(Buffer.from(await answer.arrayBuffer())), sha(bytes));
  assert.equal((await anna.tus('DELETE', path)).status, 204);
});

test('what is no video, or none that browsers play, is kept out with a sentence that names what would play', async () => {
  const rubbish = await anna.upload(Buffer.alloc(3 * MIB, 'x'), 'notes.mp4');
  assert.equal(rubbish.sent.status, 415);
  assert.match(rubbish.sent.json.sentence, /not a video file.*MP4.*WebM/);
  assert.equal((await anna.state(rubbish.path)).status, 404);
  const mkv = await anna.upload(readFileSync(clip('a.mkv', h264)), 'a.mkv');
  assert.equal(mkv.sent.status, 415);
  assert.match(mkv.sent.json.sentence, /MKV.*MP4.*WebM/);
  for (const [name, args, words] of [['old.mp4', ['-c:v', 'mpeg4', '-c:a', 'aac'], /MPEG-4 Part 2.*H\.264/], ['ac3.mp4', [...h264.slice(0, 6), '-c:a', 'ac3'], /Dolby Digital.*AAC/], ['sound.mp4', ['-vn', '-c:a', 'aac'], /no picture/]]) {
    const sent = await anna.upload(readFileSync(clip(name, args, 1)), name);
    assert.equal(sent.sent.status, 204, name);
    const settled = await anna.settled(sent.path);
    assert.equal(settled.state, 'refused', name);
    assert.match(settled.sentence, words);
    assert.equal((await get(anna, `/library/${sent.id}`)).status, 404);
  }
  const torn = await anna.upload(film.bytes.subarray(0, film.bytes.length / 2), 'torn.mp4');
  assert.equal((await anna.settled(torn.path)).state, 'refused');
  assert.match((await anna.request('/library')).text, /could not be read as a video/);
  assert.ok(!existsSync(join(place.folder, 'library', torn.id)));
});

test('a person’s quota is taken to the byte, and one byte beyond is refused before anything is sent', async () => {
  const cem = await account(server, 'Cem');
  assert.equal((await cem.begin(64 * MIB + 1)).status, 413);
  const most = await cem.begin(40 * MIB);
  assert.equal(most.status, 201, most.text);
  assert.equal((await cem.begin(24 * MIB + 1)).status, 413);
  assert.equal((await cem.begin(24 * MIB)).status, 201);
  assert.match((await cem.begin(1)).json.sentence, /more than the 67 MB that you may keep/);
  assert.equal((await cem.tus('DELETE', most.headers.get('location'))).status, 204);
  assert.equal((await cem.begin(1)).status, 201);
});

test('an upload goes on after the server and the sender are killed, and is the same to the byte', async () => {
  const bytes = LARGE.upload;
  const file = large('survivor.mp4', bytes, randomBytes(bytes - 16));
  const whole = readFileSync(file);
  const folder = temporaryFolder();
  let own = await Server.start({ data: folder.folder }).ready;
  try {
    const dan = await account(own, 'Dan');
    const path = (await dan.begin(whole.length)).headers.get('location');
    // The sender dies in the middle: curl, killed.
    const head = [`cookie: ${[...dan.jar].map(([n, v]) => `${n}=${v}`).join('; ')}`, `x-csrf-token: ${await dan.token()}`, `origin: ${own.url}`, 'tus-resumable: 1.0.0', 'content-type: application/offset+octet-stream'];
    const curl = spawn('curl', ['-sS', '--limit-rate', '40M', '-X', 'PATCH', ...[...head, 'upload-offset: 0', 'expect:'].flatMap((h) => ['-H', h]), '--upload-file', file, own.url + path], { stdio: 'ignore' });
    await until(async () => (await dan.state(path)).offset > 8 * MIB, { what: 'eight megabytes' });
    curl.kill('SIGKILL');
    const first = (await dan.state(path)).offset;
    assert.ok(first >= 8 * MIB && first < whole.length);
    // The server dies in the middle of the next try.
    const dying = dan.patch(path, await stable(() => dan.state(path)), whole.subarray((await dan.state(path)).offset)).catch(() => null);
    await until(async () => (await dan.state(path)).offset > first + 2 * MIB, { what: 'two more' }).catch(() => {});
    await own.kill();
    await dying;
    own = await Server.start({ data: folder.folder }).ready;
    dan.base = own.url;
    const second = (await dan.state(path)).offset;
    assert.ok(second >= first, `${second} after ${first}`);
    if (second < whole.length) assert.equal((await dan.patch(path, second, whole.subarray(second))).status, 204);
    assert.equal((await dan.settled(path)).state, 'ready');
    const answer = await get(dan, `/library/${path.split('/').at(-1)}`);
    assert.equal(sha(Buffer.from(await answer.arrayBuffer())), sha(whole));
  } finally {
    await own.kill();
    folder.remove();
  }
});

test('a new PATCH takes over from one whose line is dead, and no byte is written twice', async () => {
  const bytes = film.bytes;
  const path = (await anna.begin(bytes.length)).headers.get('location');
  const { hostname, port } = new URL(server.url);
  const silent = connect(Number(port), hostname, async () => silent.write([`PATCH ${path} HTTP/1.1`, `Host: ${hostname}:${port}`, `Origin: ${server.url}`, `Cookie: ${[...anna.jar].map(([n, v]) => `${n}=${v}`).join('; ')}`, `X-CSRF-Token: ${await anna.token()}`, 'Tus-Resumable: 1.0.0', 'Content-Type: application/offset+octet-stream', 'Upload-Offset: 0', `Content-Length: ${bytes.length}`, '', ''].join('\r\n')));
  silent.on('error', () => {});
  await until(() => silent.bytesWritten > 0, { what: 'the head' });
  silent.write(bytes.subarray(0, 500));
  await until(async () => (await anna.state(path)).offset === 500, { what: 'the first bytes' });
  assert.equal((await anna.patch(path, 500, bytes.subarray(500))).offset, bytes.length);
  silent.write(bytes.subarray(500));
  assert.equal((await anna.settled(path)).state, 'ready');
  const answer = await get(anna, `/library/${path.split('/').at(-1)}`);
  assert.equal(sha(Buffer.from(await answer.arrayBuffer())), sha(bytes));
  silent.destroy();
  await anna.tus('DELETE', path);
});

test('a video is renamed and deleted by its owner, and is gone for everybody and from the disk', async () => {
  const { id, path } = await anna.upload(film.bytes, 'short.mp4');
  await anna.settled(path);
  assert.equal((await anna.submit('/library', `/library/${id}/rename`, { title: '  A better name ' })).status, 303);
  assert.match((await anna.request('/library')).text, />A better name</);
  assert.equal((await anna.submit('/library', `/library/${id}/rename`, { title: 'x'.repeat(121) })).status, 422);
  assert.equal((await anna.submit('/library', `/library/${id}/delete`, {})).status, 303);
  assert.equal((await get(anna, `/library/${id}`)).status, 404);
  assert.doesNotMatch((await anna.request('/library')).text, />A better name</);
  await until(() => !readdirSync(join(place.folder, 'library')).some((name) => name.startsWith(id)), { what: 'its files' });
});

test('a video of the library is a room’s video for everybody, and its preview tells what it is', async () => {
  const code = await anna.startRoom();
  const room = await anna.socket(code);
  const told = room.next('playback.state');
  const answer = await room.ask({ type: 'playback.set', url: `http://another.name:8080/library/${film.id}#t=1`, base_rev: room.welcome.playback.rev, op: 'test-op-1' });
  assert.equal(answer.type, 'ok', JSON.stringify(answer));
  const set = await told;
  assert.deepEqual([set.media.kind, set.media.url, set.media.start_ms], ['file', `/library/${film.id}`, 1000]);
  const preview = JSON.parse((await anna.request(`/rooms/${code}/preview?url=${encodeURIComponent(`/library/${film.id}`)}`)).text);
  assert.deepEqual(preview, { kind: 'file', host: '', known: true, title: 'Our film', duration_ms: 2000, size_bytes: film.bytes.length, picture: `/library/${film.id}/thumb.jpg` });
  const none = JSON.parse((await anna.request(`/rooms/${code}/preview?url=/library/${'0'.repeat(32)}`)).text);
  assert.equal(none.refusal.code, 'no_file');
  assert.match((await new Person(server.url).request(`/rooms/${code}`)).text, /watching <strong>Our film</);
  await room.close();
});

/** Puts a file into the drop folder and waits until it is in the library. @returns {Promise<string>} its id */
async function dropped(of, file, title) {
  execFileSync('cp', ['--sparse=always', file, join(of.data, 'library/drop', `${title}.mp4`)]);
  return until(async () => {
    const { items } = JSON.parse((await anna.request('/library/items')).text);
    return items.find((item) => item.title === title)?.id;
  }, { timeoutMs: 25_000, what: `${title} in the library` });
}

/** What the process has written into sockets and files, by the kernel's count. */
function bytesSent(of) { return Number(/wchar: (\d+)/.exec(readFileSync(`/proc/${of.process.pid}/io`, 'utf8'))[1]); }

/** An offset that no longer grows. */
async function stable(look) {
  let last = -1;
  return until(async () => { const { offset } = await look(); const same = offset === last; last = offset; return same && offset; }, { everyMs: 60 });
}
