// The same service over TLS, from certificate files: pages, forms, cookies that only TLS may carry, and the room's socket.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';   // the certificate is this test's own

let place; let server; let args;
before(async () => {
  place = temporaryFolder();
  const [key, certificate] = ['key.pem', 'cert.pem'].map((name) => join(place.folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
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

test('plain text sent to the TLS port, TLS 1.1 and a stalled handshake hurt nobody', async () => {
  const port = new URL(server.url).port;
  const { connect } = await import('node:net');
  const plain = connect(port, '127.0.0.1', () => plain.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  await new Promise((done) => { plain.once('close', done); plain.on('error', () => {}); plain.resume(); });
  const tls = await import('node:tls');
  await assert.rejects(new Promise((done, failed) => {
    const old = tls.connect({ port, host: '127.0.0.1', minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' }, done);
    old.once('error', failed);
  }));
  const stalled = connect(port, '127.0.0.1');
  stalled.on('error', () => {});
  assert.equal((await new Person(server.url).request('/healthz')).status, 200);
  stalled.destroy();
});

