// A live stream of the room as its video: everybody sees the same moment, pauses and comes back to it, and it ends for all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { CLIP_URL, quantile, screenshots, startWorld, until } from './harness.mjs';
import { moving as movesOnStage } from './live_picture.mjs';
import { violations } from './looks.mjs';
import { CLIP, makeClip } from './media.mjs';

const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
let world;
before(async () => { world = await startWorld(); });
after(() => world?.stop());

const makeFeed = (person, name) => person.page.evaluate(async (called) => {
  const page = JSON.parse(document.querySelector('meta[name="matinee-room"]').getAttribute('content'));
  const answer = await fetch(`/rooms/${page.code}/streams`, { method: 'POST', body: new URLSearchParams({ csrf: page.csrf, name: called, kind: 'feed' }) });
  return answer.json();
}, name);

/** The clip whose pictures carry their number, sixty a second, in real time. */
function publish(made, coding = ['-c:v', 'copy', '-c:a', 'copy']) {
  const ffmpeg = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', makeClip(), ...coding, '-f', 'mpegts', `${world.server.url}/ingest/${made.id}/${made.key}`], { stdio: 'ignore' });
  const ended = new Promise((done) => ffmpeg.once('exit', done));
  return { stop: (signal = 'SIGINT') => { ffmpeg.kill(signal); return ended; } };
}

/** How far apart what several people see is, ms: numbers of pictures against the times at which they were read. The clip begins anew every minute. */
async function apart(people) {
  const seen = await Promise.all(people.map((p) => p.video()));
  if (seen.some((v) => v?.frame == null)) return Infinity;
  const lag = seen.map((v) => v.at - v.frame * (1000 / CLIP.fps));
  const against = lag.map((ms) => { const d = (((ms - lag[0]) % 60_000) + 60_000) % 60_000; return d > 30_000 ? d - 60_000 : d; });
  return Math.max(...against) - Math.min(...against);
}
async function middle(people, times = 15) {
  const values = [];
  for (let i = 0; i < times; i++) {
    values.push(await apart(people));
    await wait(70);
  }
  return quantile(values, 0.5);
}
const same = (people, what) => until(async () => { const ms = await middle(people); return ms < 60 && { ms }; }, { timeoutMs: 60_000, what });
const onStage = (person) => person.page.evaluate('document.querySelector("#main").dataset.media');

test('a stream is watched together: the same moment for everybody, also for who comes late, after a pause and to its end', { timeout: 300_000 }, async (t) => {
  const ann = await world.visitor('Ann Together');
  const ben = await world.visitor('Ben Together');
  await ben.openRoom(await ann.startRoom());
  const made = await makeFeed(ann, 'Garden');
  const ffmpeg = publish(made);
  try {
    await movesOnStage(ann);
    await screenshots(ann.page, 'room-stream-beside');
    await ann.click('Watch together');
    await Promise.all([ann, ben].map((p) => until(async () => (await onStage(p)) === 'stream', { what: 'the room’s video' })));
    await Promise.all([ann, ben].map((p) => p.moving('video', 40_000)));
    const began = await same([ann, ben], 'the same moment for both');
    assert.equal(await ann.page.locator('#live').isHidden(), true, 'not beside itself');
    assert.equal(await ann.page.locator('#live-chip').isHidden(), true);

    const cat = await world.visitor('Cat Late');
    const opened = Date.now();
    await cat.openRoom(ann.code);
    await cat.moving('video', 30_000);
    const late = Date.now() - opened;
    const three = await same([ann, ben, cat], 'the same moment for who came late');
    const values = [];
    for (let i = 0; i < 40; i++) {
      values.push(await apart([ann, ben, cat]));
      await wait(100);
    }
    t.diagnostic(`two pages ${began.ms.toFixed(0)} ms apart; with a third, who moved ${late} ms after coming, ${three.ms.toFixed(0)} ms; then p50 ${quantile(values, 0.5).toFixed(0)}, p95 ${quantile(values, 0.95).toFixed(0)} ms of ${values.length}`);
    assert.ok(quantile(values, 0.5) < 100, `${quantile(values, 0.5)} ms`);
    assert.deepEqual(await violations(ben.page), []);
    await screenshots(ben.page, 'room-stream-together');

    await ben.pause();
    await Promise.all([ann, ben, cat].map((p) => p.standing()));
    const stood = await until(async () => {
      const frames = (await Promise.all([ann, ben, cat].map((p) => p.video()))).map((v) => v.frame);
      return frames.every((frame) => Math.abs(frame - frames[0]) <= 1) && frames;
    }, { timeoutMs: 10_000, what: 'the same picture for everybody' }).catch(async (error) => {
      throw new Error(`${error.message}: ${JSON.stringify((await Promise.all([ann, ben, cat].map((p) => p.video()))).map((v) => v.frame))}`);
    });
    t.diagnostic(`paused on pictures ${stood.join(', ')}`);
    await screenshots(cat.page, 'room-stream-paused');
    await wait(3_000);
    await cat.page.getByRole('button', { name: 'Go to live', exact: true }).click();
    await Promise.all([ann, ben, cat].map((p) => p.moving('video', 20_000)));
    const again = await same([ann, ben, cat], 'the same moment after a pause');
    t.diagnostic(`${again.ms.toFixed(0)} ms apart after the pause`);

    await ffmpeg.stop();
    await Promise.all([ann, ben, cat].map((p) => until(async () => (await onStage(p)) !== 'stream', { timeoutMs: 40_000, what: 'the end' })));
    await until(async () => /Garden has ended/.test(await cat.page.locator('#live-note-text').innerText()), { what: 'its name and that it has ended' });
    await screenshots(cat.page, 'room-stream-over');
    assert.deepEqual([...ann.problems, ...ben.problems, ...cat.problems].filter((line) => !/404|\.map/.test(line)), []);
  } finally {
    await ffmpeg.stop('SIGKILL');
  }
  for (const person of [ann, ben]) await person.close();
});

test('a stream’s link stands for it, also in the queue, and the queue goes on after it', { timeout: 180_000 }, async () => {
  const ann = await world.visitor('Ann Link');
  await ann.startRoom();
  const link = ann.page.locator('#source-link');
  const made = await makeFeed(ann, 'Garden');
  await ann.watch(`${world.url}/live/${made.id}`);
  await until(async () => /not live in this room/.test(await ann.page.locator('#source-error').innerText()), { what: 'that it is not live' });
  const ffmpeg = publish(made);
  try {
    await movesOnStage(ann);
    await ann.watch(`${world.url}/live/${made.id}`);
    await ann.moving('video', 40_000);
    await link.fill(CLIP_URL);
    await ann.click('Add to queue');
    await until(async () => /clip\.mp4/.test(await ann.page.locator('#queue-list').innerText()), { what: 'the clip in the queue' });
    // Cut off: it is waited for.
    await ffmpeg.stop('SIGKILL');
    await until(async () => /Garden is away/.test(await ann.page.locator('#stage-away').innerText()), { timeoutMs: 20_000, what: 'that it is away' });
    await screenshots(ann.page, 'room-stream-away');
    const second = publish(made);
    await until(() => ann.page.locator('#stage-away').isHidden(), { timeoutMs: 20_000, what: 'that it is back' });
    await ann.moving('video', 40_000);
    await second.stop();
    await until(async () => (await onStage(ann)) === 'file', { timeoutMs: 60_000, what: 'the next in the queue' });
    await ann.moving();
  } finally {
    await ffmpeg.stop('SIGKILL');
  }
  await ann.close();
});

test('what cannot be lined up for everybody says so, and is watched beside the video', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Pictures');
  await ann.startRoom();
  const made = await makeFeed(ann, 'Old camera');
  const ffmpeg = publish(made, ['-an', '-c:v', 'mpeg1video', '-r', '30', '-b:v', '1M']);
  try {
    await until(async () => (await ann.page.locator('#live-bar').getAttribute('data-state')) === 'live', { timeoutMs: 30_000, what: 'the picture' });
    await ann.click('Watch together');
    await until(async () => /Only H\.264/.test(await ann.page.locator('#notice-text').innerText()), { what: 'the sentence' });
    await screenshots(ann.page, 'room-stream-refused');
  } finally {
    await ffmpeg.stop('SIGKILL');
  }
  await ann.close();
});
