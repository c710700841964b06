// A live stream as the room's video, by the real binary: who may, what is refused, what everybody is told, and its end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../e2e/waiting.mjs';
import { Person } from './client.mjs';
import { Ffmpeg, clip, publish, room, server, start, stop, told } from './streams.mjs';

before(start);
after(stop);

const set = async (live, url, socket = live.socket) => socket.ask({ type: 'playback.set', url, base_rev: socket.messages.filter((m) => m.type === 'playback.state' || m.type === 'room.welcome').map((m) => (m.playback ?? m).rev).at(-1), op: 'op' });
const preview = async (live, url) => JSON.parse((await live.owner.request(`/rooms/${live.code}/preview?url=${encodeURIComponent(url)}`)).text);
const on_stage = (m, url) => m.type === 'playback.state' && (m.media?.url ?? '') === url;

test('a stream of the room becomes its video, each member gets its playlist, and when it has ended the queue goes on', async () => {
  const live = await room();
  const path = `/live/${live.id}`;
  const early = await set(live, path);
  assert.deepEqual([early.type, early.code, early.detail], ['error', 'bad_media', 'no_stream'], 'nothing comes yet');
  assert.equal((await preview(live, server.url + path)).refusal.code, 'no_stream');
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found?.forms.includes('hls'));
  const shown = await preview(live, server.url + path);
  assert.deepEqual([shown.kind, shown.title, shown.known], ['stream', 'Garden', true]);

  // Of another room it is what one that does not exist is.
  const other = await room();
  for (const url of [path, '/live/4500000000000000']) {
    const refused = await set(other, server.url + url);
    assert.deepEqual([refused.type, refused.code, refused.detail], ['error', 'bad_media', 'no_stream']);
    assert.match(refused.message, /not live in this room/);
    assert.deepEqual(await preview(other, server.url + url), { refusal: { code: 'no_stream', text: refused.message } });
  }
  assert.equal((await other.owner.request(`${path}/hls/index.m3u8`)).status, 404);

  const ben = new Person(server.url);
  await ben.joinRoom(live.code, 'Ben');
  const socket = await ben.socket(live.code);
  const heard = socket.next((m) => on_stage(m, path));
  assert.equal((await ben.request(path)).location, `/rooms/${live.code}`, 'opened as a page it leads to its room');
  assert.equal((await other.owner.request(path)).status, 404);
  assert.equal((await set(live, server.url + path)).type, 'ok');
  const plays = live.socket.next((m) => on_stage(m, path) && m.phase === 'playing');
  const { media } = await heard;
  assert.deepEqual([media.kind, media.url, media.live], ['stream', path, true]);
  const playlist = await ben.request(`${path}/hls/index.m3u8`);
  assert.equal(playlist.status, 200, playlist.text);
  assert.match(playlist.text, /EXT-X-PROGRAM-DATE-TIME/);
  // The time of a segment's first picture stands in its name, and the programme times are as far apart.
  const { text } = await until(async () => { const now = await ben.request(`${path}/hls/index.m3u8`); return now.text.split('#EXTINF').length > 3 && now; }, { what: 'three segments' });
  const times = [...text.matchAll(/-(\d+)\.m4s/g)].map(([, us]) => Number(us) / 1000);
  const made = [...text.matchAll(/DATE-TIME:(\S+)/g)].map(([, date]) => Date.parse(date));
  for (const i of made.keys()) assert.ok(Math.abs(made[i] - made[0] - (times[i] - times[0])) <= 1, text);
  await plays;

  assert.equal((await live.socket.ask({ type: 'queue.add', url: 'https://example.org/film.mp4' })).type, 'ok');
  const gone = told(live, (found) => found === undefined);
  await ffmpeg.kill('SIGINT');
  await gone;
  const next = socket.next((m) => on_stage(m, 'https://example.org/film.mp4'));
  const rev = live.socket.messages.filter((m) => m.type === 'playback.state').at(-1).rev;
  live.socket.send({ type: 'playback.ended', rev });
  assert.equal((await next).by, '0', 'by the room itself');
  assert.equal((await live.socket.ask({ type: 'queue.add', url: path })).detail, 'no_stream');
  await live.socket.close();
  await socket.close();
});

test('MPEG-1 and single pictures are not for everybody at once, and say so', async () => {
  const live = await room();
  const upload = publish(`/ingest/${live.id}/${live.key}`);
  await upload.write(clip(['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25', '-t', '2', '-c:v', 'mpeg1video', '-bf', '0', '-f', 'mpegts']));
  await told(live, (found) => found?.codecs.includes('mpeg1'));
  const refused = await set(live, `/live/${live.id}`);
  assert.deepEqual([refused.code, refused.detail], ['bad_media', 'stream_coding']);
  assert.match(refused.message, /H\.264/);
  await upload.end();
  await live.socket.close();
});
