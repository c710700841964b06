// What a link is, before it plays: the real binary against sites on loopback, friendly and hostile ones.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';
import { jpeg, mp4, startRawSite, startSite } from './sites.mjs';

const stops = [];
after(async () => { for (const stop of stops.reverse()) await stop(); });

async function startServer(...args) {
  const place = temporaryFolder();
  const server = await Server.start({ data: place.folder, args: ['--link-previews', 'on', ...args] }).ready;
  stops.push(async () => { await server.kill(); place.remove(); });
  return server;
}
async function site(answers) { const started = await startSite(answers); stops.push(started.stop); return started; }
async function rawSite(speak) { const started = await startRawSite(speak); stops.push(started.stop); return started; }

const json = (value) => (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
const status = (code) => (_request, response) => response.writeHead(code).end();
const bytes = (body, type) => (_request, response) => response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body);
const redirect = (to) => (_request, response) => response.writeHead(302, { location: to }).end();

// oEmbed answers by video id.
const videos = new Map();
let youtube; let server; let ann; let code;
before(async () => {
  youtube = await site({
    '/oembed': (request, response) => {
      const watch = new URL(new URL(request.url, 'http://x').searchParams.get('url'));
      (videos.get(watch.searchParams.get('v')) ?? status(404))(request, response);
    },
    '/picture.jpg': bytes(jpeg, 'image/jpeg'),
  });
  server = await startServer('--allow-private-links', 'on', '--youtube-oembed-url', `${youtube.url}/oembed`);
  ann = new Person(server.url);
  code = await ann.startRoom('Ann');
});

// Whoever asks a lot is somebody new: links have a rate by person.
async function newcomer(name) {
  const person = new Person(server.url);
  await person.joinRoom(code, name);
  return person;
}

const ask = (url, person = ann, room = code) => person.request(`/rooms/${room}/preview?url=${encodeURIComponent(url)}`);
const preview = async (url, ...rest) => {
  const answer = await ask(url, ...rest);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
};
const subtitles = (url, person = ann, room = code) => person.request(`/rooms/${room}/subtitles?url=${encodeURIComponent(url)}`);

test('a YouTube link has a title, an author and a picture that comes from here; a second person costs no second request', async () => {
  videos.set('dQw4w9WgXcQ', json({ title: 'Never <b>gonna</b>', author_name: 'Rick', thumbnail_url: `${youtube.url}/picture.jpg` }));
  const found = await preview('https://youtu.be/dQw4w9WgXcQ?t=5');
  assert.match(found.picture, /^\/previews\/[0-9a-f]{32}\.jpg$/);
  assert.deepEqual({ ...found, picture: '' }, { kind: 'youtube', host: 'www.youtube.com', known: true, title: 'Never <b>gonna</b>', author: 'Rick', picture: '' });
  const picture = await ann.request(found.picture);
  assert.equal(picture.status, 200);
  assert.equal(picture.headers.get('content-type'), 'image/jpeg');
  assert.equal(picture.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(Number(picture.headers.get('content-length')), jpeg.length);
  assert.equal((await new Person(server.url).request(found.picture)).status, 404, 'without a session there is no picture');
  assert.equal((await ann.request(`/previews/${'0'.repeat(32)}.jpg`)).status, 404);
  const before_ = youtube.asked.length;
  const ben = new Person(server.url);
  await ben.joinRoom(code, 'Ben');
  assert.deepEqual(await preview('https://www.youtube.com/watch?v=dQw4w9WgXcQ', ben), found);
  assert.equal(youtube.asked.length, before_);
});

test('what a room watches is called by its title at its door, as text', async () => {
  videos.set('aaaaaaaaaaa', json({ title: '<i>A film</i>' }));
  await preview('https://youtu.be/aaaaaaaaaaa');
  const socket = await ann.socket(code);
  const reply = await socket.ask({ type: 'playback.set', url: 'https://youtu.be/aaaaaaaaaaa', base_rev: socket.welcome.playback.rev, op: 'op-title-1' });
  assert.equal(reply.type, 'ok', JSON.stringify(reply));
  const door = await new Person(server.url).request(`/rooms/${code}`);
  assert.ok(door.text.includes('&lt;i&gt;A film&lt;/i&gt;') || door.text.includes('&lt;i&gt;A film&lt;&#x2F;i&gt;'), door.text);
  await socket.close();
});

test('YouTube’s refusals are sentences', async () => {
  for (const [id, code_, refusal, text] of [
    ['refused_401', 401, 'not_embeddable', 'Its owner does not allow other sites to play it.'],
    ['refused_403', 403, 'private_video', 'This video is private.'],
    ['refused_404', 404, 'no_video', 'This video does not exist.'],
  ]) {
    videos.set(id, status(code_));
    assert.deepEqual((await preview(`https://youtu.be/${id}`)).refusal, { code: refusal, text });
  }
  videos.set('trouble_500', status(500));
  assert.deepEqual(await preview('https://youtu.be/trouble_500'), { kind: 'youtube', host: 'www.youtube.com', known: false });
});

test('a picture that is none by its first bytes is not passed on', async () => {
  const other = await site({ '/a.jpg': bytes(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'image/jpeg') });
  videos.set('svg_picture', json({ title: 'A', thumbnail_url: `${other.url}/a.jpg` }));
  assert.equal((await preview('https://youtu.be/svg_picture')).picture, undefined);
  assert.deepEqual(other.asked, ['/a.jpg']);
});

test('a file has its name, size and length; a page, a missing file and a site that is not there are said', async () => {
  const film = mp4({ ms: 83_000 });
  const files = await site({
    '/Mein%20Film.mp4': (request, response) => {
      assert.equal(request.headers.range, 'bytes=0-65535');
      assert.equal(request.headers.cookie, undefined);
      assert.match(request.headers['user-agent'], /^Matinee\/\d/);
      response.writeHead(206, { 'content-type': 'video/mp4', 'content-range': `bytes 0-${film.length - 1}/5000000000` }).end(film);
    },
    '/moved.mp4': redirect('/Mein%20Film.mp4'),
    '/page.mp4': bytes(Buffer.from('<!doctype html><title>x</title>'), 'text/html'),
    '/away.mp4': redirect('/page.mp4'),
  });
  const host = new URL(files.url).host;
  const whole = { kind: 'file', host, known: true, title: 'Mein Film.mp4', duration_ms: 83_000, size_bytes: 5_000_000_000 };
  assert.deepEqual(await preview(`${files.url}/Mein%20Film.mp4`), whole);
  assert.deepEqual(await preview(`${files.url}/moved.mp4`), { ...whole, title: 'moved.mp4' });
  assert.equal((await preview(`${files.url}/page.mp4`)).refusal.code, 'not_media');
  assert.equal((await preview(`${files.url}/away.mp4`)).refusal.code, 'not_media');
  assert.equal((await preview(`${files.url}/gone.mp4`)).refusal.text, 'There is no video at this address.');
  const closed = await startSite({});
  await closed.stop();
  assert.equal((await preview(`${closed.url}/a.mp4`)).refusal.code, 'no_answer');
  assert.deepEqual(await preview('https://example.test/page'), { refusal: { code: 'not_media', text: 'This link is neither a YouTube video nor a video file such as .mp4, .webm or .m3u8.' } });
});

test('slow, endless, swollen and compressed answers cost a bounded time and no memory, and the server goes on', { timeout: 60_000 }, async () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n';
  const flood = (socket, piece) => {
    const pour = () => { while (!socket.destroyed && socket.write(piece)); };
    socket.on('drain', pour);
    pour();
  };
  const silent = await rawSite(() => {});
  const dribbling = await rawSite((socket) => {
    socket.write(head);
    const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write('x: y\r\n')), 50);
  });
  const endless = await rawSite((socket) => { socket.write(`${head}\r\n`); flood(socket, Buffer.alloc(65_536, 1)); });
  const swollen = await rawSite((socket) => { socket.write(head); flood(socket, `x: ${'y'.repeat(8000)}\r\n`); });
  const early = await rawSite((socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n'.repeat(100)));
  const bomb = await site({ '/a.mp4': (_request, response) => response.writeHead(200, { 'content-type': 'video/mp4', 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000))) });
  const circle = await site({ '/a.mp4': redirect('/a.mp4') });
  const nonsense = await rawSite((socket) => socket.end('\0\xff\0 SSH-2.0-x\r\n\r\n'));
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(execFileSync('cat', [`/proc/${server.process.pid}/status`], { encoding: 'utf8' }))[1]);
  const eve = await newcomer('Eve Hostile');
  const memory = resident();
  const began = Date.now();
  const all = [silent, dribbling, endless, swollen, early, bomb, circle, nonsense].map(({ url }) => preview(`${url}/a.mp4`, eve));
  assert.equal((await ann.request('/healthz')).text, 'ok\n');
  const codes = (await Promise.all(all)).map((found) => found.refusal?.code ?? 'fine');
  assert.deepEqual(codes, ['no_answer', 'no_answer', 'fine', 'trouble', 'trouble', 'fine', 'trouble', 'trouble']);
  assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`);
  // Sanitizers keep freed memory: then the figure says nothing.
  if (!/SANITIZE|asan|tsan/.test(process.env.MATINEE_BIN ?? '')) assert.ok(resident() - memory < 20_000, `${resident() - memory} KiB more`);
  assert.deepEqual((await subtitles(`${endless.url}/a.srt`, eve)).status, 422);
});

test('subtitles of another site come through us as bytes, and nothing else does', async () => {
  const srt = Buffer.from('1\r\n00:00:01,000 --> 00:00:02,000\r\nGr\xfc\xdfe\r\n', 'latin1');
  const files = await site({
    '/a.srt': bytes(srt, 'text/html'),
    '/a.vtt': bytes(Buffer.from('WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n'), 'text/vtt'),
    '/page.vtt': bytes(Buffer.from('<!DOCTYPE html><p>-->'), 'text/html'),
    '/secret.txt': bytes(Buffer.from('root:x:0:0'), 'text/plain'),
    '/large.vtt': bytes(Buffer.from(`WEBVTT\n${'x'.repeat(1024 * 1024)}`), 'text/vtt'),
  });
  const sue = await newcomer('Sue Title');
  const got = await subtitles(`${files.url}/a.srt`, sue);
  assert.equal(got.status, 200);
  assert.equal(got.headers.get('content-type'), 'application/octet-stream');
  assert.equal(got.headers.get('content-disposition'), 'attachment');
  assert.equal(Number(got.headers.get('content-length')), srt.length);
  assert.equal((await subtitles(`${files.url}/a.vtt`, sue)).text, 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n');
  for (const [path, refusal] of [['/page.vtt', 'not_subtitles'], ['/secret.txt', 'not_subtitles'], ['/none.vtt', 'no_file'], ['/large.vtt', 'too_large']]) {
    const answer = await subtitles(files.url + path, sue);
    assert.equal(answer.status, 422, path);
    assert.equal(JSON.parse(answer.text).refusal.code, refusal, path);
  }
  for (const url of ['file:///etc/passwd', 'nonsense', 'http://ann:b@127.0.0.1/a.vtt', 'http://169.254.169.254/a.vtt']) {
    assert.equal(JSON.parse((await subtitles(url, sue)).text).refusal.code, 'bad_link', url);
  }
});

test('previews are for people who may enter the room, asked from its own page', async () => {
  const url = 'https://youtu.be/dQw4w9WgXcQ';
  const stranger = new Person(server.url);
  assert.equal((await ask(url, stranger)).status, 401);
  assert.equal((await subtitles(url, stranger)).status, 401);
  assert.equal((await ask(url, ann, 'AAAABBBB')).status, 404);
  assert.equal((await ask(url, ann, 'nonsense')).status, 404);
  const path = `/rooms/${code}/preview?url=${encodeURIComponent(url)}`;
  assert.equal((await ann.request(path, { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
  assert.equal((await ann.request(path, { headers: { 'sec-fetch-site': 'same-origin' } })).status, 200);
  assert.equal((await ann.request(`/rooms/${code}/preview`)).status, 400);
  assert.equal((await ann.request(path, { method: 'POST' })).status, 405);
  // Whoever is blocked gets what an unknown room gets.
  const eve = new Person(server.url);
  await eve.joinRoom(code, 'Eve');
  const [owner, blocked] = [await ann.socket(code), await eve.socket(code)];
  assert.equal((await ask(url, eve)).status, 200);
  assert.equal((await owner.ask({ type: 'participant.block', person: blocked.welcome.you })).type, 'ok');
  await blocked.closed;
  // The block is stored behind the command.
  const end = Date.now() + 5_000;
  while ((await ask(url, eve)).status !== 404) assert.ok(Date.now() < end, 'a blocked person is still answered');
  await owner.close();
});

test('without --allow-private-links nothing inside is asked, also not by a redirect or by a picture', async () => {
  const inside = await site({ '/a.mp4': bytes(mp4({ ms: 1000 }), 'video/mp4'), '/a.vtt': bytes(Buffer.from('WEBVTT'), 'text/vtt'), '/p.jpg': bytes(jpeg, 'image/jpeg'), '/o': json({ title: 'inside' }) });
  const outside = await site({
    '/oembed': (request, response) => {
      if (request.url.includes('redirected_')) return redirect(`${inside.url}/o`)(request, response);
      return json({ title: 'A', thumbnail_url: `${inside.url}/p.jpg` })(request, response);
    },
  });
  const strict = await startServer('--youtube-oembed-url', `${outside.url}/oembed`);
  const person = new Person(strict.url);
  const room = await person.startRoom('Ann');
  const port = new URL(inside.url).port;
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]']) {
    const found = await preview(`http://${host}:${port}/a.mp4`, person, room);
    assert.deepEqual([found.known, found.title, found.refusal], [false, 'a.mp4', undefined], host);
    assert.equal(JSON.parse((await subtitles(`http://${host}:${port}/a.vtt`, person, room)).text).refusal.code, 'bad_link', host);
  }
  const pictured = await preview('https://youtu.be/pictured__1', person, room);
  assert.deepEqual([pictured.title, pictured.picture], ['A', undefined]);
  const redirected = await preview('https://youtu.be/redirected_', person, room);
  assert.deepEqual([redirected.known, redirected.title], [false, undefined]);
  assert.equal(outside.asked.length, 2);
  assert.deepEqual(inside.asked, []);
});

test('the twenty-first link at once must wait, and what is known costs nothing', async () => {
  const own = await startServer('--allow-private-links', 'on');
  const ben = new Person(own.url);
  const room = await ben.startRoom('Ben Quick');
  const files = await site({});
  const began = Date.now();
  let refused;
  let asked = 0;
  // One try comes back every 2 s: a slow machine gets as many more.
  while (!refused && asked < 200) {
    const answer = await ask(`${files.url}/${++asked}.mp4`, ben, room);
    if (answer.status === 429) refused = answer;
  }
  assert.ok(refused, 'never refused');
  assert.ok(asked > 20 && asked <= 21 + (Date.now() - began) / 2000, `${asked} in ${Date.now() - began} ms`);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.equal((await ask(`${files.url}/1.mp4`, ben, room)).status, 200);
  assert.equal(files.asked.length, asked - 1);
});

test('switched off, the server asks nobody', async () => {
  const off = await startServer('--link-previews', 'off', '--allow-private-links', 'on', '--youtube-oembed-url', `${youtube.url}/oembed`);
  const person = new Person(off.url);
  const room = await person.startRoom('Ann');
  const before_ = youtube.asked.length;
  assert.equal((await ask('https://youtu.be/dQw4w9WgXcQ', person, room)).status, 204);
  assert.equal((await subtitles(`${youtube.url}/a.vtt`, person, room)).status, 204);
  assert.equal(youtube.asked.length, before_);
});

test('the server stops in time while a site keeps it waiting', async () => {
  const silent = await rawSite(() => {});
  const other = await startServer('--allow-private-links', 'on');
  const person = new Person(other.url);
  const room = await person.startRoom('Ann');
  const left = ask(`${silent.url}/a.mp4`, person, room).catch(() => 'cut');
  while (silent.open.size === 0) await new Promise((later) => setImmediate(later));
  const began = Date.now();
  assert.deepEqual(await other.stop(), { code: 0, signal: null });
  assert.ok(Date.now() - began < 10_000);
  await left;
});
