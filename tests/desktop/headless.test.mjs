// Two desktop programs as separate processes with the real server between them: pictures arrive as they were sent, and what
// goes wrong ends with its own code and a sentence.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FILM, World, makeFilm, numbersIn } from './desktop.mjs';

let world, film;
before(async () => {
  world = await World.start();
  film = makeFilm(join(world.place.folder, 'film.mp4'), 4);
});
after(() => world?.stop());

test('a film sent by one program arrives at another as pictures with their numbers, and both end well', async () => {
  const viewer = world.run(['watch', ...await world.pair(await world.guest('Grace')), '--headless', '--frames-to', '.', '--stats', 'json', '--mute']);
  await viewer.until(/Connected as Grace/);
  const sender = world.run(['send', ...await world.pair(world.owner), '--file', film, '--stats', 'json', '--mute']);
  const [sent, watched] = [await sender.exited, await viewer.exited];
  assert.equal(sent.code, 0, sent.said);
  assert.equal(watched.code, 0, watched.said);
  const files = readdirSync(viewer.folder).filter((name) => name.endsWith('.jpg')).sort();
  assert.ok(files.length >= 4 * FILM.fps / 2, `${files.length} pictures`);   // a busy machine may leave some out
  const numbers = numbersIn(viewer.folder);
  assert.equal(numbers.length, files.length);
  assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b));
  assert.equal(new Set(numbers).size, numbers.length);
  assert.ok(numbers.at(-1) >= 4 * FILM.fps - 3, `the last one is ${numbers.at(-1)}`);
  const report = viewer.lines.findLast((line) => line.role === 'watch');
  assert.ok(report.latency_p50_ms >= 0 && report.latency_p50_ms < 5_000, JSON.stringify(report));
});

test('each way to fail has its code and one sentence', async () => {
  const guest = await world.guest('Guest');
  const settings = (preset) => world.sockets[0].ask({ type: 'room.settings', preset });
  await settings('class');   // guests may not go live there
  mkdirSync(join(world.place.folder, 'folder'));
  const rows = [
    [8, (place, code, letters) => ['watch', place, code, '--pair', letters], /display/],
    [5, (place, code, letters) => ['watch', place, code, '--pair', letters.slice(0, 16) + 'A'.repeat(26), '--headless'], /another certificate/],
    [4, (place, code, letters) => ['watch', place, code, '--pair', 'A'.repeat(16) + letters.slice(16), '--headless'], /code/],
    [3, (_place, code, letters) => ['watch', '127.0.0.1:1', code, '--pair', letters, '--headless'], /Nobody answers at 127\.0\.0\.1:1/],
    [4, (_place, code) => ['watch', code, '--headless'], /login/],
    [2, (place, code) => ['watch', place, code, '--pair', 'ABC'], /42 letters/],
    [7, (place, code, letters) => ['send', place, code, '--pair', letters, '--file', '/nowhere/film.mp4'], /no file/],
    [7, (place, code, letters) => ['send', place, code, '--pair', letters, '--file', join(world.place.folder, 'folder')], /cannot be read/],
    [7, (place, code, letters) => ['send', place, code, '--pair', letters, '--camera', '250'], /no camera 250/],
    [7, (place, code, letters) => ['send', place, code, '--pair', letters, '--screen'], /display/],
    [7, (place, code, letters) => ['send', place, code, '--pair', letters, '--url', 'file:///etc/passwd'], /link/i],
    [6, (place, code, letters) => ['send', place, code, '--pair', letters, '--file', film], /may not send/, guest],
  ];
  for (const [expected, words, sentence, person] of rows) {
    const [place, code, , letters] = await world.pair(person ?? world.owner);
    const args = words(place, code, letters);
    const ending = await world.run(args).exited;
    assert.equal(ending.code, expected, `${args.join(' ')}: ${ending.said}`);
    const last = ending.said.trim().split('\n').at(-1);
    assert.match(last, sentence);
    assert.match(last, /^matinee-video: [A-Z"-].*[.!?]$/);
  }
  await settings('friends');
});

test('a pairing code lets in once', async () => {
  const words = await world.pair(world.owner);
  const first = world.run(['join', ...words, '--headless', '--mute']);
  await first.until(/Connected as Ada/);
  const second = await world.run(['join', ...words, '--headless', '--mute']).exited;
  assert.equal(second.code, 4, second.said);
  await first.stop();
});

test('a source that cannot be opened costs no pairing code', async () => {
  const words = await world.pair(world.owner);
  const wrong = await world.run(['send', ...words, '--file', 'nothing-here.mp4', '--mute']).exited;
  assert.equal(wrong.code, 7, wrong.said);
  const right = world.run(['send', ...words, '--file', film, '--loop', '--mute']);
  await right.until(/Connected as Ada/);
  await right.stop();
});

test('who has read enough statistics ends the program, as a pipe does', async () => {
  const viewer = world.run(['join', ...await world.pair(world.owner), '--headless', '--mute', '--stats', 'json']);
  await viewer.until(/Connected as Ada/);
  const sender = world.run(['send', ...await world.pair(await world.guest('Radia')), '--file', film, '--loop', '--mute']);
  await viewer.until((line) => line.role === 'watch');
  viewer.process.stdout.destroy();
  const ending = await viewer.exited;
  assert.deepEqual([ending.code, ending.signal], [0, null], ending.said);
  await sender.stop('SIGINT');
});
