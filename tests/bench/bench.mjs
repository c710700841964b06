// ./dev bench: what the server costs, measured against references in the same interleaved run. Medians of rounds; a run counts only
// if the load generator saw every message exactly once and in order. The machine is usually shared: believe ratios, not single figures.
//   node tests/bench/bench.mjs [fanout] [rooms] [flood] [idle] [instructions] [store] [sync] [page] [video] [streams] [--rounds N] [--json FILE]
// The load generator and the reference servers are not part of this repository: MATINEE_PERF names their folder (default ../shared/perf).
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { streams } from './streams.mjs';
import { desktop, video } from './video.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const args = process.argv.slice(2);
const option = (name, fallback) => { const i = args.indexOf(name); return i < 0 ? fallback : args.splice(i, 2)[1]; };
const rounds = Number(option('--rounds', '5'));
const json = option('--json', '');
// For sync alone: how many pages, one scenario only, minutes of long play.
const syncOptions = ['--pages', '--only', '--long'].flatMap((name) => { const value = option(name, ''); return value ? [name, value] : []; });
const binary = option('--binary', join(root, 'build/release/matinee'));
const wanted = args.length ? args : ['fanout', 'rooms', 'flood', 'idle', 'instructions', 'store'];
const perf = process.env.MATINEE_PERF ?? resolve(root, '../shared/perf');
const out = join(root, 'build/bench');
const twoCores = Number(execFileSync('nproc')) > 1;
const pin = (cpu) => (twoCores ? ['taskset', '-c', String(cpu)] : []);

const median = (values) => { const s = [...values].sort((a, b) => a - b); return s.length ? s[Math.floor(s.length / 2)] : NaN; };
const freePort = () => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });

// name, source, flags
const tools = [
  ['wsload', 'wsload.cpp', ['-std=c++20']],
  ['limit', 'peers/limit.cpp', ['-std=c++20', '-luring']],
  ['wspp_fast', 'peers/wspp_fast.cpp', ['-std=c++17', '-lpthread', '-luring']],
];
function buildTools() {
  if (!existsSync(join(perf, 'wsload.cpp'))) {
    console.error(`The load generator is not here: set MATINEE_PERF to its folder (looked in ${perf}). Only the store bench runs without it.`);
    return false;
  }
  mkdirSync(out, { recursive: true });
  for (const [name, source, flags] of tools) {
    const from = join(perf, source);
    const to = join(out, name);
    if (existsSync(to) && statSync(to).mtimeMs > statSync(from).mtimeMs) continue;
    const made = spawnSync('g++', ['-O2', '-o', to, from, ...flags.filter((f) => f.startsWith('-std')), ...flags.filter((f) => f.startsWith('-l'))], { encoding: 'utf8' });
    if (made.status !== 0) console.error(`${name} cannot be built here (apt-get install --no-install-recommends libasio-dev liburing-dev): left out.`);
  }
  return existsSync(join(out, 'wsload'));
}

// Our server in bench mode: guests made at start, their cookies and the rooms' codes in files, rates lifted.
async function startOurs({ rooms, members, wrap = [], extra = [], videoPort = 0 }) {
  const folder = mkdtempSync(join(tmpdir(), 'matinee-bench-'));
  const cookies = join(folder, 'cookies');
  const codes = join(folder, 'codes');
  const port = await freePort();
  const process_ = spawn(wrap[0] ?? pin(0)[0] ?? binary, [...(wrap.length ? wrap.slice(1) : pin(0).slice(1)), ...(wrap.length || twoCores ? [binary] : []),
    '--data', join(folder, 'data'), '--address', '127.0.0.1', '--port', String(port), '--video-port', '0', '--video-plain-port', String(videoPort), '--shards', '1', '--log-level', 'warning',
    '--max-connections', '15000', '--max-connections-per-address', '15000',
    '--bench-guests', String(rooms * members), '--bench-rooms', String(rooms), '--bench-cookies', cookies, '--bench-codes', codes, '--bench-tokens', join(folder, 'tokens'), ...extra],
  { stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  await new Promise((done, failed) => {
    process_.stdout.on('data', (chunk) => { log += chunk; if (log.includes('listening on')) done(); });
    process_.once('exit', (code) => failed(new Error(`server ended (${code}): ${log}`)));
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    port, process: process_, pid: process_.pid, folder,
    dialect: ['--dialect', 'tmpl', '--path', '/rooms/%R/socket', '--step', '=>{"type":"room.join","tab":"bench-tab-%M"}', '--ready', '"type":"room.welcome"',
      '--send', '{"type":"room.signal","data":"%P"}', '--header', `Origin: ${origin}`, '--header', 'Sec-WebSocket-Protocol: matinee.v1',
      '--cookies', cookies, '--codes', codes],
    stop: async () => { process_.kill('SIGTERM'); await new Promise((done) => process_.once('exit', done)); rmSync(folder, { recursive: true, force: true }); },
  };
}

async function startPeer(words) {
  const port = await freePort();
  const all = [...pin(0), ...words.map((w) => (w === '{port}' ? String(port) : w))];
  const process_ = spawn(all[0], all.slice(1), { stdio: 'ignore' });
  for (let i = 0; i < 200; i++) {
    try { execFileSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`], { stdio: 'ignore' }); break; } catch { await new Promise((r) => setTimeout(r, 20)); }
  }
  return { port, pid: process_.pid, dialect: ['--dialect', 'raw'], stop: async () => { process_.kill('SIGKILL'); await new Promise((done) => process_.once('exit', done)); } };
}

function load(server, options) {
  const words = [...pin(1), join(out, 'wsload'), '--port', String(server.port), '--pid', String(server.pid), ...server.dialect, '--size', '100',
    ...Object.entries(options).flatMap(([k, v]) => [`--${k}`, String(v)])];
  return new Promise((done) => {
    const child = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let faults = '';
    child.stdout.on('data', (c) => { text += c; });
    child.stderr.on('data', (c) => { faults += c; });
    child.once('exit', (code) => {
      let row = {};
      try { row = JSON.parse(text.trim().split('\n').pop()); } catch { /* no line: the fault says why */ }
      if (code !== 0) row.error = faults.trim().split('\n').slice(0, 3).join(' | ') || `exit ${code}`;
      done(row);
    });
  });
}

const scenarios = {
  fanout: { title: 'one room of 1,000, 50 messages/s', rooms: 1, members: 1000, options: { mode: 'fanout', rate: 50, seconds: 3, warmup: 0.5 } },
  rooms: { title: '200 rooms of 5, 20 messages/s each', rooms: 200, members: 5, options: { mode: 'rooms', rate: 20, seconds: 3, warmup: 0.5 } },
  flood: { title: '200 rooms of 5, as fast as 16 in flight allow', rooms: 200, members: 5, options: { mode: 'flood', window: 16, seconds: 2, warmup: 0.5 } },
};

async function compare(name) {
  const { title, rooms, members, options } = scenarios[name];
  const peers = { matinee: () => startOurs({ rooms, members }) };
  if (existsSync(join(out, 'limit'))) peers['limit-write'] = () => startPeer([join(out, 'limit'), '{port}', 'write']);
  if (existsSync(join(out, 'wspp_fast'))) peers['fast-tick'] = () => startPeer([join(out, 'wspp_fast'), '{port}', 'tick']);
  const rows = [];
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(peers);
    if (round % 2) names.reverse();
    for (const peer of names) {
      const server = await peers[peer]();
      const row = await load(server, { ...options, rooms, members });
      await server.stop();
      rows.push({ ...row, peer, round, scenario: name });
      if (json) appendFileSync(json, `${JSON.stringify(rows.at(-1))}\n`);
      if (row.error) console.error(`FAILED ${name} ${peer}: ${row.error}`);
    }
  }
  const good = rows.filter((r) => !r.error);
  const of = (peer, key) => good.filter((r) => r.peer === peer).map((r) => r[key]);
  const ratio = (peer, to, key) => median(good.filter((r) => r.peer === peer).flatMap((r) => {
    const other = good.find((o) => o.peer === to && o.round === r.round);
    return other?.[key] ? [r[key] / other[key]] : [];
  }));
  console.log(`\n### ${name}: ${title} (${rounds} rounds, medians; every message exactly once and in order)`);
  console.log('| server | CPU µs/delivery (min..max) | × limit-write | × fast-tick | deliveries/s | × fast-tick | p50 µs | p99 µs |\n|---|---|---|---|---|---|---|---|');
  for (const peer of Object.keys(peers)) {
    const cpu = of(peer, 'cpu_us_per_delivery');
    const f = (x, digits = 2) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
    console.log(`| ${peer} | ${f(median(cpu))} (${f(Math.min(...cpu))}..${f(Math.max(...cpu))}) | ${f(ratio(peer, 'limit-write', 'cpu_us_per_delivery'))} | ${f(ratio(peer, 'fast-tick', 'cpu_us_per_delivery'))} | ${f(median(of(peer, 'deliv_per_s')), 0)} | ${f(ratio(peer, 'fast-tick', 'deliv_per_s'))} | ${f(median(of(peer, 'p50_us')), 0)} | ${f(median(of(peer, 'p99_us')), 0)} |`);
  }
  if (!good.some((r) => r.peer === 'matinee')) process.exitCode = 1;
}

async function idle() {
  console.log('\n### idle: bytes per idle connection, joined to a room');
  console.log('| server | connections | KiB/connection | connects/s |\n|---|---|---|---|');
  const peers = { matinee: () => startOurs({ rooms: 1000, members: 5 }) };
  if (existsSync(join(out, 'limit'))) peers['limit-write'] = () => startPeer([join(out, 'limit'), '{port}', 'write']);
  for (const [peer, start] of Object.entries(peers)) {
    const server = await start();
    const row = await load(server, { mode: 'idle', rooms: 1000, members: 5 });
    await server.stop();
    if (row.error) { console.error(`FAILED idle ${peer}: ${row.error}`); process.exitCode = 1; continue; }
    console.log(`| ${peer} | 5000 | ${row.kib_per_conn.toFixed(2)} | ${row.connect_per_s.toFixed(0)} |`);
  }
}

// Instructions do not depend on how busy the machine is: two runs of different length under callgrind, the difference is the deliveries'.
// Both end before the first ping (20 s): 200 pongs would count as deliveries.
async function instructions() {
  if (spawnSync('valgrind', ['--version']).status !== 0) return console.log('\ninstructions: valgrind is not installed (apt-get install valgrind), left out.');
  console.log('\n### user instructions per delivery (callgrind, difference of two lengths)\n| case | instructions/delivery |\n|---|---|');
  for (const [title, rooms, members, counts] of [['1 × 200', 1, 200, [50, 150]], ['20 × 5', 20, 5, [20, 120]]]) {
    const totals = [];
    for (const count of counts) {
      const file = join(out, `callgrind-${rooms}-${count}`);
      const server = await startOurs({ rooms, members, wrap: ['valgrind', '-q', '--tool=callgrind', `--callgrind-out-file=${file}`] });
      const row = await load(server, { mode: 'fanout', rooms, members, rate: 10, count, seconds: 60, warmup: 0 });
      await server.stop();
      if (row.error) { console.error(`FAILED instructions: ${row.error}`); process.exitCode = 1; return; }
      totals.push(Number(/^(?:summary|totals): (\d+)/m.exec(readFileSync(file, 'utf8'))[1]));
    }
    console.log(`| ${title} | ${((totals[1] - totals[0]) / ((counts[1] - counts[0]) * rooms * members)).toFixed(0)} |`);
  }
}

function store() {
  const bench = join(root, 'build/release/tests/bench/bench_store');
  if (!existsSync(bench)) { console.error('bench_store is not built'); process.exitCode = 1; return; }
  console.log('\n### store: durable chat messages');
  process.stdout.write(execFileSync(bench, { encoding: 'utf8' }));
}

// What the room page costs its visitor.
function page() {
  const run = spawnSync('node', [join(root, 'tests/bench/page.mjs')], { env: { ...process.env, MATINEE_BIN: binary }, stdio: 'inherit' });
  if (run.status !== 0) process.exitCode = 1;
}

// What people see, in two real browsers: medians of runs of the story that measures it, beside what is promised.
function sync() {
  const promised = { 'chat: Enter to the other browser': ['p50', 3, 'plus the commit wait'], 'chat: Enter to painted in the other browser': ['p95', 18, 'plus the commit wait'] };
  mkdirSync(out, { recursive: true });
  const file = join(out, 'figures.jsonl');
  rmSync(file, { force: true });
  const timeline = spawnSync('node', [join(root, 'tests/bench/sync.mjs'), '--runs', String(rounds), ...syncOptions], { env: { ...process.env, MATINEE_BIN: binary }, stdio: 'inherit' });
  if (timeline.status !== 0) process.exitCode = 1;
  if (syncOptions.includes('--only')) return;
  // The chat's figures repeat themselves within one run: three are enough.
  for (let round = 0; round < Math.min(3, rounds); round++) {
    const run = spawnSync('node', ['--test', join(root, 'tests/e2e/figures.test.mjs')], { env: { ...process.env, MATINEE_BIN: binary, MATINEE_FIGURES: file }, encoding: 'utf8' });
    if (run.status !== 0) console.error(`round ${round + 1} failed:\n${run.stdout.slice(-2000)}`);
  }
  if (!existsSync(file)) { process.exitCode = 1; return; }
  const rows = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  console.log(`\n### chat: two real browsers, medians of runs, ms\n| what | p50 | p95 | max | promised |\n|---|---|---|---|---|`);
  for (const name of new Set(rows.map((r) => r.name))) {
    const of = (key) => median(rows.filter((r) => r.name === name).map((r) => r[key]));
    const [key, bound, more] = promised[name] ?? [];
    console.log(`| ${name} | ${of('p50').toFixed(1)} | ${of('p95').toFixed(1)} | ${of('max').toFixed(1)} | ${key ? `${key} ≤ ${bound} ${more}` : ''} |`);
  }
}

// Figures of the page and of the timeline need no load generator.
const loadIsHere = wanted.some((name) => !['sync', 'page', 'video', 'streams', 'store'].includes(name)) && buildTools();
for (const name of wanted) {
  if (name === 'store') store();
  else if (name === 'sync') sync();
  else if (name === 'page') page();
  else if (name === 'video') {
    await video({ root, startOurs, freePort, rounds, pin, median });
    await desktop({ root, binary, rounds, median });
  }
  else if (name === 'streams') await streams({ root, binary, startOurs, rounds, pin, median });
  else if (!loadIsHere) process.exitCode = 1;
  else if (scenarios[name]) await compare(name);
  else if (name === 'idle') await idle();
  else if (name === 'instructions') await instructions();
  else { console.error(`there is no bench '${name}'`); process.exitCode = 2; }
}
