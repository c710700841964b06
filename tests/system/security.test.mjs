// docs/security.md against the real binary: what a stranger, a page elsewhere and a curious operator meet.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Person } from './client.mjs';
import { Visitor, send, sendRaw } from './requester.mjs';
import { Server, binary, temporaryFolder } from './server.mjs';

let place; let server;
before(async () => { place = temporaryFolder(); server = await Server.start({ data: place.folder, args: ['--log-level', 'debug'] }).ready; });
after(async () => { await server.kill(); place.remove(); });

// Each test comes from an address of its own, so that one test's throttles are not another's.
let last = 1;
const address = () => `127.0.0.${++last}`;
const visitor = (base = server.url) => new Visitor(base, address());

const password = 'correct horse battery';
async function account(name, from = visitor()) {
  const made = await from.submit('/signup', '/signup', { name, password });
  assert.equal(made.status, 303, made.text);
  return from;
}

test('every kind of answer carries the policy, nosniff and a referrer policy, and no banner', async () => {
  const person = await account('Header Reader');
  const page = await person.ask('/');
  const asset = /(\/static\/[0-9a-f]{16}\/css\/base\.css)/.exec(page.text)[1];
  const etag = (await person.ask(asset)).headers.etag;
  const kinds = [
    ['a page', 200, page],
    ['a file', 200, await person.ask(asset)],
    ['a file that is known', 304, await person.ask(asset, { headers: { 'if-none-match': etag } })],
    ['a part of a file', 206, await person.ask(asset, { headers: { range: 'bytes=0-9' } })],
    ['a part beyond its end', 416, await person.ask(asset, { headers: { range: 'bytes=99999999-' } })],
    ['a redirect', 303, await person.ask('/login')],
    ['a short link', 302, await person.ask('/r/K7QM3XFD')],
    ['nothing there', 404, await person.ask('/nowhere')],
    ['no room', 404, await person.ask('/rooms/AAAABBBB')],
    ['another method', 405, await person.ask('/login', { method: 'DELETE' })],
    ['an address that cannot be decoded', 400, await person.ask('/%zz')],
    ['a form without a token', 403, await person.ask('/rooms', { method: 'POST', form: {} })],
    ['no form at all', 415, await person.ask('/rooms', { method: 'POST', form: {}, headers: { 'content-type': 'text/plain' } })],
    ['too large a form', 413, await person.ask('/rooms', { method: 'POST', form: { name: 'x'.repeat(33_000) } })],
    ['a WebSocket address without a handshake', 426, await person.ask('/rooms/AAAABBBB/socket')],
    ['another host', 421, await person.ask('/', { headers: { host: 'rebound.example' } })],
    ['the health page', 200, await person.ask('/healthz')],
  ];
  for (const [what, status, answer] of kinds) {
    assert.equal(answer.status, status, what);
    const policy = answer.headers['content-security-policy'] ?? '';
    // A script or a style runs by its page's policy; its own lets it do nothing.
    const part_of_page = /^text\/(?:javascript|css)/.test(answer.headers['content-type'] ?? '');
    if (part_of_page) assert.doesNotMatch(policy, /script-src|style-src|connect-src/, what);
    for (const part of ["default-src 'none'", ...(part_of_page ? [] : ["script-src 'self'"]), "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"]) assert.ok(policy.includes(part), `${what}: ${policy}`);
    assert.doesNotMatch(policy, /unsafe/, what);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff', what);
    assert.equal(answer.headers['referrer-policy'], 'strict-origin-when-cross-origin', what);
    assert.equal(answer.headers['permissions-policy'] === undefined, part_of_page, what);
    assert.ok(answer.headers['cache-control'], what);
    for (const banner of ['server', 'x-powered-by', 'access-control-allow-origin', 'strict-transport-security']) assert.equal(answer.headers[banner], undefined, `${what}: ${banner}`);
    assert.doesNotMatch(answer.text, /sqlite|\.cpp|\/server\/|what\(\)/i, what);
  }
});

test('a request that is no HTTP gets one sentence that no browser takes for a page, and the connection ends', async () => {
  for (const [what, head, status] of [
    ['a bare LF', 'GET / HTTP/1.1\nHost: x\n\n', 400],
    ['two lengths', 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['length and coding', 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n', 400],
    ['a blank before the colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n', 400],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['an unknown coding', 'POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n', 501],
    ['101 fields', `GET / HTTP/1.1\r\nHost: localhost\r\n${'a: b\r\n'.repeat(100)}\r\n`, 431],
    ['a target over 8 KiB', `GET /${'x'.repeat(8192)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 414],
  ]) {
    const answer = await sendRaw(server.url, head);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), what);
    assert.match(answer, /\r\nContent-Type: text\/plain/, what);
    assert.match(answer, /\r\nX-Content-Type-Options: nosniff\r\n/, what);
    assert.match(answer, /\r\nConnection: close\r\n/, what);
    assert.doesNotMatch(answer, /<|\r\nServer:/i, what);
  }
});

test('a body over its limit is refused before it is sent', async () => {
  const answer = await sendRaw(server.url, [
    'POST /login HTTP/1.1', `Host: ${new URL(server.url).host}`, `Origin: ${server.url}`, 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 32769', 'Expect: 100-continue', 'Connection: close', '', '',
  ].join('\r\n'));
  assert.match(answer, /^HTTP\/1\.1 413 /);
});

test('only our own names are answered', async () => {
  const { port } = new URL(server.url);
  const status = async (host) => (await send(server.url, '/healthz', { headers: { host } })).status;
  for (const own of [`localhost:${port}`, 'localhost', `127.0.0.1:${port}`, 'LOCALHOST.']) assert.equal(await status(own), 200, own);
  for (const foreign of ['rebound.example', `rebound.example:${port}`, 'localhost.rebound.example', '127.0.0.1.nip.io', '8.8.8.8']) assert.equal(await status(foreign), 421, foreign);
});

test('without TLS cookies are HttpOnly, SameSite=Lax, for the whole site and no other host', async () => {
  const person = visitor();
  const first = await person.ask('/signup');
  const made = await person.submit('/signup', '/signup', { name: 'Cookie Reader', password });
  const lines = [...first.cookies, ...made.cookies];
  assert.deepEqual(lines.map((line) => line.split('=')[0]), ['matinee-visitor', 'matinee']);
  for (const line of lines) {
    const attributes = line.split('; ').slice(1).map((part) => part.toLowerCase());
    for (const wanted of ['httponly', 'samesite=lax', 'path=/']) assert.ok(attributes.includes(wanted), line);
    assert.ok(!attributes.some((part) => part.startsWith('domain')), line);
  }
  assert.match(lines[1], /^matinee=[A-Za-z0-9_-]{43};/);
  assert.match(lines[1], /Max-Age=7776000/);
});

test('with TLS cookies are Secure with the __Host- prefix, and HSTS is said', async () => {
  const own = temporaryFolder();
  const key = join(own.folder, 'key.pem'); const cert = join(own.folder, 'cert.pem');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const secure = await Server.start({ data: join(own.folder, 'data'), args: ['--tls-cert', cert, '--tls-key', key] }).ready;
  assert.match(secure.url, /^https:/);
  const person = visitor(secure.url);
  const first = await person.ask('/signup');
  const made = await person.submit('/signup', '/signup', { name: 'Tls Reader', password });
  assert.equal(made.status, 303, made.text);
  for (const line of [...first.cookies, ...made.cookies]) assert.match(line, /^__Host-matinee(-visitor)?=.*; Secure/);
  assert.match(first.headers['strict-transport-security'], /max-age=\d{8}/);
  assert.match((await person.ask('/account')).text, /Tls Reader/);
  await secure.kill();
  own.remove();
});

test('a session planted before the log-in is not the one after it, and the one before is over', async () => {
  const first = await account('Fixed');
  const old = first.jar.get('matinee');
  const again = visitor();
  const planted = 'A'.repeat(43);
  again.jar.set('matinee', planted);
  await again.ask('/login');
  const entered = await again.submit('/login', '/login', { name: 'fixed', password });
  assert.equal(entered.status, 303, entered.text);
  const now = again.jar.get('matinee');
  assert.notEqual(now, planted);
  assert.notEqual(now, old);
  assert.equal((await first.submit('/account', '/logout', {})).status, 303);
  const thief = visitor();
  thief.jar.set('matinee', old);
  assert.equal((await thief.ask('/account')).headers.location, '/login?next=/account');
  assert.equal((await again.ask('/account')).status, 200);
});

test('logging out everywhere ends every session and closes its sockets with 4001 within a second', async () => {
  const one = new Person(server.url);
  assert.equal((await one.signUp('Everywhere', password)).status, 303);
  const two = new Person(server.url);
  assert.equal((await two.submit('/login', '/login', { name: 'Everywhere', password })).status, 303);
  const socket = await two.socket(await one.startRoom());
  const began = Date.now();
  assert.equal((await one.submit('/account', '/account/logout-everywhere', {})).status, 303);
  assert.equal((await socket.closed).code, 4001);
  assert.ok(Date.now() - began < 1_500);
  for (const person of [one, two]) assert.equal((await person.request('/account')).status, 303);
});

test('sixteen people who sign up with one name at the same moment make one account', async () => {
  const people = Array.from({ length: 16 }, () => visitor());
  const tokens = await Promise.all(people.map((person) => person.token('/signup')));
  const answers = await Promise.all(people.map((person, i) => person.ask('/signup', { method: 'POST', form: { csrf: tokens[i], name: i % 2 ? 'SIXTEEN' : 'sixteen', password: `${password} ${i}` } })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [303, ...Array(15).fill(422)]);
  for (const answer of answers.filter((a) => a.status === 422)) assert.match(answer.text, /This name is taken/);
  const winner = answers.findIndex((a) => a.status === 303);
  assert.equal((await visitor().submit('/login', '/login', { name: 'Sixteen', password: `${password} ${winner}` })).status, 303);
});

test('an unknown person and a wrong password get the same answer, and the eleventh try must wait, also after a restart', async () => {
  const own = temporaryFolder();
  let own_server = await Server.start({ data: own.folder }).ready;
  await account('Guarded', visitor(own_server.url));
  const same = (answer) => answer.text.replace(/value="[A-Za-z0-9_-]{43}"/g, 'value="TOKEN"').replace(/Guarded|Nobody/g, 'NAME');
  const wrong = await visitor(own_server.url).submit('/login', '/login', { name: 'Guarded', password: 'not this one' });
  const nobody = await visitor(own_server.url).submit('/login', '/login', { name: 'Nobody', password: 'not this one' });
  assert.equal(wrong.status, 422);
  assert.equal(nobody.status, 422);
  assert.equal(same(wrong), same(nobody));
  for (let i = 2; i <= 10; i++) assert.equal((await visitor(own_server.url).submit('/login', '/login', { name: 'Guarded', password: 'not this one' })).status, 422);
  await own_server.stop();
  own_server = await Server.start({ data: own.folder }).ready;
  const refused = await visitor(own_server.url).submit('/login', '/login', { name: 'Guarded', password });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) >= 1 && Number(refused.headers['retry-after']) <= 60, refused.headers['retry-after']);
  assert.equal((await visitor(own_server.url).submit('/login', '/login', { name: 'Nobody', password })).status, 422);
  await own_server.kill();
  own.remove();
});

test('the twenty-first unknown room code from one address must wait, and a room that exists costs nothing', async () => {
  const owner = await account('Code Owner');
  const room = (await owner.submit('/', '/rooms', {})).headers.location;
  const guesser = visitor();
  for (let i = 0; i < 20; i++) assert.equal((await guesser.ask(`/rooms/AAAABBB${'0123456789ABCDEFGHJK'[i]}`)).status, 404);
  const refused = await guesser.ask('/rooms/AAAABBBB');
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) >= 1);
  const friend = visitor();
  for (let i = 0; i < 25; i++) assert.equal((await friend.ask(room)).status, 200);
});

test('a form needs its own token and our own Origin, and nothing changes by GET', async () => {
  const person = await account('Form Filler');
  const token = await person.token('/account');
  const rename = (fields, headers) => person.ask('/account/name', { method: 'POST', form: { name: 'Hijacked', ...fields }, headers });
  assert.equal((await rename({})).status, 403);
  assert.equal((await rename({ csrf: 'A'.repeat(43) })).status, 403);
  assert.equal((await rename({ csrf: await visitor().token('/login') })).status, 403);
  assert.equal((await rename({ csrf: token }, { origin: 'https://evil.example' })).status, 403);
  assert.equal((await rename({ csrf: token }, { origin: 'null' })).status, 403);
  assert.equal((await rename({ csrf: token }, { origin: null })).status, 403);
  assert.equal((await rename({ csrf: token }, { origin: `${server.url}.evil.example` })).status, 403);
  for (const path of ['/logout', '/account/name?name=Hijacked', '/account/password', '/account/logout-everywhere', '/join', '/setup']) assert.equal((await person.ask(path)).status, 405, path);
  assert.match((await person.ask('/account')).text, /value="Form Filler"/);
  assert.equal((await rename({ csrf: token, name: 'Form Fuller' })).status, 303);
});

test('a page elsewhere learns nothing: no CORS headers, no preflight', async () => {
  const person = await account('Cors');
  const asked = await person.ask('/account', { headers: { origin: 'https://evil.example' } });
  const preflight = await person.ask('/account/name', { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } });
  assert.equal(preflight.status, 405);
  for (const answer of [asked, preflight]) assert.deepEqual(Object.keys(answer.headers).filter((name) => name.startsWith('access-control')), []);
});

test('redirects lead to own paths only', async () => {
  const person = await account('Redirected');
  for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '\\\\evil.example', '/\t/evil.example', 'javascript:alert(1)', ' /rooms', '/ro\r\noms', '']) {
    const answer = await person.ask(`/login?next=${encodeURIComponent(next)}`);
    assert.equal(answer.headers.location, '/', JSON.stringify(next));
  }
  assert.equal((await person.ask('/login?next=/rooms')).headers.location, '/rooms');
  const stranger = visitor();
  const entered = await stranger.submit('/login', '/login', { name: 'Redirected', password, next: '//evil.example' });
  assert.equal(entered.status, 303);
  assert.equal(entered.headers.location, '/');
});

test('the log holds no password, token, cookie or chat text, also at its most talkative', async () => {
  const person = new Person(server.url);
  const secret = 'a password that must not be logged';
  assert.equal((await person.signUp('Logged', secret)).status, 303);
  assert.equal((await new Person(server.url).submit('/login', '/login', { name: 'Logged', password: `${secret} wrong` })).status, 422);
  const socket = await person.socket(await person.startRoom());
  const shown = socket.next('chat.message');
  socket.send({ type: 'chat.post', id: 'secret-text-1', text: 'words that must not be logged' });
  await shown;
  socket.send('{"type":"words that must not be logged"}');
  await socket.next('error');
  for (const cookie of person.jar.values()) assert.ok(!server.log.includes(cookie));
  assert.doesNotMatch(server.log, /must not be logged/);
});

test('the program is hardened: position independent, relocations read-only, stack protected', () => {
  const head = execFileSync('readelf', ['-hldW', binary], { encoding: 'utf8' });
  assert.match(head, /Type:\s+DYN/);
  assert.match(head, /GNU_RELRO/);
  assert.match(head, /BIND_NOW|FLAGS.*NOW/);
  assert.match(head, /GNU_STACK\s+\S+\s+\S+\s+\S+\s+\S+\s+\S+\s+RW\s/);
  assert.match(execFileSync('readelf', ['--dyn-syms', '-W', binary], { encoding: 'utf8', maxBuffer: 1 << 28 }), /__stack_chk_fail/);
});
