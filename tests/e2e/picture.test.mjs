// The picture of the README: a real room with two people watching, as a browser shows it. Left in build/screenshots/readme.png;
// whoever wants a new one in the README copies it to docs/img/room.png.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startWorld, until } from './harness.mjs';
import { built } from './paths.mjs';

let world;
before(async () => { world = await startWorld({ args: ['--bench-guests', '1'] }); });
after(() => world?.stop());

// A quiet evening sky instead of a test pattern.
function makeFilm() {
  const path = join(built, 'e2e', 'evening.mp4');
  mkdirSync(join(built, 'e2e'), { recursive: true });
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i',
    'gradients=s=640x360:r=24:d=90:n=4:c0=0x1b1035:c1=0x7a2f5a:c2=0xff8a5c:c3=0xffd9a0:x0=200:y0=0:x1=440:y1=360:speed=0.01',
    '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', path]);
  return path;
}

test('two people watch a film, and the page is worth a picture', { timeout: 120_000 }, async () => {
  world.media.add('/evening.mp4', makeFilm());
  const olga = await world.visitor('Olga', { colorScheme: 'dark', viewport: { width: 1440, height: 900 } });
  const gustav = await world.visitor('Gustav');
  await gustav.openRoom(await olga.startRoom());
  for (const [who, text] of [[gustav, 'Hi! Is this the one with the long sunset?'], [olga, 'That one. Sound on?'], [gustav, 'On, and the kettle too ☕'], [olga, 'Then here we go']]) {
    await who.say(text);
    await until(async () => (await olga.said()).includes(text), { what: text });
  }
  await olga.watch('http://media.test/evening.mp4');
  await Promise.all([olga.moving(), gustav.moving()]);
  await olga.seek(34);
  await until(async () => (await olga.badge()) === 'in-step' && (await olga.video()).positionMs > 36_000, { what: 'both in step' });
  const path = join(built, 'screenshots', 'readme.png');
  mkdirSync(join(built, 'screenshots'), { recursive: true });
  await olga.page.screenshot({ path, animations: 'disabled' });
  assert.ok(statSync(path).size > 20_000);
});
