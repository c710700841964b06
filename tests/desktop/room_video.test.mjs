// The room's own video on the desktops: somebody puts a link on, the program of who allowed it opens the link and sends, and the other's
// window follows play, pause and seek to the right picture.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startMediaServer } from '../e2e/media.mjs';
import { FILM, World, greyOf, makeFilm, numberIn } from './desktop.mjs';

let world, media;
before(async () => {
  world = await World.start();
  media = await startMediaServer();
  media.add('/film.mp4', makeFilm(join(world.place.folder, 'film.mp4'), 40));
});
after(async () => { await world?.stop(); await media?.stop(); });

async function eventually(what, question, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    assert.ok(Date.now() < end, `${what}: not within ${timeoutMs} ms`);
    await new Promise((soon) => setTimeout(soon, 50));
  }
}

test('the desktop of who pressed Watch this sends the frames of the room\'s video, and the other window is where the room is', async () => {
  const [socket] = world.sockets;
  const sender = world.run(['join', ...await world.pair(world.owner), '--headless', '--mute', '--stats', 'json']);
  await sender.until(/Connected as Ada/);
  const viewer = world.run(['join', ...await world.pair(await world.guest('Grace')), '--headless', '--frames-to', '.', '--mute', '--stats', 'json']);
  await viewer.until(/Connected as Grace/);

  let rev = socket.welcome.playback?.rev ?? 0;
  let op = 0;
  socket.onmessage = (m) => { if (m.type === 'playback.state') ({ rev } = m); };
  // Answers the state in which it ends up; a new video may wait for slow people first.
  const control = (message, phase) => {
    const reached = socket.next((m) => m.type === 'playback.state' && m.phase === phase);
    socket.send({ ...message, base_rev: rev, op: `op-${++op}` });
    return reached;
  };
  const newest = () => readdirSync(viewer.folder).filter((name) => name.endsWith('.jpg')).sort().at(-1);
  const shownNumber = () => { const file = newest(); return file ? numberIn(greyOf(join(viewer.folder, file))) : -1; };
  const isAt = (ms) => { const want = ms * FILM.fps / 1_000; return () => Math.abs(shownNumber() - want) <= 0.15 * FILM.fps; };

  await control({ type: 'playback.set', url: `http://127.0.0.1:${media.port}/film.mp4` }, 'playing');
  await sender.event('published');
  await viewer.event('online');
  await eventually('the first picture', newest);
  await eventually('moving pictures', () => shownNumber() > 30);
  const paused = await control({ type: 'playback.pause', position_ms: 5_000 }, 'paused');
  await eventually(`the picture of ${paused.position_ms} ms`, isAt(paused.position_ms));
  await control({ type: 'playback.seek', position_ms: 30_000 }, 'paused');
  await eventually('the picture of 30 s', isAt(30_000));
  await viewer.until((line) => line.role === 'watch' && line.repeated > 0);   // the pause is repeats, not pictures
  socket.send({ type: 'playback.set', url: '', base_rev: rev, op: 'op-clear' });
  await viewer.event('over');
  assert.equal((await viewer.stop('SIGINT')).code, 130);
});
