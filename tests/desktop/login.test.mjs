// Logging in from the desktop: over http and https, what is kept, what it lets in to, and how it ends on the account page.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World } from './desktop.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';   // the certificate is this test's own; the program itself gets to know it by its file

let folder, certificate;
const worlds = {};
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'matinee-login-'));
  certificate = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  worlds.http = await World.start();
  worlds.https = await World.start({ args: ['--tls-cert', certificate, '--tls-key', key] });
});
after(async () => {
  for (const world of Object.values(worlds)) await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

const logIn = (world, file, { password = 'correct horse', env } = {}) =>
  world.run(['login', world.server.url, '--name', 'Ada', '--token-file', file], { input: `${password}\n`, env }).exited;

/** As the page's button does it. */
async function endOnAccountPage(person) {
  const page = (await person.request('/account')).text;
  const sessions = [...page.matchAll(/<span>matinee-video on [^<]*<\/span>[^]*?name="session" value="(\d+)"/g)];
  assert.equal(sessions.length, 1, page);
  const answer = await person.submit('/account', '/account/devices/end', { session: sessions[0][1] });
  assert.equal(answer.location, '/account?saved=device');
}

for (const scheme of ['http', 'https']) {
  test(`over ${scheme}: after login no pairing is needed, the token is only mine, and ending it on the account page ends what runs with it`, async () => {
    const world = worlds[scheme];
    assert.ok(world.server.url.startsWith(`${scheme}:`));
    const token = join(folder, scheme, 'token');
    const env = { SSL_CERT_FILE: certificate };
    const wrong = await logIn(world, token, { password: 'wrong horse', env });
    assert.equal(wrong.code, 4, wrong.said);
    assert.ok(!existsSync(token));
    const ending = await logIn(world, token, { env });
    assert.equal(ending.code, 0, ending.said);
    assert.equal(statSync(token).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(token, 'utf8'), /horse/);

    const enter = () => world.run(['join', world.code, '--token-file', token, '--headless', '--mute']);
    const interrupted = enter();
    await interrupted.until(/Connected as Ada/);
    assert.equal((await interrupted.stop('SIGINT')).code, 130);
    const joined = enter();
    await joined.until(/Connected as Ada/);
    await endOnAccountPage(world.owner);
    const ended = await joined.exited;
    assert.equal(ended.code, 4, ended.said);
    assert.doesNotMatch(ended.said, /Trying again/);
    assert.match(ended.said.trim().split('\n').at(-1), /^matinee-video: [A-Z].*[.!?]$/);
    const later = await enter().exited;
    assert.equal(later.code, 4, later.said);
  });
}

test('a certificate that is not trusted here gets no password', async () => {
  const token = join(folder, 'none');
  const ending = await logIn(worlds.https, token, { env: { SSL_CERT_FILE: '' } });
  assert.equal(ending.code, 5, ending.said);
  assert.match(ending.said, /no password was sent/);
  assert.ok(!existsSync(token));
  assert.doesNotMatch((await worlds.https.owner.request('/account')).text, /matinee-video on/);
});
