// The rules of docs/architecture.md as a test: allowed arrows between modules, where a library may be seen, how long a file may be.
// It only ever tightens.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n').filter(Boolean);
const text = (file) => readFileSync(join(root, file), 'utf8');
const lines = (file) => text(file).split('\n').length - 1;
const cpp = tracked.filter((f) => /\.(cpp|h)$/.test(f));
const product = cpp.filter((f) => !f.startsWith('tests/'));

const includes = (file) => [...text(file).matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)].map((m) => m[1]);

// Module of a path: rooms, rooms_links, server/net …
function moduleOf(path) {
  if (/^rooms\/(media_link|url_library)\./.test(path)) return 'rooms_links';
  if (path.startsWith('videoproto/desktop/')) return 'desktop';
  if (path.startsWith('streams/remux/')) return 'remux';
  const parts = path.split('/');
  return parts[0] === 'server' ? (parts.length > 2 ? parts[1] : 'app') : parts[0];
}

// module → our own modules it may include. Every server module may use ops.
const allowed = {
  rooms: ['rooms_links'],                    // the header of the link parser names rooms types only
  rooms_links: ['rooms'],
  videoproto: [],
  streams: [],
  remux: ['streams'],
  desktop: ['videoproto', 'rooms', 'rooms_links'],   // rooms: only how a room's code and a link are read
  seams: ['rooms'],
  ops: [],
  net: ['ops'],
  http: ['net', 'ops'],
  wire: ['rooms', 'rooms_links', 'ops'],
  store: ['seams', 'rooms', 'ops'],
  auth: ['seams', 'rooms', 'ops'],
  shard: ['rooms', 'rooms_links', 'wire', 'seams', 'net', 'ops'],
  media: ['rooms', 'seams', 'net', 'http', 'auth', 'streams', 'remux', 'videoproto', 'ops'],
  previews: ['rooms', 'rooms_links', 'seams', 'wire', 'ops'],
  library: ['seams', 'rooms', 'ops'],
  pages: ['http', 'net', 'auth', 'shard', 'previews', 'library', 'seams', 'rooms', 'rooms_links', 'videoproto', 'ops'],
  api: ['http', 'net', 'auth', 'shard', 'seams', 'rooms', 'ops'],
  app: ['rooms', 'rooms_links', 'seams', 'ops', 'net', 'http', 'wire', 'store', 'auth', 'shard', 'media', 'videoproto', 'previews', 'library', 'pages', 'api'],
};

test('modules include only what the allowed arrows say', () => {
  const wrong = [];
  for (const file of product) {
    const from = moduleOf(file);
    assert.ok(allowed[from], `${file}: module ${from} is not in the table of allowed arrows`);
    for (const include of includes(file)) {
      if (!/^(rooms|server|videoproto|streams|tests)\//.test(include)) continue;
      const to = moduleOf(include);
      if (to !== from && !allowed[from].includes(to)) wrong.push(`${file} includes ${include}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('the room and the streams are pure: the standard library and tl::expected only, no clock, random, I/O, thread or lock', () => {
  const banned = /^(chrono|random|fstream|iostream|sstream|cstdio|stdio\.h|thread|mutex|shared_mutex|condition_variable|atomic|filesystem|ctime|time\.h|future)$/;
  const wrong = [];
  for (const file of product.filter((f) => ['rooms', 'streams'].includes(moduleOf(f)))) {
    for (const include of includes(file)) {
      if (banned.test(include) || (include.includes('/') && !/^(rooms|streams|tl)\//.test(include))) wrong.push(`${file} includes ${include}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a library is seen only where its module is', () => {
  const homes = [
    [/^websocketpp\//, /^server\/net\/websocket/, 3],
    [/^boost\/asio/, /^(server\/(net|app)\/|videoproto\/(connection|desktop\/(link|room|room_parts|room_sending|session_app)\.))/],
    [/^boost\/beast/, /^server\/net\//],
    [/^boost\/json/, /^server\/(wire|pages|api|ops)\/|^server\/previews\/oembed\.cpp|^videoproto\/(json|control_codec|desktop\/(report|login))\.cpp/],
    [/^boost\/url/, /^rooms\/(media_link|url_library)\./],
    [/^curl\//, /^server\/previews\/fetcher\.cpp|^videoproto\/desktop\//],
    [/^openssl\//, /^server\/(net|auth)\/|^videoproto\/connection/],
    [/^(SQLiteCpp\/|sqlite3\.h)/, /^server\/store\//],
    [/^argon2\.h/, /^server\/auth\//],
    [/^kainjow\//, /^server\/pages\//, 1],
    [/^spdlog\//, /^server\/ops\//],
    [/^CLI\//, /^(server\/ops\/|videoproto\/desktop\/options\.)/],
    [/^opencv2\//, /^videoproto\/desktop\//],
    [/^(turbojpeg\.h|X11\/|SDL2?\/|SDL\.h|opus)/, /^videoproto\/desktop\//],
    [/^lib(av|sw)/, /^(streams\/remux|videoproto\/desktop)\//],
  ];
  const wrong = [];
  for (const [library, home, most] of homes) {
    const users = product.filter((file) => includes(file).some((include) => library.test(include)));
    for (const file of users) if (!home.test(file)) wrong.push(`${file} includes ${library.source}`);
    if (most && users.length > most) wrong.push(`${library.source} is included by ${users.length} files, at most ${most}`);
  }
  assert.deepEqual(wrong, []);
});

test('no file is over 600 lines, no browser module (catalogues of words aside) over 300, and the median C++ file is at most 140', () => {
  const long = tracked.filter((f) => /\.(cpp|h|js|mjs|css)$/.test(f) && !f.startsWith('static/js/strings/') && lines(f) > (f.startsWith('static/js/') ? 300 : 600));
  assert.deepEqual(long.map((f) => `${f} ${lines(f)}`), []);
  const sizes = product.map(lines).sort((a, b) => a - b);
  assert.ok(sizes[Math.floor(sizes.length / 2)] <= 140, `median is ${sizes[Math.floor(sizes.length / 2)]}`);
});

test('every header opens with what it is, and has pragma once', () => {
  const wrong = product.filter((f) => f.endsWith('.h')).filter((f) => !/^\/\/ \S/.test(text(f)) || !text(f).includes('#pragma once'));
  assert.deepEqual(wrong, []);
});

test('browser code never writes markup from data, and templates hold no inline script or style', () => {
  const scripts = tracked.filter((f) => f.startsWith('static/js/') && f.endsWith('.js'));
  assert.deepEqual(scripts.filter((f) => /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\()/.test(text(f))), []);
  const templates = tracked.filter((f) => f.startsWith('templates/') && f.endsWith('.html'));
  assert.ok(templates.length > 0, 'no templates found');
  assert.deepEqual(templates.filter((f) => /<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style|\sstyle=|\son[a-z]+=|{{{|{{&/.test(text(f))), []);
  assert.deepEqual(tracked.filter((f) => f.startsWith('static/css/') && /!important/.test(text(f))), []);
});

test('tests neither sleep nor use fixed ports', () => {
  const wrong = tracked.filter((f) => /^tests\/.*\.(cpp|h)$/.test(f) && /sleep_for|sleep_until|\busleep\(|[^\w]sleep\(/.test(text(f)));
  assert.deepEqual(wrong, []);
});

test('mutexes are few', () => {
  const count = product.reduce((sum, f) => sum + [...text(f).matchAll(/^\s*(mutable\s+)?std::(shared_|recursive_)?mutex\s+\w+;/gm)].length, 0);
  assert.ok(count <= 8, `${count} mutexes`);
});
