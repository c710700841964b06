// docs/protocol.md against the code, links and named tests of every page: what a page says must be so.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missingTests } from './named_tests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (file) => readFileSync(join(root, file), 'utf8');
const protocol = read('docs/protocol.md');
const section = (title) => protocol.split(`\n## ${title}\n`)[1].split('\n## ')[0];
const firstCells = (title) => [...section(title).matchAll(/^\| ([^|]*`[^|]*) \|/gm)].map(([, cell]) => cell);
const names = (cells) => cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]));

test('the error codes of the protocol page are those of rooms/result.cpp, in its order, with their status', () => {
  const code = [...read('rooms/result.cpp').matchAll(/\{"(\w+)", (\d{3}), "/g)].map(([, name, status]) => `${name} ${status}`);
  const page = [...section('Error codes').matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, name, status]) => `${name} ${status}`);
  assert.ok(code.length > 20, 'the table in rooms/result.cpp has changed its form');
  assert.deepEqual(page, code);
});

test('the close codes of the protocol page are those of server/shard/close_codes.h', () => {
  const code = [...read('server/shard/close_codes.h').matchAll(/constexpr std::uint16_t \w+ = (\d{4});/g)].map((m) => m[1]);
  const page = [...section('Close codes').matchAll(/^\| (\d{4}) \|/gm)].map((m) => m[1]);
  assert.ok(code.length > 5);
  assert.deepEqual(page, code);
});

test('the message types of the protocol page are those that wire reads and writes', () => {
  const heard = [...read('server/wire/decode.cpp').matchAll(/MessageType\{"([\w.]+)"/g)].map((m) => m[1]);
  assert.deepEqual(names(firstCells('Client → server')).sort(), heard.sort());
  const said = [...read('server/wire/encode.cpp').matchAll(/\btype\(json, "([\w.]+)"\)/g)].map((m) => m[1]);
  assert.deepEqual(names(firstCells('Server → client')).sort(), said.sort());
});

test('the reasons of a refused link on the protocol page are those of the parser', () => {
  const header = /bad_media and one of these details: ([^.]+)\./.exec(read('rooms/media_link.h'))[1].replace(/\/\//g, '').split(',').map((word) => word.trim());
  const row = /^\| `bad_media` .*$/m.exec(section('Error codes'))[0];
  assert.deepEqual(names([row]).filter((name) => name !== 'bad_media' && name !== 'detail').sort(), header.sort());
});

test('the alphabet of room codes on the protocol page is that of the code', () => {
  assert.ok(protocol.includes(`\`${/alphabet = "(\w{32})"/.exec(read('rooms/room_code.cpp'))[1]}\``));
});

test('the pages and forms of the protocol page are the routes of the server', () => {
  const routes = [...read('server/pages/pages.cpp').matchAll(/router\.(get|post)\("([^"]+)"/g)].map(([, method, path]) => `${method.toUpperCase()} ${path}`);
  for (const [, path] of read('server/app/app.cpp').matchAll(/router->websocket\("([^"]+)"/g)) routes.push(`GET ${path}`);
  assert.deepEqual(names(firstCells('Pages and forms')).sort(), routes.sort());
});

test('the routes for programs are on the protocol page, and there are no others', () => {
  const routes = readdirSync(join(root, 'server/api')).filter((name) => name.endsWith('.cpp'))
    .flatMap((name) => [...read(`server/api/${name}`).matchAll(/router\.(get|post)\("([^"]+)"/g)].map(([, method, path]) => `${method.toUpperCase()} ${path}`));
  assert.ok(routes.length > 0);
  assert.deepEqual([...section('Pages and forms').matchAll(/`((?:GET|POST) \/api\/[^`]+)`/g)].map(([, route]) => route).sort(), routes.sort());
});

test('the uploads of the protocol page are the other routes of the library', () => {
  const routes = [...read('server/pages/pages.cpp').matchAll(/router\.add\("(\w+)", "([^"]+)"/g)].map(([, method, path]) => `${method} ${path}`);
  assert.ok(routes.length > 0);
  assert.deepEqual(names(firstCells('Uploads')).filter((one) => !/^(GET|POST) /.test(one)).sort(), routes.sort());
});

test('the live streams of the protocol page are the routes of server/media', () => {
  const endings = [...read('server/media/live_routes.cpp').matchAll(/\{"(\.\w+)", rooms::LiveForm::\w+\}/g)].map((m) => m[1]);
  assert.equal(endings.length, 4);
  const routes = ['live_routes', 'hls_routes', 'ingest_routes'].flatMap((file) => [...read(`server/media/${file}.cpp`).matchAll(/router_\.(get|post|websocket)\(\s*"([^"]+)"/g)])
    .map(([, method, path]) => `${method === 'post' ? 'POST' : 'GET'} ${path}`)
    .flatMap((route) => (route.endsWith('{name}') ? ['', ...endings].map((ending) => route.replace('{name}', `{stream}${ending}`)) : [route]));
  assert.ok(routes.length > 0);
  assert.deepEqual(names(firstCells('Live streams')).sort(), routes.sort());
});

test('every field of a form is on the protocol page', () => {
  const rows = [...section('Pages and forms').matchAll(/^\| `POST ([^`]+)` \| (.*) \|$/gm)].map(([, path, text]) => [path, text]);
  const templates = readdirSync(join(root, 'templates'), { recursive: true }).filter((name) => name.endsWith('.html'));
  const whole = (file) => read(`templates/${file}`).replace(/\{\{> (\w+)\}\}/g, (_all, part) => whole(`partials/${part}.html`));
  let fields = 0;
  for (const file of templates) {
    for (const [, action, form] of whole(file).matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)) {
      const path = action.replace(/\{\{(code|id)\}\}/, '{$1}');
      const row = rows.find(([of]) => of === path)?.[1];
      assert.ok(row !== undefined, `${file}: no row for ${path}`);
      for (const [, name] of form.matchAll(/<(?:input|select|textarea|button)[^>]*\sname="([^"]+)"/g)) {
        fields += 1;
        assert.ok(name === 'csrf' || new RegExp(`\`${name}\\??\``).test(row), `${file}: field ${name} of ${path}`);
      }
    }
  }
  assert.ok(fields > 20);
});

const documents = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

test('every link between documents leads somewhere', () => {
  const lost = [];
  for (const file of documents) {
    for (const [, target] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#)/.test(target)) continue;
      if (!existsSync(join(root, dirname(file), target.split('#')[0]))) lost.push(`${file}: ${target}`);
    }
  }
  assert.deepEqual(lost, []);
});

test('every document that the code names is there', () => {
  const files = execFileSync('git', ['ls-files', '*.h', '*.cpp', '*.js', '*.ts', '*.mjs', '*.html', '*.md', 'dev'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
  const lost = files.flatMap((file) => [...read(file).matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([name]) => name).filter((name) => !existsSync(join(root, name))).map((name) => `${file}: ${name}`));
  assert.deepEqual(lost, []);
});

test('every test that docs/security.md names exists', () => assert.deepEqual(missingTests('docs/security.md'), []));

test('decisions are numbered without holes, and each has context, decision and consequences', () => {
  const files = readdirSync(join(root, 'docs/adr')).sort();
  files.forEach((file, i) => {
    assert.ok(file.startsWith(String(i + 1).padStart(4, '0')), file);
    const text = read(`docs/adr/${file}`);
    assert.ok(text.startsWith(`# ${i + 1}. `), file);
    for (const part of ['**Context.**', '**Decision.**', '**Consequences.**']) assert.ok(text.includes(part), `${file}: ${part}`);
  });
});
