// Streams (.m3u8) by hls.js: for everybody in step, fetched only when one plays, and its refusals as sentences.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CLIP_URL, quantile, startWorld, until } from './harness.mjs';
import { makeClip, makeStream } from './media.mjs';

const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
let world;
before(async () => {
  world = await startWorld();
  const folder = makeStream();
  for (const name of readdirSync(folder)) {
    world.media.add(`/hls/${name}`, join(folder, name));
    world.media.add(`/no-cors/${name}`, join(folder, name));
  }
});
after(() => world?.stop());

const asksForPlayer = (person) => person.requests.filter((url) => url.endsWith('/vendor/hls.js')).length;

/** Their media clocks against each other, on the machine's. */
async function apart(a, b) {
  const [x, y] = await Promise.all([a.video(), b.video()]);
  return Math.abs(x.positionMs - x.at - (y.positionMs - y.at));
}

test('a stream plays, pauses and seeks for both, in step; its player is fetched for it alone', { timeout: 120_000 }, async (t) => {
  const ann = await world.visitor('Ann Stream');
  const ben = await world.visitor('Ben Stream');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  assert.equal(asksForPlayer(ann), 0, 'a file needs no stream player');
  await ann.page.locator('#source-link').fill('http://media.test/hls/index.m3u8');
  await ann.click('Watch this now');
  await until(() => asksForPlayer(ann) === 1 && asksForPlayer(ben) === 1, { what: 'the stream player' });
  await Promise.all([ann.moving(), ben.moving()]);
  await ben.pause();
  await until(async () => {
    const [x, y] = await Promise.all([ann.video(), ben.video()]);
    return x.paused && y.paused && !x.seeking && !y.seeking && Math.abs(x.positionMs - y.positionMs) < 34 && x.frame === y.frame;
  }, { what: 'both on the same frame' });
  await ann.play();
  await Promise.all([ann.moving(), ben.moving()]);
  await ann.seek(40);
  await until(async () => (await Promise.all([ann.video(), ben.video()])).every((v) => v.positionMs > 39_000 && !v.seeking), { what: 'both at 0:40' });
  await Promise.all([ann.moving(), ben.moving()]);
  await until(async () => (await apart(ann, ben)) < 60, { what: 'in step after the seek' });
  t.diagnostic(`${(await apart(ann, ben)).toFixed(1)} ms apart`);
  assert.deepEqual([...ann.problems, ...ben.problems].filter((line) => !line.includes('.map')), []);
});

test('a stream whose site does not let others read it says so', { timeout: 60_000 }, async () => {
  const ann = await world.visitor('Ann Refused');
  await ann.startRoom();
  await ann.watch('http://media.test/no-cors/index.m3u8');
  await until(async () => /CORS/.test(await ann.page.locator('#badge-open').innerText()), { timeoutMs: 30_000, what: 'the sentence' });
});

test('a live stream is played as far behind its edge by everybody', { timeout: 120_000 }, async (t) => {
  // A playlist that grows: every two seconds one more of the clip's segments, the oldest falls out.
  const folder = makeStream();
  const began = Date.now();
  const path = join(world.place.folder, 'live.m3u8');
  const write = () => {
    const last = 8 + Math.floor((Date.now() - began) / 2000), first = Math.max(0, last - 8);
    const parts = Array.from({ length: last - first }, (_, i) => `#EXTINF:2.0,\npart-${String(first + i).padStart(2, '0')}.ts`);
    writeFileSync(path, `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}\n${parts.join('\n')}\n`);
  };
  write();
  const timer = setInterval(write, 250);
  try {
    for (const name of readdirSync(folder)) world.media.add(`/live/${name}`, join(folder, name));
    world.media.add('/live/now.m3u8', path);
    const ann = await world.visitor('Ann Live');
    const ben = await world.visitor('Ben Live');
    await ann.startRoom();
    await ann.watch('http://media.test/live/now.m3u8');
    await ann.moving();
    await ben.openRoom(ann.code);
    await ben.moving();
    // Each page counts a live stream's time from its own beginning: only the pictures tell.
    const pictures = async () => {
      const [x, y] = await Promise.all([ann.video(), ben.video()]);
      return { apartMs: Math.abs((x.frame - y.frame) * (1000 / 60) - (x.at - y.at)), frames: [x.frame, y.frame] };
    };
    const now = await until(async () => {
      const seen = await pictures();
      return seen.apartMs < 2000 && seen;
    }, { timeoutMs: 30_000, what: 'both within a segment of each other' });
    t.diagnostic(`${now.apartMs.toFixed(0)} ms apart`);
    for (const frame of now.frames) assert.ok(frame > 6 * 60, 'nobody began at the oldest segment');
  } finally {
    clearInterval(timer);
  }
});

test('a live stream with programme times shows everybody the same moment, whoever hears of it late', { timeout: 180_000 }, async (t) => {
  // A real live packager: the clip again and again in real time, a segment a second, each with the time it was made.
  const folder = join(world.place.folder, 'timed');
  mkdirSync(folder);
  const packager = spawn('ffmpeg', ['-v', 'error', '-re', '-stream_loop', '-1', '-i', makeClip(), '-c', 'copy', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '12',
    '-hls_flags', 'program_date_time+delete_segments+temp_file', '-hls_delete_threshold', '30', '-hls_segment_filename', join(folder, 'part-%05d.ts'), join(folder, 'timed.m3u8')], { stdio: 'ignore' });
  const ended = new Promise((done) => packager.once('exit', done));
  try {
    await until(() => existsSync(join(folder, 'timed.m3u8')) && readFileSync(join(folder, 'timed.m3u8'), 'utf8').split('#EXTINF').length > 8, { timeoutMs: 40_000, what: 'eight segments' });
    assert.match(readFileSync(join(folder, 'timed.m3u8'), 'utf8'), /PROGRAM-DATE-TIME/);
    world.media.folder('/timed/', folder);
    const ann = await world.visitor('Ann Timed');
    const ben = await world.visitor('Ben Timed');
    const cat = await world.visitor('Cat Timed');
    // Ben's playlist comes late each time, so he must stay further behind than the others would.
    await ben.page.route('**/timed.m3u8', async (route) => { await wait(900); await route.continue(); });
    await ann.startRoom();
    await ann.watch('http://media.test/timed/timed.m3u8');
    await ann.moving();
    await Promise.all([ben.openRoom(ann.code), cat.openRoom(ann.code)]);
    await Promise.all([ben.moving(), cat.moving()]);
    const everybody = [ann, ben, cat];
    // Each page counts a live stream's time from its own beginning: the pictures tell. They come in steps of 16.7 ms, and each is asked
    // for on its own, so a middle of many is told; the clip begins anew every minute.
    const apart = async () => {
      const seen = await Promise.all(everybody.map((p) => p.video()));
      const lag = seen.map((v) => v.at - v.frame * (1000 / 60));
      const against = lag.map((ms) => { const d = (((ms - lag[0]) % 60_000) + 60_000) % 60_000; return d > 30_000 ? d - 60_000 : d; });
      return Math.max(...against) - Math.min(...against);
    };
    const middle = async () => {
      const values = [];
      for (let i = 0; i < 15; i++) { values.push(await apart()); await wait(70); }
      return quantile(values, 0.5);
    };
    const settled = await until(async () => { const ms = await middle(); return ms < 60 && { ms }; }, { timeoutMs: 60_000, what: 'the same moment for everybody' });
    const later = await middle();
    t.diagnostic(`${settled.ms.toFixed(0)} ms apart, then ${later.toFixed(0)} ms`);
    const needs = await Promise.all(everybody.map((p) => p.requests.filter((url) => url.endsWith('.m3u8')).length));
    assert.ok(needs.every((n) => n > 2), 'the playlist was followed');
    assert.ok(later < 100);
  } finally {
    packager.kill('SIGKILL');
    await ended;
  }
});
