// The same service over TLS, from certificate files: pages, forms, cookies that only TLS may carry, and the room's socket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { until } from '../e2e/waiting.mjs';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';   // the certificate is this test's own

let place; let server; let args; let key; let certificate;
const make = (certificate_, key_, more = []) => execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
  '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key_, '-out', certificate_, ...more], { stdio: 'ignore' });
before(async () => {
  place = temporaryFolder();
  [key, certificate] = ['key.pem', 'cert.pem'].map((name) => join(place.folder, name));
  make(certificate, key);
  args = ['--tls-cert', certificate, '--tls-key', key];
  server = await Server.start({ data: join(place.folder, 'data'), args }).ready;
});
after(async () => { await server?.kill(); place.remove(); });

test('two people meet over https and wss', async () => {
  assert.match(server.url, /^https:/);
  const owner = new Person(server.url);
  const code = await owner.startRoom('Tessa');
  const guest = new Person(server.url);
  await guest.joinRoom(code, 'Theo');
  const [first, second] = await Promise.all([owner.socket(code), guest.socket(code)]);
  const seen = second.next('chat.message');
  first.send({ type: 'chat.post', id: 'over-tls-1', text: 'only we read this' });
  assert.equal((await seen).text, 'only we read this');
});

test('cookies carry __Host-, Secure, HttpOnly and SameSite, and answers ask for https from now on', async () => {
  const person = new Person(server.url);
  const page = await person.request('/');
  const form = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
  const answer = await person.request('/rooms', { method: 'POST', form: { csrf: form, name: 'Cookie' } });
  assert.equal(answer.status, 303);
  const session = answer.cookies.find((c) => c.startsWith('__Host-matinee='));
  assert.ok(session, answer.cookies.join('\n'));
  for (const attribute of [/; *Secure/i, /; *HttpOnly/i, /; *SameSite=Lax/i, /; *Path=\//i]) assert.match(session, attribute);
  assert.doesNotMatch(session, /Domain=/i);
  assert.match(answer.headers.get('strict-transport-security') ?? '', /max-age=\d{6,}/);
});

test('on two ports the plain one leads to the other, or serves when the operator says so', { timeout: 60_000 }, async () => {
  const free = () => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });
  for (const [more, status] of [[[], 308], [['--plain-http', 'serve'], 200]]) {
    const tlsPort = await free();
    const two = await Server.start({ data: join(place.folder, `two-${status}`), args: [...args, '--tls-port', String(tlsPort), ...more] }).ready;
    try {
      const [plain] = /http:\/\/127\.0\.0\.1:\d+/.exec(two.log);
      const answer = await fetch(`${plain}/login?from=here`, { redirect: 'manual' });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('location'), status === 308 ? `https://127.0.0.1:${tlsPort}/login?from=here` : null);
      assert.equal(answer.headers.get('strict-transport-security') !== null, status === 308);
      assert.equal((await fetch(`https://127.0.0.1:${tlsPort}/login`)).status, 200);
    } finally {
      await two.stop();
    }
  }
});

// The SHA-256 of the certificate that a newcomer is shown.
const shown = () => new Promise((done, failed) => {
  const socket = tls.connect({ port: new URL(server.url).port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
    done(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  });
  socket.once('error', failed);
});

test('plain http on the TLS port is sent to https, with its path; what asks whether the server lives is answered', async () => {
  const plain = server.url.replace('https', 'http');
  const ask = (path, options = {}) => fetch(plain + path, { redirect: 'manual', ...options });
  const answer = await ask('/rooms/K7QM3XFD?since=4&x=%20');
  assert.deepEqual([answer.status, answer.headers.get('location')], [308, `${server.url}/rooms/K7QM3XFD?since=4&x=%20`]);
  assert.equal(answer.headers.get('set-cookie'), null);
  assert.equal((await ask('/login', { method: 'POST', body: 'name=a&password=b' })).status, 308);
  assert.equal((await ask('/healthz')).status, 200);
  assert.equal((await ask('/static/js/app.js')).status, 308);
  const followed = await fetch(`${plain}/`);
  assert.deepEqual([followed.status, followed.url], [200, `${server.url}/`]);
  const stranger = await new Promise((done) => {
    request({ host: '127.0.0.1', port: new URL(server.url).port, path: '/', headers: { host: 'evil.example' } }, done).end();
  });
  assert.deepEqual([stranger.statusCode, stranger.headers.location], [421, undefined], 'nobody is sent to a name that is not ours');
});

test('SIGHUP shows newcomers the new certificate, and whoever is here stays; a bad one changes nothing and is told', { timeout: 60_000 }, async () => {
  const owner = new Person(server.url);
  const code = await owner.startRoom('Rhea');
  const socket = await owner.socket(code);
  const first = await shown();
  const says = async (words, act) => {
    const from = server.log.length;
    act();
    server.process.kill('SIGHUP');
    await until(() => server.log.slice(from).includes(words), { what: words });
  };
  await says('valid_until', () => make(certificate, key));
  const another = (than) => until(async () => { const now = await shown(); return now !== than && now; }, { what: 'another certificate' });
  const second = await another(first);
  await says('cannot be used', () => writeFileSync(certificate, 'no certificate'));
  assert.equal(await shown(), second);
  await says('key values mismatch', () => make(certificate, join(place.folder, 'other.pem')));
  assert.equal(await shown(), second);
  // No option of openssl req writes a time that is over: its ca does.
  const old = join(place.folder, 'old');
  mkdirSync(old);
  writeFileSync(join(old, 'index.txt'), '');
  writeFileSync(join(old, 'ca.conf'), `[ca]\ndefault_ca=a\n[a]\ndatabase=${old}/index.txt\nnew_certs_dir=${old}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=d\n[d]\n`);
  execFileSync('openssl', ['req', '-new', '-key', key, '-subj', '/CN=localhost', '-out', join(old, 'request')], { stdio: 'ignore' });
  await says('expired on 2020-01-02', () => execFileSync('openssl', ['ca', '-config', join(old, 'ca.conf'), '-selfsign', '-keyfile', key, '-in', join(old, 'request'), '-out', certificate,
    '-startdate', '20200101000000Z', '-enddate', '20200102000000Z', '-batch', '-notext'], { stdio: 'ignore' }));
  assert.equal(await shown(), second);
  await says('valid_until', () => { make(certificate, key); chmodSync(key, 0o644); });
  assert.match(server.log, /key file .* can be read by everybody/);
  await another(second);
  const seen = socket.next('chat.message');
  socket.send({ type: 'chat.post', id: 'over-all-that', text: 'still here' });
  assert.equal((await seen).text, 'still here');
  await socket.close();
});

test('plain text sent to the TLS port, TLS 1.1 and a stalled handshake hurt nobody', async () => {
  const port = new URL(server.url).port;
  const { connect } = await import('node:net');
  const plain = connect(port, '127.0.0.1', () => plain.write('SSH-2.0-OpenSSH_9.2\r\n\r\n'));
  await new Promise((done) => { plain.once('close', done); plain.on('error', () => {}); plain.resume(); });
  await assert.rejects(new Promise((done, failed) => {
    const old = tls.connect({ port, host: '127.0.0.1', minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' }, done);
    old.once('error', failed);
  }));
  const stalled = connect(port, '127.0.0.1');
  stalled.on('error', () => {});
  assert.equal((await new Person(server.url).request('/healthz')).status, 200);
  stalled.destroy();
});

