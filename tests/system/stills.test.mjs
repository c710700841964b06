// The still of a stream whose publisher sends none: made while somebody asks, for who may watch.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { clip, cookies, Ffmpeg, publish, room, server, start, stop, told } from './streams.mjs';

before(start);
after(stop);

const still = async (live, person = live.owner) => {
  const answer = await fetch(`${server.url}/live/${live.id}/thumb.jpg`, { headers: { cookie: cookies(person) } });
  return { status: answer.status, type: answer.headers.get('content-type'), bytes: Buffer.from(await answer.arrayBuffer()) };
};
const size_of = (bytes) => execFileSync('ffprobe', ['-v', 'error', '-f', 'mjpeg', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', '-'], { input: bytes, encoding: 'utf8' }).trim();

test('a program’s stream has a still of its newest key frame, the same for ten seconds, then another', { timeout: 90_000 }, async () => {
  const live = await room();
  const ffmpeg = new Ffmpeg(live.url);
  await told(live, (found) => found?.online);
  const began = Date.now();
  const [first, beside] = await Promise.all([still(live), still(live)]);
  assert.deepEqual([first.status, first.type, size_of(first.bytes)], [200, 'image/jpeg', 'mjpeg,480,360']);
  assert.ok(beside.bytes.equals(first.bytes), 'one child for both');
  let next = await still(live);
  for (; next.bytes.equals(first.bytes); next = await still(live)) {
    assert.ok(Date.now() - began < 45_000, 'no other still came');
    await new Promise((done) => { setTimeout(done, 250); });
  }
  assert.ok(Date.now() - began > 10_000, `another one after ${Date.now() - began} ms`);
  assert.equal(size_of(next.bytes), 'mjpeg,480,360');
  assert.equal((await still(live, new Person(server.url))).status, 404);
  await ffmpeg.kill();
});

test('WebM has one, sound alone and what cannot be decoded have none, and the stream goes on', async () => {
  const made = (args) => clip([...args, '-t', '2']);
  const vp8 = await room();
  const one = publish(`/ingest/${vp8.id}/${vp8.key}`);
  await one.write(made(['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-c:v', 'libvpx', '-g', '25', '-live', '1', '-f', 'webm']));
  await told(vp8, (found) => found?.online);
  // A machine that is busy may not make it in time; then the next question does.
  let got = await still(vp8);
  for (let turn = 0; got.status !== 200 && turn < 60; turn++) {
    await new Promise((done) => { setTimeout(done, 500); });
    got = await still(vp8);
  }
  assert.equal(size_of(got.bytes), 'mjpeg,480,360');
  const sound = await room();
  const two = publish(`/ingest/${sound.id}/${sound.key}`);
  await two.write(made(['-f', 'lavfi', '-i', 'sine', '-c:a', 'aac', '-f', 'mpegts']));
  await told(sound, (found) => found?.online);
  assert.equal((await still(sound)).status, 404);
  assert.ok(await told(sound, (found) => found?.online));
  await Promise.all([one.end(), two.end()]);
});
