// ./dev bench video: the relay of desktop pictures on one core, its load on the other.
//   latency  720p30, one viewer: the publisher's write to the viewer's last byte
//   bytes    as many large pictures as viewers take: what one core relays
//   crowd    450 viewers of 320×180 at 15 fps (4 kB a picture), alone and with 50 more that have stopped reading
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const runs = {
  latency: ['--viewers', '1', '--fps', '30', '--bytes', '60000', '--seconds', '5'],
  bytes: ['--viewers', '32', '--fps', '120', '--bytes', '100000', '--seconds', '5'],
  alone: ['--viewers', '450', '--fps', '15', '--bytes', '4000', '--width', '320', '--height', '180', '--seconds', '10'],
  crowd: ['--viewers', '450', '--stalled', '50', '--fps', '15', '--bytes', '4000', '--width', '320', '--height', '180', '--seconds', '10'],
};

export async function video({ root, startOurs, freePort, rounds, pin, median }) {
  const load = join(root, 'build/release/tests/bench/video_load');
  const rows = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, options] of Object.entries(runs)) {
      const port = await freePort();
      const server = await startOurs({ rooms: 1, members: 501, videoPort: port });
      const room = readFileSync(join(server.folder, 'codes'), 'utf8').trim();
      const words = [...pin(1), load, '--port', String(port), '--pid', String(server.pid), '--room', room, '--tokens', join(server.folder, 'tokens'), ...options];
      const run = spawnSync(words[0], words.slice(1), { encoding: 'utf8', maxBuffer: 1 << 24 });
      await server.stop();
      if (run.status !== 0) {
        console.error(`FAILED video ${name}: ${run.stderr.trim().split('\n').slice(-3).join(' | ')}`);
        process.exitCode = 1;
        continue;
      }
      (rows[name] ??= []).push(JSON.parse(run.stdout.trim().split('\n').pop()));
    }
  }
  const of = (name, key) => median((rows[name] ?? []).map((row) => row[key]));
  const share = (name) => median((rows[name] ?? []).map((row) => row.gbit_s / row.server_cpu));
  console.log(`\n### video: the relay, medians of ${rounds} rounds; latency in µs, from the publisher's write to the viewer's last byte`);
  console.log('| run | viewers + stalled | received | lost | p50 | p99 | max | Gbit/s | Gbit/s per core of the server | server CPU | RSS MiB before → after |\n|---|---|---|---|---|---|---|---|---|---|---|');
  for (const name of Object.keys(runs)) {
    if (!rows[name]) continue;
    console.log(`| ${name} | ${of(name, 'viewers')} + ${of(name, 'stalled')} | ${of(name, 'received')} | ${of(name, 'lost')} | ${of(name, 'p50_us')} | ${of(name, 'p99_us')} | ${of(name, 'max_us')} | ${of(name, 'gbit_s').toFixed(2)} | ${share(name).toFixed(2)} | ${(of(name, 'server_cpu') * 100).toFixed(0)} % | ${(of(name, 'rss_before_kib') / 1024).toFixed(0)} → ${(of(name, 'rss_after_kib') / 1024).toFixed(0)} |`);
  }
  console.log(`p99 with 50 stalled viewers ÷ p99 without: ${(of('crowd', 'p99_us') / of('alone', 'p99_us')).toFixed(2)} (wanted < 1.10)`);
}
