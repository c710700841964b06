// The sample clips of a first start: made by a child in the background, once, and left out where there is no ffmpeg.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../e2e/waiting.mjs';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

const samples = ['--library-samples', 'on'];
const list = async (person) => JSON.parse((await person.request('/library/items')).text).items;

test('a first start draws the first clip while the server serves, a stop ends the drawing at once, and the next start goes on with the second', { timeout: 120_000 }, async () => {
  const place = temporaryFolder();
  let server = await Server.start({ data: place.folder, args: samples }).ready;
  try {
    const person = new Person(server.url);
    assert.equal((await person.signUp('Anna')).status, 303);
    assert.deepEqual(await list(person), []);
    const [clip] = await until(async () => { const items = await list(person); return items.length && items; }, { timeoutMs: 90_000, everyMs: 200, what: 'the first sample' });
    assert.equal(clip.title, 'Sample: in step, second by second');
    assert.equal(clip.duration_ms, 30_000);
    assert.ok(clip.picture);
    const begun = Date.now();
    assert.equal((await server.stop()).code, 0);
    assert.ok(Date.now() - begun < 10_000);
    server = await Server.start({ data: place.folder, args: samples }).ready;
    person.base = server.url;
    assert.deepEqual((await list(person)).map(({ id }) => id), [clip.id], 'a clip is made once');
  } finally {
    await server.kill();
    place.remove();
  }
});

test('without ffmpeg the samples are left out, and the log says so', { timeout: 60_000 }, async () => {
  const place = temporaryFolder();
  const server = await Server.start({ data: place.folder, args: samples, env: { PATH: place.folder } }).ready;
  try {
    await until(() => /no sample clips, because there is no ffmpeg/.test(server.log), { what: 'the line in the log' });
    assert.match(server.log, /without ffprobe and ffmpeg videos are taken by their first bytes alone/);
  } finally {
    await server.kill();
    place.remove();
  }
});
