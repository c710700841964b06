// What the person who runs the server meets: bad options, an occupied port, data that is in use or newer, a graceful stop, a restart.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Person } from './client.mjs';
import { send } from './requester.mjs';
import { Server, binary, temporaryFolder } from './server.mjs';

async function withServer(options, use) {
  const place = temporaryFolder();
  const server = await Server.start({ data: place.folder, ...options }).ready;
  try { await use(server, place.folder); } finally { await server.kill(); place.remove(); }
}

// Starts a server that must refuse; answers its exit code and what it said.
async function refused(options) {
  const place = temporaryFolder();
  try {
    const server = Server.start({ data: place.folder, ...options });
    await assert.rejects(server.ready);
    const { code } = await server.exited;
    return { code, said: server.log };
  } finally { place.remove(); }
}

test('--help lists every option with its variable and ends with 0', () => {
  const text = execFileSync(binary, ['--help'], { encoding: 'utf8' });
  for (const option of ['--address', '--port', '--data', '--public-url', '--tls-cert', '--tls-key', '--log-level']) assert.match(text, new RegExp(option));
  assert.match(text, /MATINEE_PORT/);
});

test('an unknown option and a bad value are refused with the name of the option and what is allowed', async () => {
  const unknown = await refused({ args: ['--prot', '1'] });
  assert.equal(unknown.code, 2);
  assert.match(unknown.said, /--prot/);
  const value = await refused({ args: ['--log-level', 'loud'] });
  assert.equal(value.code, 2);
  assert.match(value.said, /log-level.*(debug|info)/s);
  const variable = await refused({ env: { MATINEE_LOG_LEVEL: 'loud' } });
  assert.match(variable.said, /MATINEE_LOG_LEVEL/);
});

test('a port in use is said in one sentence', async () => {
  const other = createServer();
  await new Promise((done) => other.listen(0, '127.0.0.1', done));
  const { port } = other.address();
  const { code, said } = await refused({ args: ['--port', String(port)] });
  other.close();
  assert.notEqual(code, 0);
  assert.match(said, new RegExp(`${port}.*in use`));
});

test('a second server on the same data refuses, and the first goes on', async () => {
  await withServer({}, async (server, folder) => {
    const second = Server.start({ data: folder });
    await assert.rejects(second.ready);
    assert.match(second.log, /in use|already/i);
    assert.equal((await new Person(server.url).request('/healthz')).status, 200);
  });
});

test('data of a newer version is refused and left as it is', async () => {
  const place = temporaryFolder();
  const first = await Server.start({ data: place.folder }).ready;
  await first.stop();
  const file = join(place.folder, readdirSync(place.folder).find((f) => f.endsWith('.sqlite3')));
  execFileSync('sqlite3', [file, 'PRAGMA user_version = 9999']);
  const second = Server.start({ data: place.folder });
  await assert.rejects(second.ready);
  assert.match(second.log, /newer/);
  assert.equal(execFileSync('sqlite3', [file, 'PRAGMA user_version'], { encoding: 'utf8' }).trim(), '9999');
  place.remove();
});

test('a data folder that cannot be written is said in one sentence', async () => {
  // Root may write everywhere, unless it gives up that one right.
  const wrap = process.getuid() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search'] : [];
  const place = temporaryFolder();
  chmodSync(place.folder, 0o500);
  const server = Server.start({ data: place.folder, wrap });
  await assert.rejects(server.ready);
  assert.match(server.log, /write|permission/i);
  chmodSync(place.folder, 0o700);
  place.remove();
});

test('a data folder that is a file is said in one sentence', async () => {
  const place = temporaryFolder();
  const file = join(place.folder, 'file');
  writeFileSync(file, 'not a folder');
  const server = Server.start({ data: file });
  await assert.rejects(server.ready);
  assert.notEqual((await server.exited).code, 0);
  assert.match(server.log, /folder|directory/i);
  place.remove();
});

test('a certificate without its key, and one that is no certificate, are refused by name', async () => {
  const place = temporaryFolder();
  const file = join(place.folder, 'cert.pem');
  writeFileSync(file, 'nonsense');
  const alone = await refused({ args: ['--tls-cert', file] });
  assert.match(alone.said, /tls-key/);
  const nonsense = await refused({ args: ['--tls-cert', file, '--tls-key', file] });
  assert.match(nonsense.said, /cert\.pem/);
  const missing = await refused({ args: ['--tls-cert', `${file}.not`, '--tls-key', file] });
  assert.match(missing.said, /cert\.pem\.not.*No such file/);
  place.remove();
});

test('SIGTERM tells the sockets 1012, exits with 0, and nothing said before is lost', async () => {
  const place = temporaryFolder();
  const server = await Server.start({ data: place.folder }).ready;
  const person = new Person(server.url);
  const code = await person.startRoom('Stops well');
  const socket = await person.socket(code);
  const answer = socket.next('chat.message');
  socket.send({ type: 'chat.post', id: 'before-stop-1', text: 'still here?' });
  await answer;
  const began = Date.now();
  const ended = server.stop();
  assert.equal((await socket.closed).code, 1012);
  assert.deepEqual(await ended, { code: 0, signal: null });
  assert.ok(Date.now() - began < 10_000);
  const again = await Server.start({ data: place.folder }).ready;
  person.base = again.url;
  const back = await person.socket(code);
  assert.deepEqual(back.welcome.messages.map((m) => m.text), ['still here?']);
  await again.kill();
  place.remove();
});

test('files in the data folder are readable by their owner only', async () => {
  await withServer({}, async (_server, folder) => {
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  });
});

test('the first start prints a one-time admin link that works once', async () => {
  await withServer({}, async (server) => {
    const link = /(\/setup\/[A-Za-z0-9_-]+)/.exec(server.log)?.[1];
    assert.ok(link, server.log);
    const person = new Person(server.url);
    const page = await person.request(link);
    assert.equal(page.status, 200);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
    const made = await person.request('/setup', { method: 'POST', form: { csrf, token: link.slice('/setup/'.length), name: 'Host', password: 'long enough' } });
    assert.equal(made.status, 303, made.text);
    const stranger = new Person(server.url);
    assert.notEqual((await stranger.request(link)).status, 200);
  });
});

test('with a public URL every printed link leads to it, and the admin link is answered there', async () => {
  await withServer({ args: ['--public-url', 'http://watch.example.org'] }, async (server) => {
    assert.match(server.log, /For others: +http:\/\/watch\.example\.org\n/);
    assert.doesNotMatch(server.log, /On this machine/);
    const link = /http:\/\/watch\.example\.org(\/setup\/[A-Za-z0-9_-]+)/.exec(server.log)?.[1];
    assert.ok(link, server.log);
    const status = async (host) => (await send(server.url, link, { headers: { host } })).status;
    assert.equal(await status('watch.example.org'), 200);
    assert.equal(await status(new URL(server.url).host), 421);
  });
});

test('a full disk refuses the message, says so, keeps what was there, and the service comes back by itself', async () => {
  const place = temporaryFolder();
  // The shell's file size limit stands for the full disk: every write beyond it fails, reads go on.
  const small = await Server.start({ data: place.folder, wrap: ['bash', '-c', 'ulimit -S -f 640; exec "$0" "$@"'] }).ready;
  const person = new Person(small.url);
  const code = await person.startRoom('Full');
  const socket = await person.socket(code);
  const stored = [];
  let refusal;
  for (let i = 0; i < 4000 && !refusal; i++) {
    const id = `fill-${String(i).padStart(5, '0')}`;
    const answer = socket.next((m) => (m.type === 'chat.message' && m.id === id) || (m.type === 'error' && m.id === id));
    socket.send({ type: 'chat.post', id, text: 'x'.repeat(4000) });
    const m = await answer;
    if (m.type === 'chat.message') stored.push(id);
    else if (m.code === 'slow_down') { await new Promise((r) => { setTimeout(r, m.retry_ms); }); i--; } else refusal = m;
  }
  assert.equal(refusal?.code, 'storage_unavailable');
  assert.ok(stored.length > 0);
  // Room again: the same process goes on.
  execFileSync('prlimit', ['--pid', String(small.process.pid), '--fsize=unlimited']);
  const id = 'after-full-1';
  let last;
  for (let tries = 0; tries < 40 && last?.type !== 'chat.message'; tries++) {
    const answer = socket.next((m) => m.id === id);
    socket.send({ type: 'chat.post', id, text: 'room again', ...(last ? { again: true } : {}) });
    last = await answer;
    if (last.type === 'error') await new Promise((r) => { setTimeout(r, last.retry_ms || 250); });
  }
  assert.equal(last.type, 'chat.message', JSON.stringify(last));
  const history = await socket.history();
  assert.deepEqual(history.map((m) => m.id), [...stored, id]);
  await small.kill();
  place.remove();
});

test('what the operator switched off is not promised: no watching without an account, no keeping of a guest’s room', async () => {
  await withServer({ args: ['--guests', 'off'] }, async (server) => {
    const { text } = await new Person(server.url).request('/');
    assert.doesNotMatch(text, /No account needed/);
    assert.match(text, /Watching here needs an account/);
  });
  await withServer({ args: ['--signups', 'closed'] }, async (server) => {
    const gus = new Person(server.url);
    const code = (await gus.submit('/', '/rooms', { name: 'Gus' })).location;
    assert.match((await gus.request(code)).text, /id="keep-room"[^>]* data-closed/);
  });
});
