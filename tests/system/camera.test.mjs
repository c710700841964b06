// deploy/camera: the script that keeps a camera live, with the real ffmpeg and the real server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { room, server, start, stop, told } from './streams.mjs';

before(start);
after(stop);

const script = fileURLToPath(new URL('../../deploy/camera/matinee-camera', import.meta.url));

function camera(address) {
  const env = { ...process.env, MATINEE_ADDRESS: address, MATINEE_CAMERA: 'lavfi:testsrc2=size=160x120:rate=25', MATINEE_RATE: '25', MATINEE_CAMERA_SETTINGS: '/nonexistent/settings' };
  const child = spawn(script, [], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const seen = { said: '', child, ended: new Promise((done) => { child.once('close', done); }) };
  child.stderr.on('data', (text) => { seen.said += text; });
  return seen;
}

test('a camera is live in its room, and ends when it is told to', { timeout: 60_000 }, async () => {
  const live = await room();
  const sends = camera(live.url);
  const stream = await told(live, (found) => found?.online);
  assert.deepEqual([stream.title, stream.forms, stream.codecs], ['Garden', ['ts', 'hls'], ['h264']]);
  sends.child.kill('SIGTERM');
  assert.equal(await sends.ended, 0);
  await told(live, (found) => !found?.online);
  assert.ok(!sends.said.includes(live.key), 'what it says never holds the key');
});

test('a key that the server does not take ends it with a sentence; an address that is none is refused at once', { timeout: 60_000 }, async () => {
  const live = await room();
  const refused = camera(`${server.url}/ingest/${live.id}/${'x'.repeat(43)}`);
  assert.equal(await refused.ended, 1);
  assert.match(refused.said, /does not take this key any more/);
  const nonsense = camera('https://example.org/');
  assert.equal(await nonsense.ended, 1);
  assert.match(nonsense.said, /no address yet|no address of a stream/);
});
