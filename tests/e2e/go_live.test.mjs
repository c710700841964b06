// Going live from a page, with a camera whose pictures are numbered, and what the others see of it; and a program that sends MPEG-TS.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { quantile, screenshots, until } from './harness.mjs';
import { behindCamera, goLive, moving, numberIn, startCameraWorld } from './live_picture.mjs';
import { sizes, violations } from './looks.mjs';
import { CLIP, makeClip } from './media.mjs';

let world;
before(async () => { world = await startCameraWorld(); });
after(() => world?.stop());

async function streamer(name) {
  const person = await world.visitor(name, { permissions: ['camera', 'microphone'] });
  return person;
}

test('somebody’s camera is on everybody’s stage a moment later, and End ends it', { timeout: 180_000 }, async (t) => {
  const ann = await streamer('Ann Camera');
  const ben = await world.visitor('Ben Watches');
  await ben.openRoom(await ann.startRoom());
  await ann.page.locator('#go-live').click();
  await until(async () => (await numberIn(ann, '#go-live-preview')) !== null, { what: 'the preview' });
  await until(() => ann.page.evaluate(() => document.querySelector('.go-live-level').value > 0.2), { what: 'the microphone is heard' });
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-go-live');
  await ann.page.keyboard.press('Escape');
  await goLive(ann);
  await Promise.all([moving(ann), moving(ben)]);
  await until(async () => (await ben.page.locator('#live-bar').getAttribute('data-state')) === 'live', { what: 'the bar says live' });
  assert.match(await ben.page.locator('#live-name').innerText(), /Ann Camera’s camera/);
  await until(async () => /You are live · 0:\d\d · 2 watching/.test(await ann.page.locator('#live-own-text').innerText()), { what: 'how many watch' });
  assert.equal(await ann.page.evaluate('document.querySelector("#live-video").muted'), true, 'nobody hears themselves');
  assert.deepEqual(await violations(ben.page), []);
  await screenshots(ben.page, 'room-live-camera');
  await screenshots(ann.page, 'room-live-own');

  const behind = await behindCamera(ann, ben, { times: 30, everyMs: 100 });
  t.diagnostic(`browser to browser, camera to picture: ${quantile(behind, 0.5).toFixed(0)} / ${quantile(behind, 0.95).toFixed(0)} ms (p50 / p95 of ${behind.length})`);
  assert.ok(quantile(behind, 0.5) < 6_000);

  await ann.page.locator('#live-own-end').click();
  await until(async () => /has ended/.test(await ben.page.locator('#live-note-text').innerText()), { what: 'the end' });
  assert.equal(await ann.page.locator('#live-own').isVisible(), false);
  assert.deepEqual([...ann.problems, ...ben.problems], []);
  for (const person of [ann, ben]) await person.close();
});

test('who chooses between streams sees a picture of each', { timeout: 180_000 }, async () => {
  const [ann, ben] = [await streamer('Ann One'), await streamer('Ben Two')];
  await ben.openRoom(await ann.startRoom());
  await goLive(ann);
  await goLive(ben);
  const late = await world.visitor('Late Looks');
  await late.openRoom(ann.code);
  await moving(late);
  const stills = late.page.locator('.live-choice img');
  await until(async () => (await stills.count()) === 2 && (await stills.evaluateAll((all) => all.every((img) => !img.hidden && img.complete && img.naturalWidth === 320 && img.naturalHeight > 100))), { timeoutMs: 30_000, what: 'two pictures' });
  // A picture, not a black area.
  const shades = await stills.first().evaluate((img) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 });
    const context = canvas.getContext('2d');
    context.drawImage(img, 0, 0, 32, 18);
    return new Set(context.getImageData(0, 0, 32, 18).data.filter((_, i) => i % 4 < 3)).size;
  });
  assert.ok(shades > 8, `${shades} shades`);
  assert.deepEqual(await violations(late.page), []);
  await screenshots(late.page, 'room-live-stills');
  const { size, status } = await late.page.evaluate(async () => {
    const answer = await fetch(document.querySelector('.live-choice img').src);
    return { status: answer.status, size: (await answer.blob()).size };
  });
  assert.equal(status, 200);
  assert.ok(size > 1_000 && size <= 128 * 1024, `${size} bytes`);
  await ann.page.locator('#live-own-end').click();
  await ben.page.locator('#live-own-end').click();
  assert.deepEqual([...ann.problems, ...ben.problems, ...late.problems], []);
  for (const person of [ann, ben, late]) await person.close();
});

test('a line that is away for some seconds cuts nothing out, and a late joiner sees a picture soon', { timeout: 180_000 }, async (t) => {
  const ann = await streamer('Ann Tunnel');
  const code = await ann.startRoom();
  await goLive(ann);
  await moving(ann);
  await ann.context.setOffline(true);
  await until(async () => /connection is away/.test(await ann.page.locator('#live-own-text').innerText()), { what: 'the word about the line' });
  await ann.context.setOffline(false);
  await until(async () => /You are live/.test(await ann.page.locator('#live-own-text').innerText()), { timeoutMs: 20_000, what: 'live again' });
  const late = await world.visitor('Late');
  await late.openRoom(code);
  const opened = Date.now();
  await moving(late);
  t.diagnostic(`a late joiner sees it move ${Date.now() - opened} ms after the room was there`);
  for (const person of [ann, late]) await person.close();
});

test('what stands in the way of a camera is said where its picture would be', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Refuses');
  await ann.startRoom();
  await ann.page.locator('#go-live').click();
  await until(async () => /does not let Matinee use your camera/.test(await ann.page.locator('.go-live-over').innerText()), { what: 'the refusal' });
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-go-live-refused');
  await ann.context.grantPermissions(['camera', 'microphone'], { origin: world.url });
  await ann.page.getByRole('button', { name: 'Try again' }).click();
  await until(async () => (await numberIn(ann, '#go-live-preview')) !== null, { what: 'the preview after all' });
  await ann.page.keyboard.press('Escape');
  assert.equal(await ann.page.evaluate('document.querySelector("#go-live-preview").srcObject'), null, 'the camera is let go');
  await ann.close();
});

test('who may not go live has no button for it', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Stage');
  const ben = await world.visitor('Ben Audience');
  await ben.openRoom(await ann.startRoom());
  await ben.page.locator('#go-live').waitFor();
  await ann.openSettings();
  await ann.page.locator('input[name="preset"][value="stage"]').check();
  await ann.click('Save');
  await ben.page.locator('#go-live').waitFor({ state: 'hidden' });
  assert.equal(await ann.page.locator('#go-live').isVisible(), true);
  for (const person of [ann, ben]) await person.close();
});

test('what ffmpeg sends as MPEG-TS plays on the stage', { timeout: 180_000 }, async (t) => {
  const ann = await world.visitor('Ann Program');
  const code = await ann.startRoom();
  const made = await ann.page.evaluate(async () => {
    const page = JSON.parse(document.querySelector('meta[name="matinee-room"]').getAttribute('content'));
    const answer = await fetch(`/rooms/${page.code}/streams`, { method: 'POST', body: new URLSearchParams({ csrf: page.csrf, name: 'Garden', kind: 'feed' }) });
    return { status: answer.status, ...(await answer.json()) };
  });
  assert.ok(made.key, JSON.stringify(made));
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-re', '-stream_loop', '-1', '-i', makeClip(), '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '30', '-r', '30',
    '-c:a', 'aac', '-f', 'mpegts', `${world.server.url}/ingest/${made.id}/${made.key}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  ffmpeg.stderr.on('data', (data) => { said += data; });
  try {
    const ben = await world.visitor('Ben Garden');
    await ben.openRoom(code);
    await Promise.all([moving(ann), moving(ben)]);
    const ahead = [];
    for (let i = 0; i < 20; i++) {
      const [a, b] = await Promise.all([numberIn(ann, '#live-video'), numberIn(ben, '#live-video')]);
      if (a !== null && b !== null) ahead.push((Math.abs(a - b) * 1000) / CLIP.fps);
      await new Promise((later) => setTimeout(later, 50));
    }
    t.diagnostic(`two pages are ${quantile(ahead, 0.5).toFixed(0)} ms apart (p50)`);
    await screenshots(ben.page, 'room-live-program');
    assert.deepEqual(ben.problems, []);
    await ben.close();
  } finally {
    ffmpeg.kill('SIGINT');
  }
  assert.equal(said, '');
  await ann.close();
});

test('the page of what is live shows it to who has an account, and follows', { timeout: 180_000 }, async () => {
  const ann = await streamer('Ann On Air');
  await ann.signUp();
  await ann.goto('/live');
  assert.match(await ann.page.locator('#live-list').innerText(), /Nothing is live/);
  assert.deepEqual(await sizes(ann.page, 'live-none'), []);
  await ann.startRoom();
  const list = await ann.context.newPage();
  await list.goto(`${world.url}/live`);
  await goLive(ann);
  await moving(ann);
  const card = list.locator('.video-card');
  // The page looks again every ten seconds.
  await card.waitFor({ timeout: 30_000 });
  assert.match(await card.innerText(), /Ann On Air’s camera[^]*in Ann On Air’s room|Ann On Air’s camera[^]*in Ann/);
  assert.deepEqual(await sizes(list, 'live'), []);
  await card.getByRole('link').focus();
  await ann.page.locator('#live-own-end').click();
  await card.waitFor({ state: 'detached', timeout: 30_000 });
  assert.deepEqual(ann.problems, []);
  await ann.close();
});

/** A stream with a key, of whoever has this page open. */
const makeFeed = (person, name) => person.page.evaluate(async (called) => {
  const page = JSON.parse(document.querySelector('meta[name="matinee-room"]').getAttribute('content'));
  const answer = await fetch(`/rooms/${page.code}/streams`, { method: 'POST', body: new URLSearchParams({ csrf: page.csrf, name: called, kind: 'feed' }) });
  return { status: answer.status, ...(await answer.json()) };
}, name);

const GRID = { width: 320, height: 180, bits: 10, fps: 30 };

/** A picture of its number: ten squares, white for 1. */
function numbered(number) {
  const picture = Buffer.alloc(GRID.width * GRID.height, 16);
  const side = GRID.width / GRID.bits;
  for (let bit = 0; bit < GRID.bits; bit++) {
    if (!((number >> bit) & 1)) continue;
    for (let y = 0; y < GRID.height; y++) picture.fill(235, y * GRID.width + bit * side, y * GRID.width + (bit + 1) * side);
  }
  return picture;
}

test('MPEG-1 in MPEG-TS is decoded by the page, a moment after it was made', { timeout: 180_000 }, async (t) => {
  const ann = await world.visitor('Ann Old Camera');
  const code = await ann.startRoom();
  const made = await makeFeed(ann, 'Old camera');
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-fflags', 'nobuffer', '-probesize', '32', '-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${GRID.width}x${GRID.height}`, '-r', String(GRID.fps), '-i', 'pipe:0',
    '-c:v', 'mpeg1video', '-pix_fmt', 'yuv420p', '-b:v', '1M', '-g', '15', '-bf', '0', '-flush_packets', '1', '-muxdelay', '0', '-f', 'mpegts', `${world.server.url}/ingest/${made.id}/${made.key}`],
  { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  ffmpeg.stderr.on('data', (data) => { said += data; });
  ffmpeg.stdin.on('error', () => {});
  const ended = new Promise((done) => ffmpeg.once('exit', done));
  const made_at = [];
  const camera = setInterval(() => {
    ffmpeg.stdin.write(numbered(made_at.length % (1 << GRID.bits)));
    made_at.push(Date.now());
  }, 1_000 / GRID.fps);
  try {
    const ben = await world.visitor('Ben Old Camera');
    await ben.openRoom(code);
    const seen = (ms) => ben.page.evaluate(async ({ bits, ms: span }) => {
      const canvas = document.querySelector('#live-picture');
      const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const first = {};
      const until = performance.now() + span;
      while (performance.now() < until) {
        await new Promise((later) => { setTimeout(later, 5); });
        if (canvas.width < 100) continue;
        context.canvas.width = canvas.width;
        context.drawImage(canvas, 0, canvas.height >> 1, canvas.width, 1, 0, 0, canvas.width, 1);
        const row = context.getImageData(0, 0, canvas.width, 1).data;
        let number = 0;
        for (let bit = 0; bit < bits; bit++) if (row[Math.round((canvas.width / bits) * (bit + 0.5)) * 4] > 128) number |= 1 << bit;
        first[number] ??= Date.now();
      }
      return first;
    }, { bits: GRID.bits, ms });
    await until(async () => (await ben.page.locator('#live-bar').getAttribute('data-state')) === 'live', { timeoutMs: 30_000, what: 'the bar says live' });
    await seen(1_000);
    const first = await seen(6_000);
    const late = Object.entries(first).map(([number, at]) => at - (made_at[Number(number)] ?? Infinity)).filter((ms) => ms >= 0 && ms < 60_000).slice(2);
    assert.ok(late.length > 60, `${late.length} pictures in 6 s`);
    t.diagnostic(`MPEG-1, capture to picture: ${quantile(late, 0.5)} / ${quantile(late, 0.95)} ms (p50 / p95 of ${late.length}; asked 300)`);
    assert.ok(quantile(late, 0.5) < 2_000);
    assert.equal(await ben.page.locator('#live-name').innerText(), 'Old camera');
    assert.deepEqual(await violations(ben.page), []);
    await screenshots(ben.page, 'room-live-mpeg1');
    assert.deepEqual([...ann.problems, ...ben.problems], []);
    await ben.close();
  } finally {
    clearInterval(camera);
    // It waits for its next picture, also when it is told to stop.
    ffmpeg.stdin.end();
    await ended;
  }
  assert.equal(said, '');
  await ann.close();
});

test('the sound of MPEG-1 is played in the page, and can be switched off there', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Old Sound');
  await ann.page.addInitScript(() => {
    window.pieces = 0;
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function count(...when) { window.pieces += 1; return start.apply(this, when); };
  });
  const ben = await world.visitor('Ben Old Sound');
  await ann.openRoom(await ben.startRoom());
  const made = await makeFeed(ben, 'Old film');
  const ffmpeg = spawn('ffmpeg', ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-re', '-f', 'lavfi', '-i', 'sine=sample_rate=44100', '-c:v', 'mpeg1video', '-b:v', '1M', '-g', '15', '-bf', '0',
    '-c:a', 'mp2', '-f', 'mpegts', `${world.server.url}/ingest/${made.id}/${made.key}`], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const pieces = () => ann.page.evaluate('window.pieces');
    await until(async () => (await pieces()) > 20, { timeoutMs: 30_000, what: 'the sound' });
    await ann.page.locator('#live-mute').click();
    const off = await pieces();
    await until(async () => (await ann.page.locator('#live-facts').innerText()).includes('fps'), { what: 'the pictures going on' });
    assert.ok((await pieces()) <= off + 1, 'switched off');
    await ann.page.locator('#live-mute').click();
    await until(async () => (await pieces()) > off + 10, { what: 'the sound again' });
    assert.deepEqual(ann.problems, []);
  } finally {
    ffmpeg.kill('SIGINT');
  }
  for (const person of [ann, ben]) await person.close();
});

test('a key for a program is made by a name and Enter, shown once; its stream is renamed, ended, given another key and deleted', { timeout: 180_000 }, async () => {
  const ann = await streamer('Ann Keys');
  await ann.startRoom();
  await ann.page.locator('#go-live').click();
  await ann.page.getByText('OBS or ffmpeg').click();
  await ann.page.locator('#feed-name').fill('Garden');
  await ann.page.keyboard.press('Enter');
  const address = await until(() => ann.page.locator('#feed-address').inputValue(), { what: 'the address' });
  assert.match(address, /^http:\/\/[^/]+\/ingest\/\d+\/[\w-]{43}$/);
  assert.ok((await ann.page.locator('#feed-line').inputValue()).endsWith(address));
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-go-live-key');
  const row = ann.page.locator('.feeds-one');
  assert.match(await row.innerText(), /Garden[^]*Nothing is sent/);
  // Another name, by Enter; Escape gives it up and leaves the dialog open.
  await ann.page.getByRole('button', { name: 'Rename Garden' }).click();
  await ann.page.locator('#feed-rename').fill('Meadow');
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'Rename Garden' }).click();
  await ann.page.locator('#feed-rename').fill('Meadow');
  await ann.page.keyboard.press('Enter');
  await ann.page.getByRole('button', { name: 'Rename Meadow' }).waitFor();
  // While it runs its row says so; an end takes its key, another key lets it begin anew.
  // The address is that of this machine in its network, where this server does not listen.
  const program = (to) => spawn('ffmpeg', ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', makeClip(), '-c', 'copy', '-f', 'mpegts', world.server.url + new URL(to).pathname], { stdio: 'ignore' });
  const first = program(address);
  const gone = new Promise((done) => first.once('exit', done));
  await until(async () => /Live · \d+ watching/.test(await row.innerText()), { timeoutMs: 20_000, what: 'that it is live' });
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-go-live-streams');
  await ann.page.getByRole('button', { name: 'End Meadow' }).click();
  await ann.page.locator('#confirm-do').click();
  await gone;
  await until(async () => /Ended/.test(await row.innerText()), { what: 'that it has ended' });
  await ann.page.getByRole('button', { name: 'New key for Meadow' }).click();
  await ann.page.locator('#confirm-do').click();
  const again = await until(async () => { const value = await ann.page.locator('#feed-address').inputValue(); return value !== address && value; }, { what: 'another address' });
  const second = program(again);
  await until(async () => /Live · /.test(await row.innerText()), { timeoutMs: 20_000, what: 'that it is live again' });
  second.kill('SIGKILL');
  await ann.page.getByRole('button', { name: 'Delete Meadow' }).click();
  await ann.page.locator('#confirm-do').click();
  await ann.page.locator('.feeds-one').waitFor({ state: 'detached' });
  assert.equal(await ann.page.locator('#feed-address').count(), 0, 'the key is not shown any more');
  assert.deepEqual(ann.problems, []);
  await ann.close();
});
