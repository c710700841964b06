// docs/limits.md against the code, both ways: every constant and default of the headers below has a row with the same number, every row
// has its constant, and every test that is named exists. So the page cannot go stale.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missingTests } from './named_tests.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (file) => readFileSync(join(root, file), 'utf8');
const page = read('docs/limits.md');

// Which values of a file are bounds. `only`: the file also holds constants that bound nothing, so its bounds are named.
const sources = [
  { file: 'rooms/limits.h' },
  { file: 'server/wire/decode.h', only: ['client_message_bytes_max', 'integer_max', 'json_depth_max', 'tab_bytes_max', 'tab_bytes_min'] },
  { file: 'server/net/limits.h' },
  { file: 'server/net/chunked.h', only: ['extension_bytes_max', 'trailer_bytes_max'] },
  { file: 'server/http/form.h' },
  { file: 'server/http/static_files.cpp', only: ['file_bytes_max', 'files_max'] },
  { file: 'server/http/cookies.cpp', only: ['pairs_max'] },
  { file: 'server/pages/visit.h', only: ['form_bytes_max'] },
  { file: 'server/pages/avatar_picture.h' },
  { file: 'server/pages/export.h' },
  { file: 'server/pages/account_end.h' },
  { file: 'server/pages/room_list.h' },
  { file: 'server/pages/streams.h' },
  { file: 'server/pages/devices.h', only: ['devices_shown_max'] },
  { file: 'server/library/limits.h' },
  { file: 'server/pages/library.h' },
  { file: 'server/pages/live.h' },
  { file: 'server/pages/library_upload.h' },
  { file: 'server/pages/upload_metadata.h' },
  { file: 'server/api/desktop_tokens.h', only: ['desktop_client_bytes_max', 'desktop_token_body_bytes_max'] },
  { file: 'server/previews/limits.h' },
  { file: 'server/auth/names.h' },
  { file: 'server/auth/password_pool.h' },
  { file: 'server/auth/random.h' },
  { file: 'server/auth/sessions.h' },
  { file: 'server/auth/cookie_names.h' },
  { file: 'server/auth/throttle.h', only: ['keys_max'] },
  { file: 'server/seams/session_store.h', only: ['idle_ms', 'absolute_ms'] },
  { file: 'server/shard/limits.h' },
  { file: 'server/media/limits.h' },
  { file: 'server/store/database.h' },
  { file: 'server/ops/log.cpp', only: ['value_bytes_max'] },
  { file: 'server/app/housekeeping.h' },
  { file: 'server/app/shard_thread.cpp', only: ['fresh_for_ms'] },
  { file: 'streams/limits.h' },
  { file: 'videoproto/desktop/limits.h' },
  { file: 'videoproto/desktop/sound_limits.h' },
];

const number = String.raw`std::(?:size_t|u?int\d+_t|uintmax_t)|unsigned|int|double`;
const time = String.raw`std::chrono::(?:milliseconds|seconds|minutes)`;
const declaration = new RegExp(
  String.raw`^\s*(inline constexpr |static constexpr |constexpr )?(${number}|${time}|rooms::Rate) (\w+)(?:\s*=\s*([^;]+)|\{([^}]*(?:\{[^}]*\})?[^}]*)\});`, 'gm');

const known = new Map();   // "rooms::limits::absence_ms" and "absence_ms" → number

function evaluate(text, type) {
  const unit = { milliseconds: 1, seconds: 1_000, minutes: 60_000 }[/chrono::(\w+)/.exec(type)?.[1]];
  let expression = text.trim();
  const inner = /^std::chrono::(hours|minutes|seconds)\{(.+)\}$/.exec(expression);
  const innerUnit = inner ? { hours: 3_600_000, minutes: 60_000, seconds: 1_000 }[inner[1]] : 1;
  if (inner) expression = inner[2];
  expression = expression.replace(/'/g, '').replace(/(\d)(?:LL|u|U)\b/g, '$1').replace(/\d+LL? << (\d+)|1 << (\d+)/g, (_m, a, b) => String(2 ** Number(a ?? b)));
  const named = /[A-Za-z_][\w:]*/.test(expression);
  expression = expression.replace(/[A-Za-z_][\w:]*/g, (name) => {
    const value = known.get(name) ?? known.get(name.split('::').pop());
    assert.ok(value !== undefined, `"${text}" needs ${name}, which is not known here`);
    return value;
  });
  assert.match(expression, /^[\d.\s*+()/-]+$/, `"${text}" cannot be read`);
  const value = Function(`return (${expression});`)();
  return value * (inner ? innerUnit : (named ? 1 : unit ?? 1));
}

function bounds({ file, only }) {
  const found = new Map();
  for (const [, constant, type, name, assigned, braced] of read(file).replace(/\/\/.*$/gm, '').matchAll(declaration)) {
    if (name.endsWith('_') || (only && !only.includes(name)) || assigned?.trim() === 'default') continue;
    if (!constant && !file.endsWith('.h')) continue;
    if (type === 'rooms::Rate') { found.set(name, braced.split(',').map((part) => Number(part))); continue; }
    const isTime = type.includes('chrono');
    const value = evaluate(assigned ?? braced, type);
    known.set(name, value);
    // Everything in the smallest unit: bytes and milliseconds.
    const factor = isTime ? 1 : /_kib(_|$)/.test(name) ? 1024 : /_s$/.test(name) ? 1_000 : 1;
    found.set(name, [value * factor]);
  }
  return found;
}

const units = { KiB: 1024, MiB: 1024 ** 2, ms: 1, s: 1_000, min: 60_000, h: 3_600_000, days: 86_400_000 };
function shown(cell) {
  return [...cell.matchAll(/(2\^53|\d[\d,]*(?:\.\d+)?)(?:\s(KiB|MiB|ms|s|min|h|days)\b)?/g)]
    .map(([, digits, unit]) => (digits === '2^53' ? 2 ** 53 : Number(digits.replaceAll(',', ''))) * (units[unit] ?? 1));
}

// Section title: the file in code. Rows: name, number, what happens beyond, test.
function rowsOf(file) {
  const at = page.indexOf(`\n## \`${file}\``);
  assert.ok(at >= 0, `docs/limits.md has no section ${file}`);
  const section = page.slice(at + 1).split(/\n## /)[0];
  return [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, name, value, beyond, proof]) => ({ name, value, beyond, proof }));
}

for (const source of sources) {
  test(`${source.file} and docs/limits.md say the same`, () => {
    const code = bounds(source);
    const rows = new Map(rowsOf(source.file).map((row) => [row.name, row]));
    assert.ok(code.size > 0, 'no bound found: has the file changed its form?');
    for (const name of source.only ?? []) assert.ok(code.has(name), `${name} is not in ${source.file} any more`);
    assert.deepEqual([...rows.keys()].sort(), [...code.keys()].sort());
    for (const [name, value] of code) {
      assert.deepEqual(shown(rows.get(name).value), value, `${name} is ${value} in the code`);
      assert.ok(rows.get(name).beyond.trim().length > 2, `${name}: what happens beyond it?`);
    }
  });
}

test('the throttles of docs/limits.md are those of the code', () => {
  const table = read('server/auth/throttle.cpp').match(/\{"(\w+)", ([^}]+)\}/g).map((row) => {
    const [, name, burst, refill, kept] = /\{"(\w+)", (\d+), ([^,]+), (true|false)\}/.exec(row);
    const factor = refill.trim().split('*').map((part) => ({ minute: 60_000, second: 1_000 }[part.trim()] ?? Number(part))).reduce((a, b) => a * b);
    return [name, Number(burst), factor, kept === 'true'];
  });
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([\d,]+) \| ([^|]+) \| (yes|no) \|[^|]+\|$/gm)]
    .map(([, name, burst, refill, kept]) => [name, Number(burst), shown(refill)[0], kept === 'yes']);
  assert.deepEqual(rows, table);
});

test('every test that docs/limits.md names exists', () => assert.deepEqual(missingTests('docs/limits.md'), []));
