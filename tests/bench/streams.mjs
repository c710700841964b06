// ./dev bench streams: the relay of live streams in MPEG-TS on one core, its load on the other, medians of rounds.
//   crowd    1,500 viewers of 1 Mbit/s by the socket the page uses, and by plain HTTP
//   stalled  450 viewers of 1 Mbit/s, alone and with 50 more that have stopped reading
//   bytes    100 viewers of 20 Mbit/s: what one core relays
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Person } from '../system/client.mjs';
import { csrf_of } from '../system/streams.mjs';

const runs = {
  'crowd, socket': { by: 'socket', mbit: 1, viewers: 1500 },
  'crowd, HTTP': { by: 'http', mbit: 1, viewers: 1500 },
  alone: { by: 'socket', mbit: 1, viewers: 450 },
  '50 stalled': { by: 'socket', mbit: 1, viewers: 450, stalled: 50 },
  bytes: { by: 'socket', mbit: 20, viewers: 100 },
};
const SECONDS = 8;

const FILM_SECONDS = 40;

// A film of a constant rate, most of it filler, which the load generator stamps; a key frame each second. (Null packets are not relayed.)
function film(folder, mbit) {
  const file = join(folder, `film-${mbit}.ts`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const rate = `${mbit * 950}k`;
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-t', String(FILM_SECONDS), '-c:v', 'libx264', '-preset', 'ultrafast',
    '-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-x264-params', 'nal-hrd=cbr', '-g', '25', '-f', 'mpegts', file]);
  return file;
}

export async function streams({ root, binary, startOurs, rounds, pin, median }) {
  const load = join(dirname(binary), 'tests/bench/ts_load');
  const rows = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, { by, mbit, viewers, stalled = 0 }] of Object.entries(runs)) {
      const server = await startOurs({ rooms: 1, members: 1 });
      const base = `http://127.0.0.1:${server.port}`;
      const code = readFileSync(join(server.folder, 'codes'), 'utf8').trim();
      const owner = new Person(base);
      const [cookie] = readFileSync(join(server.folder, 'cookies'), 'utf8').split('\n');
      for (const pair of cookie.split('; ')) owner.jar.set(...pair.split('='));
      const socket = await owner.socket(code);
      const made = await owner.request(`/rooms/${code}/streams`, { method: 'POST', form: { csrf: await csrf_of(owner, code), name: 'Load' } });
      const stream = JSON.parse(made.text);
      const path = film(join(root, 'build/bench'), mbit);
      const words = [...pin(1), load, '--port', String(server.port), '--pid', String(server.pid), '--path', `/live/${stream.id}${by === 'http' ? '.ts' : '/ts'}`,
        '--ingest', `/ingest/${stream.id}/${stream.key}`, '--cookie', cookie, '--film', path, '--bit_s', String(Math.round((statSync(path).size * 8) / FILM_SECONDS)),
        '--viewers', String(viewers), '--stalled', String(stalled), '--seconds', String(SECONDS)];
      const run = await promisify(execFile)(words[0], words.slice(1), { maxBuffer: 1 << 24 }).catch((error) => ({ error, stdout: '' }));
      await socket.close();
      await server.stop();
      if (run.error) {
        console.error(`FAILED streams ${name}: ${run.error.stderr.trim().split('\n').slice(-3).join(' | ')}`);
        process.exitCode = 1;
        continue;
      }
      (rows[name] ??= []).push(JSON.parse(run.stdout.trim().split('\n').pop()));
    }
  }
  const of = (name, key) => median((rows[name] ?? []).map((row) => row[key]));
  console.log(`\n### streams: MPEG-TS, medians of ${rounds} rounds; latency in µs, from the publisher's write to the viewer's read`);
  console.log('| run | viewers + stalled | marks | lost | p50 | p99 | max | Gbit/s | Gbit/s per core of the server | server CPU | load CPU | RSS MiB before → after |\n|---|---|---|---|---|---|---|---|---|---|---|---|');
  for (const name of Object.keys(runs)) {
    if (!rows[name]) continue;
    const share = median(rows[name].map((row) => row.gbit_s / row.server_cpu));
    console.log(`| ${name} | ${of(name, 'viewers')} + ${of(name, 'stalled')} | ${of(name, 'marks')} | ${of(name, 'lost')} | ${of(name, 'p50_us')} | ${of(name, 'p99_us')} | ${of(name, 'max_us')} | ${of(name, 'gbit_s').toFixed(2)} | ${share.toFixed(2)} | ${(of(name, 'server_cpu') * 100).toFixed(0)} % | ${(of(name, 'load_cpu') * 100).toFixed(0)} % | ${(of(name, 'rss_before_kib') / 1024).toFixed(0)} → ${(of(name, 'rss_after_kib') / 1024).toFixed(0)} |`);
  }
  if (rows.alone && rows['50 stalled']) console.log(`p99 with 50 stalled viewers ÷ p99 without: ${(of('50 stalled', 'p99_us') / of('alone', 'p99_us')).toFixed(2)}`);
}
