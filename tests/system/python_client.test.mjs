// docs/videoproto.md is enough to write another client: the one in Python, made from that page alone, watches a stream of the real server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';
import { camera, pairingLine, picture, readLine, TYPE, VideoClient, videoPorts } from './video_client.mjs';

const program = fileURLToPath(new URL('../videoproto/client.py', import.meta.url));
let place; let server; let ports; let owner; let code;
before(async () => {
  place = temporaryFolder();
  server = await Server.start({ data: place.folder }).ready;
  ports = await videoPorts(server);
  owner = new Person(server.url);
  code = await owner.startRoom('Olga');
  await owner.socket(code);
});
after(async () => { await server?.kill(); place.remove(); });

async function letters() {
  const { line } = await pairingLine(owner, code);
  return line.split(' ').at(-1);
}

/** @returns {Promise<{status: number, said: string}>} */
function python(words) {
  return new Promise((done) => {
    const child = spawn('python3', [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { said += bytes; });
    child.once('exit', (status) => done({ status, said }));
  });
}

for (const tls of [true, false]) {
  test(`a client of sixty lines receives pictures byte for byte, ${tls ? 'with TLS and the pinned certificate' : 'plain'}`, async () => {
    const { host, port, pair, print } = readLine((await pairingLine(owner, code)).line);
    const sender = await VideoClient.enter({ host, port, print, room: code, pair });
    const published = await sender.publish(camera('Python'));
    assert.equal(published.type, TYPE.PUBLISH_OK, JSON.stringify(published.json));
    const { stream } = published.json;
    const folder = join(place.folder, tls ? 'tls' : 'plain');
    mkdirSync(folder);
    const waits = python([`127.0.0.1:${tls ? ports.port : ports.plain}`, code, '--pair', await letters(), '3', folder, ...(tls ? ['--tls'] : [])]);
    // Different pictures until it has seen enough: newest wins, so it may not see each of them.
    const sent = [];
    const more = setInterval(() => {
      sent.push(picture(sent.length));
      sender.frame(stream, sent.at(-1));
    }, 40);
    const { status, said } = await waits;
    clearInterval(more);
    await sender.bye();
    assert.equal(status, 0, said);
    const files = readdirSync(folder).sort();
    assert.equal(files.length, 3);
    for (const file of files) assert.ok(sent.some((one) => one.equals(readFileSync(join(folder, file)))), `${file} is not a picture that was sent`);
  });
}

test('it says what a refusal means', async () => {
  const folder = join(place.folder, 'refused');
  mkdirSync(folder);
  const { status, said } = await python([`127.0.0.1:${ports.plain}`, code, '--pair', 'A'.repeat(16), '1', folder]);
  assert.equal(status, 1);
  assert.match(said, /error 7/);
});
