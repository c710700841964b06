// A live stream as HLS in the room page: what is shown when the other forms do not get through, and how far behind it is.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { quantile, until } from './harness.mjs';
import { behindCamera, goLive, moving, startCameraWorld } from './live_picture.mjs';
import { makeClip } from './media.mjs';

let world;
before(async () => { world = await startCameraWorld(); });
after(() => world?.stop());

/** The three tries that fail come first. */
const moves = (person) => moving(person, 60_000);

/** A line that lets no live socket through, only requests. */
async function withoutSockets(person) {
  await person.context.addInitScript(() => {
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
      constructor(url, ...more) { super(String(url).replace(/(\/live\/\d+\/)(media|ts)$/, '$1none'), ...more); }
    };
  });
}
const asks = (person) => person.requests.filter((url) => /\/live\/\d+\/hls\/[^/]+\.m4s$/.test(url)).length;

test('a camera is on the stage by HLS where its socket does not get through, less than six seconds behind', { timeout: 180_000 }, async (t) => {
  const ann = await world.visitor('Ann Camera', { permissions: ['camera', 'microphone'] });
  const ben = await world.visitor('Ben Requests');
  await withoutSockets(ben);
  await ben.openRoom(await ann.startRoom());
  await goLive(ann);
  const began = Date.now();
  await moves(ben);
  t.diagnostic(`moves by HLS after ${Date.now() - began} ms`);
  assert.ok(asks(ben) > 0, 'by segments');
  await until(async () => (await ben.page.locator('#live-bar').getAttribute('data-state')) === 'live', { what: 'the bar says live' });
  const behind = await behindCamera(ann, ben, { times: 60, everyMs: 200 });
  t.diagnostic(`HLS, camera to picture: ${quantile(behind, 0.5).toFixed(0)} / ${quantile(behind, 0.95).toFixed(0)} ms (p50 / p95 of ${behind.length})`);
  assert.ok(quantile(behind, 0.5) < 6_000);
  await ann.page.locator('#live-own-end').click();
  await until(async () => /has ended/.test(await ben.page.locator('#live-note-text').innerText()), { timeoutMs: 20_000, what: 'the end' });
  assert.deepEqual(ann.problems, []);
  for (const person of [ann, ben]) await person.close();
});

test('what a program sends plays by HLS, and goes on when another publisher takes over', { timeout: 180_000 }, async () => {
  const ann = await world.visitor('Ann Program');
  await withoutSockets(ann);
  await ann.startRoom();
  const made = await ann.page.evaluate(async () => {
    const page = JSON.parse(document.querySelector('meta[name="matinee-room"]').getAttribute('content'));
    const answer = await fetch(`/rooms/${page.code}/streams`, { method: 'POST', body: new URLSearchParams({ csrf: page.csrf, name: 'Garden', kind: 'feed' }) });
    return answer.json();
  });
  const publish = (more = '') => spawn('ffmpeg', ['-v', 'error', '-re', '-stream_loop', '-1', '-i', makeClip(), '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30', '-r', '30',
    '-c:a', 'aac', '-f', 'mpegts', `${world.server.url}/ingest/${made.id}/${made.key}${more}`], { stdio: 'ignore' });
  const first = publish();
  let second;
  try {
    await moves(ann);
    const before = asks(ann);
    assert.ok(before > 0);
    second = publish('?takeover=1');
    await until(() => asks(ann) > before + 4, { timeoutMs: 40_000, what: 'segments of the second one' });
    await moves(ann);
  } finally {
    first.kill('SIGKILL');
    second?.kill('SIGKILL');
  }
  await ann.close();
});
