// Beep and flash through everything: a film whose first tenth of each second is a 1 kHz tone and a white picture is sent by one program,
// goes through the real relay, and is watched by another. How far sound and picture are apart there is told twice: by the program itself,
// and by what comes out of it, the pictures' files and the pipe behind SDL's disk driver, read by somebody who knows nothing of the rest.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readdirSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World, ffmpeg } from './desktop.mjs';

const SECONDS = 12;
const BLOCK_MS = 512 / 48;                    // is heard after it was handed over
const SOUND_EARLY_MS = 45, SOUND_LATE_MS = 125;
const wallClock = () => performance.timeOrigin + performance.now();

let world, film;
before(async () => {
  world = await World.start();
  film = join(world.place.folder, 'beep.mp4');
  ffmpeg('-f', 'lavfi', '-i', `color=c=black:s=320x180:r=30:d=${SECONDS},drawbox=c=white:t=fill:enable='lt(mod(t,1),0.0999)'`,
    '-f', 'lavfi', '-i', `aevalsrc='if(lt(mod(t,1),0.1),0.5*sin(2*PI*1000*t),0)':s=44100:d=${SECONDS}`, '-c:v', 'mpeg4', '-q:v', '5', '-c:a', 'aac', '-b:a', '128k', film);
});
after(() => world?.stop());

/** The far end of a sound card: moments at which a beep begins. */
class Ear {
  constructor(path) {
    execFileSync('mkfifo', ['-m', '600', path]);
    this.beeps = [];
    this.quiet = 0;
    this.rest = Buffer.alloc(0);
    // Both ends, so that neither the player's open nor ours waits.
    this.pipe = new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), readable: true, writable: false });
    this.pipe.on('data', (chunk) => this.hear(chunk, wallClock()));
  }
  hear(chunk, now) {
    const bytes = Buffer.concat([this.rest, chunk]);
    const frames = Math.floor(bytes.length / 4);
    for (let i = 0; i < frames; i++) {
      const loud = Math.abs(bytes.readInt16LE(4 * i)) > 3_000;
      if (loud && this.quiet > 24_000) this.beeps.push(now - (frames - i) / 48 + BLOCK_MS);
      this.quiet = loud ? 0 : this.quiet + 1;
    }
    this.rest = bytes.subarray(4 * frames);
  }
  stop() { this.pipe.destroy(); }
}

/** Moments at which a white picture was written behind a black one. */
function flashesIn(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.jpg')).sort();
  const grey = execFileSync('ffmpeg', ['-v', 'error', '-pattern_type', 'glob', '-i', join(folder, '*.jpg'), '-vf', 'scale=1:1,format=gray', '-fps_mode', 'passthrough',
    '-f', 'rawvideo', '-'], { maxBuffer: 1 << 24 });
  assert.equal(grey.length, files.length);
  const moments = [];
  for (let i = 1; i < files.length; i++) {
    if (grey[i] > 128 && grey[i - 1] <= 128) moments.push(statSync(join(folder, files[i])).mtimeMs);
  }
  return moments;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
// How much later the sound is than its picture.
const inBounds = (skewMs) => skewMs >= -SOUND_EARLY_MS && skewMs <= SOUND_LATE_MS;
const mostly = (part, all, holds, text) => assert.ok(all.filter(holds).length >= part * all.length, text);

test('a film is seen and heard together at the far end', async () => {
  const pipe = join(world.place.folder, 'speaker');
  const ear = new Ear(pipe);
  const viewer = world.run(['watch', ...await world.pair(await world.guest('Grace')), '--headless', '--frames-to', '.', '--stats', 'json'],
    { env: { SDL_AUDIODRIVER: 'disk', SDL_DISKAUDIOFILE: pipe } });
  await viewer.until(/Connected as Grace/);
  const sender = world.run(['send', ...await world.pair(world.owner), '--file', film, '--stats', 'json']);
  const [sent, watched] = [await sender.exited, await viewer.exited];
  ear.stop();
  assert.equal(sent.code, 0, sent.said);
  assert.equal(watched.code, 0, watched.said);

  // What the program says.
  const lines = viewer.lines.filter((line) => line.role === 'watch' && line.sound);
  const { sound } = lines.at(-1);
  assert.ok(sound.received > 0.9 * SECONDS * 50, JSON.stringify(sound));
  assert.ok(sound.played > 0.8 * sound.received && sound.played + sound.late + sound.dropped <= sound.received, JSON.stringify(sound));
  assert.ok(sound.jitter_ms >= 0 && sound.delay_ms > 0, JSON.stringify(sound));
  const measured = lines.filter((line) => line.sound.skew_p50_ms !== undefined);
  assert.ok(measured.length >= SECONDS / 2, `${measured.length} seconds with a skew`);
  for (const { sound: { skew_min_ms: least, skew_p50_ms: middle, skew_max_ms: most } } of measured) assert.ok(least <= middle && middle <= most);
  const said = JSON.stringify(measured.map((line) => [line.sound.skew_min_ms, line.sound.skew_p50_ms, line.sound.skew_max_ms]));
  // A machine that has no time for a while shows some pictures late; which are then left out is Playout's own test.
  mostly(0.8, measured, (line) => inBounds(line.sound.skew_p50_ms), said);
  mostly(0.5, measured, (line) => inBounds(line.sound.skew_min_ms) && inBounds(line.sound.skew_max_ms), said);

  // What came out of it.
  const flashes = flashesIn(viewer.folder);
  assert.ok(flashes.length >= SECONDS - 4, `${flashes.length} flashes, ${ear.beeps.length} beeps`);
  const skews = flashes.map((flash) => ear.beeps.map((beep) => beep - flash).reduce((a, b) => (Math.abs(a) < Math.abs(b) ? a : b), Infinity));
  assert.ok(inBounds(median(skews)), `sound after picture, ms: ${skews}`);
  mostly(0.8, skews, inBounds, `sound after picture, ms: ${skews}`);
});
