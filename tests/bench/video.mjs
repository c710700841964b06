// ./dev bench video: the relay of desktop pictures on one core, its load on the other.
//   latency  720p30, one viewer: the publisher's write to the viewer's last byte
//   bytes    as many large pictures as viewers take: what one core relays
//   crowd    450 viewers of 320×180 at 15 fps (4 kB a picture), alone and with 50 more that have stopped reading
// and the desktop client: what sending and showing cost, and how old a picture is when it is shown.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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

// The real desktop client in a real window (Xvfb): a film of 30 pictures a second sent by one process, shown by another, through the real server.
const films = [['720p30', '1280x720'], ['1080p30', '1920x1080']];

/** What a process has used, all its threads, in seconds. @param {number} pid */
function ran_s(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e9, 0);
}

export async function desktop({ root, binary, rounds, median }) {
  const program = join(dirname(binary), 'matinee-video');
  if (!existsSync(program)) return console.log('\ndesktop: matinee-video is not built (./dev setup installs what it needs), left out.');
  process.env.MATINEE_BIN = binary;
  process.env.MATINEE_VIDEO_BIN = program;
  const { World, startScreen, ffmpeg } = await import(join(root, 'tests/desktop/desktop.mjs'));
  console.log(`\n### desktop: a film without sound, through the relay with TLS, into a window under Xvfb; medians of ${rounds} rounds\n| film | send, share of a core | show, share of a core | capture → display p50 ms | worst second's p99 ms | shown of received |\n|---|---|---|---|---|---|`);
  for (const [name, size] of films) {
    const rows = [];
    for (let round = 0; round < rounds; round++) {
      const world = await World.start();
      const screen = await startScreen();
      const film = join(world.place.folder, 'film.mp4');
      ffmpeg('-f', 'lavfi', '-i', `testsrc2=s=${size}:r=30:d=16,format=yuv420p`, '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20', film);
      const watch = world.run(['watch', ...(await world.pair(world.owner)), '--stats', 'json'], { env: screen.env });
      const send = world.run(['send', ...(await world.pair(await world.guest('Ben'))), '--file', film, '--stats', 'json']);
      const seconds = (n) => watch.lines.filter((line) => line.role === 'watch' && line.shown > 0).length >= n;
      await watch.until(() => seconds(2), 60_000);
      const from = { send: ran_s(send.process.pid), watch: ran_s(watch.process.pid), at: performance.now() };
      const before = watch.lines.length;
      await watch.until(() => seconds(12), 60_000);
      const elapsed = (performance.now() - from.at) / 1000;
      const told = watch.lines.slice(before).filter((line) => line.role === 'watch' && line.latency_p50_ms !== undefined);
      const last = told.at(-1);
      rows.push({ send: (ran_s(send.process.pid) - from.send) / elapsed, show: (ran_s(watch.process.pid) - from.watch) / elapsed,
        p50: median(told.map((line) => line.latency_p50_ms)), p99: Math.max(...told.map((line) => line.latency_p99_ms)), shown: last.shown, received: last.received });
      await world.stop();
      screen.stop();
    }
    const of = (key) => median(rows.map((row) => row[key]));
    console.log(`| ${name} | ${(of('send') * 100).toFixed(0)} % | ${(of('show') * 100).toFixed(0)} % | ${of('p50').toFixed(1)} | ${of('p99').toFixed(1)} | ${of('shown')} of ${of('received')} |`);
  }
}
