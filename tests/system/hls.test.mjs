// Streams as HLS: ffmpeg publishes to the real server, our own reading of RFC 8216 watches every playlist, ffprobe and ffmpeg play what
// there is; publishers change and jump and send rubbish; and whoever may not watch gets nothing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { read, wrongBetween } from './hls_rules.mjs';
import { clip, cookies, Ffmpeg, grows, probe, publish, room, server, start, stop, told } from './streams.mjs';

before(start);
after(stop);

const index = (live) => `/live/${live.id}/hls/index.m3u8`;
const threads = () => readdirSync(`/proc/${server.process.pid}/task`).length;
async function until(want, ms) {
  for (const end = Date.now() + ms; !want();) {
    assert.ok(Date.now() < end, 'not in time');
    await new Promise((done) => { setTimeout(done, 100); });
  }
}
const token_of = async (live) => new URL(JSON.parse((await live.owner.request(`/live/${live.id}/token`, { method: 'POST', form: { csrf: live.csrf } })).text).url).searchParams.get('token');
const bytes_of = async (person, path) => {
  const answer = await fetch(server.url + path, { headers: { cookie: cookies(person) } });
  assert.equal(answer.status, 200, path);
  return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};

// Reads the playlist until `enough`, as a player does; each text is held against the rules, each segment fetched once.
async function follow(live, enough, { person = live.owner, query = '', every = 300 } = {}) {
  const seen = { lists: [], segments: new Map(), inits: new Map(), wrong: [], texts: [] };
  const base = `/live/${live.id}/hls/`;
  for (let turn = 0; turn < 400; turn++) {
    const answer = await person.request(index(live) + query);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('content-type'), 'application/vnd.apple.mpegurl');
    assert.equal(answer.headers.get('cache-control'), 'no-cache');
    const heard = Date.now();
    seen.texts.push(answer.text);
    const list = read(answer.text);
    seen.wrong.push(...list.wrong, ...(seen.lists.length ? wrongBetween(seen.lists.at(-1), list) : []));
    seen.lists.push(list);
    for (const { uri, map } of list.segments) {
      if (!seen.inits.has(map)) seen.inits.set(map, (await bytes_of(person, base + map)).bytes);
      if (seen.segments.has(uri)) continue;
      const { headers, bytes } = await bytes_of(person, base + uri);
      assert.match(headers.get('cache-control'), /immutable/);
      assert.equal(headers.get('content-type'), 'video/mp4');
      seen.segments.set(uri, { late: (heard - list.segments.find((each) => each.uri === uri).date) / 1000, bytes, map, ...list.segments.find((each) => each.uri === uri) });
    }
    if (enough(list, seen)) { assert.deepEqual(seen.wrong, []); return seen; }
    await new Promise((done) => { setTimeout(done, every); });
  }
  throw new Error(`not enough after ${seen.lists.length} playlists, ${seen.segments.size} segments`);
}

// What comes before somebody asks is not in the playlist: the first one waits for it.
async function meanwhile(live, enough, send) {
  const before = threads();
  const following = follow(live, enough);
  await Promise.race([following, until(() => threads() > before, 15_000)]);
  await send();
  return following;
}

// What each init segment begins, in one piece.
function parts(seen) {
  const out = new Map();
  for (const { bytes, map } of seen.segments.values()) out.set(map, Buffer.concat([out.get(map) ?? seen.inits.get(map), bytes]));
  return [...out.values()];
}

test('what ffmpeg publishes is HLS by the rules of RFC 8216, whole, in order, and as long as it lasted; nobody asks, and its thread ends', async () => {
  const live = await room();
  const before = threads();
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  assert.equal(threads(), before, 'nobody has asked');
  const asked = Date.now();
  const seen = await follow(live, (list, { segments }) => segments.size >= 6);
  const wall = (Date.now() - asked) / 1000;
  assert.ok(threads() > before);
  const last = seen.lists.at(-1);
  assert.deepEqual([last.version, last.independent, last.ended], [7, true, false]);
  const [whole] = parts(seen);
  const got = probe('hls.mp4', whole);
  assert.ok(got.video[0].key && grows(got.video) && grows(got.audio), 'times grow');
  const lasted = got.video.at(-1).pts - got.video[0].pts;
  const listed = [...seen.segments.values()].reduce((sum, { duration }) => sum + duration, 0);
  assert.ok(Math.abs(lasted - listed) < 0.2, `${lasted} s of pictures, ${listed} s listed`);
  assert.ok(lasted >= 0.9 * wall, `${lasted} s of pictures in ${wall} s`);
  for (const { uri, bytes, map } of seen.segments.values()) {
    const alone = probe('segment.mp4', Buffer.concat([seen.inits.get(map), bytes]));
    assert.ok(alone.video[0].key, `${uri} begins with a key frame`);
  }
  // From when its last picture came to the server until it is in the playlist: of the segments that were made while we looked on.
  const late = [...seen.segments.values()].slice(2).map((each) => each.late - each.duration).sort((a, b) => a - b);
  assert.ok(late[0] > -0.5 && late[late.length >> 1] < 2, `listed ${late} s after their last picture`);
  console.log(`HLS: ${seen.segments.size} segments of ${last.target} s, ${lasted.toFixed(1)} s of pictures in ${wall.toFixed(1)} s, listed ${late.map((s) => s.toFixed(2))} s after their last picture came`);
  assert.equal((await told(live, (found) => found?.viewers === 1)).viewers, 1, 'one viewer');
  await told(live, (found) => found?.viewers === 0);
  await until(() => threads() === before, 60_000);
  await ffmpeg.kill();
});

test('ffprobe and ffmpeg read the address itself, with a view token that goes on to the segments', async () => {
  const live = await room();
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  const address = `${server.url}${index(live)}?token=${await token_of(live)}`;
  const shown = JSON.parse(await new Promise((done, failed) => {
    execFile('ffprobe', ['-v', 'error', '-show_streams', '-of', 'json', address], (error, out) => (error ? failed(error) : done(out)));
  }));
  assert.deepEqual(shown.streams.map(({ codec_name }) => codec_name).sort(), ['aac', 'h264']);
  const said = await new Promise((done) => {
    execFile('ffmpeg', ['-nostdin', '-v', 'error', '-i', address, '-t', '5', '-f', 'null', '-'], (error, _out, text) => done(`${error ?? ''}${text}`));
  });
  assert.equal(said, '');
  const text = (await new Person(server.url).request(new URL(address).pathname + new URL(address).search)).text;
  assert.ok(read(text).segments.every(({ uri, map }) => uri.includes('?token=') && map.includes('?token=')));
  await ffmpeg.kill();
});

test('another publisher is a discontinuity, and the end of the stream the end of the playlist', async () => {
  const live = await room();
  const first = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  let second; let stopped;
  const seen = await follow(live, (list, { segments }) => {
    if (segments.size >= 2 && !second) {
      first.kill();
      second = new Ffmpeg(`${live.url}?takeover=1`);
    }
    const turn = list.segments.findIndex(({ discontinuity }) => discontinuity);
    if (turn >= 0 && list.segments.length > turn + 2 && !stopped) stopped = second.kill('SIGTERM');
    return list.ended;
  });
  const end = seen.lists.at(-1);
  assert.equal(end.segments.filter(({ discontinuity }) => discontinuity).length, 1);
  assert.equal(new Set(end.segments.map(({ map }) => map)).size, 2);
  for (const part of parts(seen)) {
    const got = probe('part.mp4', part);
    assert.ok(got.video[0].key && grows(got.video) && grows(got.audio));
  }
  await stopped;
});

test('VP9 with Opus from a page is copied, VP8 and MPEG-1 are refused with a word, and the room is told which is which', async () => {
  const lavfi = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-f', 'lavfi', '-i', 'sine'];
  const send = async (codec, more = []) => {
    const live = await room();
    const bytes = clip([...lavfi, '-t', '8', ...codec, '-g', '25', ...more]);
    const publisher = publish(`/ingest/${live.id}/${live.key}`);
    await publisher.write(bytes.subarray(0, bytes.length / 4));
    const stream = await told(live, (found) => found?.online);
    return { live, stream, publisher, rest: bytes.subarray(bytes.length / 4) };
  };
  const vp9 = await send(['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'], ['-live', '1', '-f', 'webm']);
  assert.deepEqual(vp9.stream.forms, ['webm', 'hls']);
  const seen = await meanwhile(vp9.live, (_list, { segments }) => segments.size >= 2, () => vp9.publisher.write(vp9.rest));
  const got = probe('vp9.mp4', parts(seen)[0]);
  assert.ok(got.video[0].key && grows(got.video) && grows(got.audio));
  await vp9.publisher.end();
  for (const [codec, more] of [[['-c:v', 'libvpx', '-c:a', 'libopus'], ['-live', '1', '-f', 'webm']], [['-c:v', 'mpeg1video', '-bf', '0', '-c:a', 'mp2'], ['-f', 'mpegts']]]) {
    const other = await send(codec, more);
    assert.equal(other.stream.forms.length, 1);
    const refused = await other.live.owner.request(index(other.live));
    assert.equal(refused.status, 406);
    assert.equal(JSON.parse(refused.text).error, 'not_in_this_form');
    await other.publisher.end();
  }
});

test('rubbish between packets, clocks that jump and key frames that come late do not end it', async () => {
  const live = await room();
  const made = (seconds, offset, g = 25) => clip(['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-f', 'lavfi', '-i', 'sine', '-t', String(seconds),
    '-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', 'scenecut=0', '-g', String(g), '-c:a', 'aac', '-output_ts_offset', String(offset), '-f', 'mpegts']);
  const publisher = publish(`/ingest/${live.id}/${live.key}`);
  await publisher.write(made(2, 98));
  await told(live, (found) => found?.online);
  const first = await meanwhile(live, (list) => list.segments.length >= 2, () => publisher.write(made(5, 100)));
  const rubbish = Buffer.alloc(40_000, 0);
  for (let i = 0; i < rubbish.length; i++) rubbish[i] = (i * 7919) & 0xff;
  await publisher.write(rubbish);
  for (const offset of [5000, 20, 90_000]) {
    const hurt = Buffer.from(made(5, offset));
    for (let i = 0; i < 20; i++) hurt[(i * 104_729) % hurt.length] ^= 0x55;
    await publisher.write(hurt);
  }
  const later = await follow(live, (list, { inits }) => inits.size >= 3);
  assert.ok(later.lists.at(-1).segments.filter(({ discontinuity }) => discontinuity).length >= 2);
  assert.equal(first.lists[0].target, 2);
  // Key frames that lie further apart than the target duration: the playlist ends, and the next one is made for them.
  await publisher.write(made(30, 200_000, 150));
  const ended = await follow(live, (list) => list.ended);
  assert.equal(ended.lists.at(-1).target, 2);
  const anew = await meanwhile(live, (list) => list.segments.length >= 1, () => publisher.write(made(30, 200_030, 150)));
  assert.equal(anew.lists[0].target, 6);
  await publisher.end();
});

test('HLS is for who may watch: strangers, old tokens, other streams and names that are none get the same 404, and no key is ever told', async () => {
  const live = await room();
  const other = await room();
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  const seen = await follow(live, (list) => list.segments.length >= 1);
  const [{ uri, map }] = seen.lists.at(-1).segments;
  const nobody = new Person(server.url);
  const none = await live.owner.request(`/live/${other.id}/hls/index.m3u8`);
  assert.equal(none.status, 404);
  const paths = [index(live), `/live/${live.id}/hls/${uri}`, `/live/${live.id}/hls/${map}`];
  const asked = [];
  for (const path of paths) {
    asked.push(await nobody.request(path), await other.owner.request(path), await nobody.request(`${path}?token=x`), await nobody.request(`${path}?token=${(await token_of(live)).replace(/.$/, '')}`));
  }
  for (const path of [`/live/${live.id}/hls/x.m4s`, `/live/${live.id}/hls/..m4s`, `/live/${other.id}/hls/${uri}`, '/live/7/hls/index.m3u8', '/live/x/hls/index.m3u8', '/live/4500000000000000/hls/index.m3u8']) {
    asked.push(await live.owner.request(path));
  }
  for (const answer of asked) { assert.equal(answer.status, 404); assert.equal(answer.text, none.text); }
  for (const text of [...seen.texts, ...asked.map((answer) => answer.text + [...answer.headers].join())]) assert.ok(!text.includes(live.key));
  for (const bytes of [...seen.inits.values(), ...[...seen.segments.values()].map((each) => each.bytes)]) assert.ok(!bytes.includes(live.key));
  const head = await live.owner.request(index(live), { method: 'HEAD' });
  assert.deepEqual([head.status, head.text], [200, '']);
  await ffmpeg.kill();
});
