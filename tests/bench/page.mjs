// ./dev bench page: what the room page costs its visitor. 500 people in one room, 20 messages a second; then 5,000 messages of history.
//   node tests/bench/page.mjs [--people 500] [--rate 20] [--seconds 30] [--history 5000]
// CPU is that of the page's own process, from the kernel; memory is its private memory and the JavaScript heap after a collection.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { quantile, startWorld, until } from '../e2e/harness.mjs';
import { temporaryFolder } from '../system/server.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => { const i = args.indexOf(name); return i < 0 ? fallback : Number(args[i + 1]); };
const [people, rate, seconds, history] = [option('--people', 500), option('--rate', 20), option('--seconds', 30), option('--history', 5_000)];
const words = 'the quick brown fox jumps over a lazy dog while everybody watches and some of them laugh at 12:30 about what is on'.split(' ');
const text = (i) => Array.from({ length: 3 + (i * 7) % 18 }, (_, k) => words[(i * 3 + k * 5) % words.length]).join(' ');

const files = temporaryFolder();
const [cookies, codes] = [join(files.folder, 'cookies'), join(files.folder, 'codes')];
const world = await startWorld({ args: ['--bench-guests', String(people), '--bench-rooms', '1', '--bench-cookies', cookies, '--bench-codes', codes, '--max-connections-per-address', '2000'] });
const lines = (file) => readFileSync(file, 'utf8').trim().split('\n');
const code = lines(codes)[0];

/** One of the crowd: hears everything and reads nothing, so that the page is what is measured. */
const enter = (cookie, i) => new Promise((done, failed) => {
  const socket = new WebSocket(`${world.server.url.replace('http', 'ws')}/rooms/${code}/socket`, 'matinee.v1', { origin: world.server.url, headers: { cookie } });
  socket.once('open', () => { socket.send(JSON.stringify({ type: 'room.join', tab: `bench-tab-${i}` })); done(socket); });
  socket.once('error', failed);
  socket.on('message', () => {});
});

let said = 0;
const say = (socket) => { said += 1; socket.send(JSON.stringify({ type: 'chat.post', id: `bench-id-${said}`, text: `${said} ${text(said)}` })); };
const shown = (page) => page.evaluate(() => { const all = document.querySelectorAll('.line-text'); return Number.parseInt(all[all.length - 1]?.textContent ?? '0', 10); });

/** User and system time of a process, or of one of its threads, ms: what it got, however busy the machine is. */
const cpu_ms = (pid, thread) => { const stat = readFileSync(`/proc/${pid}/${thread ? `task/${thread}/` : ''}stat`, 'utf8'); const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); return (Number(fields[11]) + Number(fields[12])) * 10; };
const private_mb = (pid) => [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+)/gm)].reduce((all, [, kb]) => all + Number(kb), 0) / 1024;
const row = (what, value, promise = '') => console.log(`| ${what} | ${value} | ${promise} |`);

try {
  const crowd = [];
  for (const [i, cookie] of lines(cookies).entries()) crowd.push(await enter(cookie, i));
  const ann = await world.visitor('Ann Bench');
  await ann.openRoom(code);
  const client = await ann.context.newCDPSession(ann.page);
  await client.send('Performance.enable');
  // The page's process is the one that works while the page does.
  const system = await world.browser.newBrowserCDPSession();
  const renderers = async () => (await system.send('SystemInfo.getProcessInfo')).processInfo.filter((one) => one.type === 'renderer').map((one) => one.id);
  const before = new Map((await renderers()).map((id) => [id, cpu_ms(id)]));
  await ann.page.evaluate(() => { let sum = 0; for (let i = 0; i < 4e8; i += 1) sum += i % 7; return sum; });
  const [pid] = (await renderers()).sort((a, b) => cpu_ms(b) - (before.get(b) ?? 0) - cpu_ms(a) + (before.get(a) ?? 0));
  const metrics = async () => Object.fromEntries((await client.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]));
  const heap_mb = async () => { await client.send('HeapProfiler.collectGarbage'); return (await metrics()).JSHeapUsedSize / 1e6; };

  await until(async () => (await ann.page.locator('#people-count').innerText()) === String(people + 1), { timeoutMs: 30_000, what: 'everybody in the list' });
  console.log(`## Page: ${people} people, ${rate} messages a second for ${seconds} s, load average ${loadavg()[0].toFixed(1)} on ${cpus().length} cores\n| what | measured | goal |\n|---|---|---|`);
  const crowd_talks = async (ms) => {
    const timer = setInterval(() => say(crowd[said % crowd.length]), 1000 / rate);
    await new Promise((later) => setTimeout(later, ms));
    clearInterval(timer);
  };
  await crowd_talks(5_000);   // what is made once, such as fonts, is not counted
  const now = () => [performance.now(), cpu_ms(pid), cpu_ms(pid, pid)];
  const from = now();
  await crowd_talks(seconds * 1000);
  const to = now();
  const share = (i) => `${(((to[i] - from[i]) / (to[0] - from[0])) * 100).toFixed(1)} %`;
  row('the page’s process, share of a core · its main thread alone', `${share(1)} · ${share(2)}`, '≤ 10 %');
  await until(async () => (await shown(ann.page)) === said, { what: 'the last message' });
  row('line elements', await ann.page.locator('.line-item').count(), '≤ 300');
  row('heap · private memory of the process', `${(await heap_mb()).toFixed(1)} MB · ${private_mb(pid).toFixed(0)} MB`, '≤ 100 MB');

  while (said < history) {
    for (let i = 0; i < 200; i += 1) say(crowd[said % crowd.length]);
    await until(async () => (await shown(ann.page)) === said, { timeoutMs: 30_000, what: `message ${said}` });
  }
  await ann.page.reload();
  await ann.inRoom();
  await until(async () => (await shown(ann.page)) === said, { what: 'the end of the history' });
  // A hand that turns the wheel all the way up: how long each frame takes, and what it shows.
  const frames = await ann.page.evaluate(() => new Promise((done) => {
    const log = /** @type {HTMLElement} */ (document.querySelector('#chat-log'));
    const times = /** @type {number[]} */ ([]);
    let last = performance.now();
    let most = 0;
    let still = 0;
    const step = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      most = Math.max(most, document.querySelectorAll('.line-item').length);
      const top = log.scrollTop;
      log.scrollTop = top - 240;
      still = log.scrollTop === top ? still + 1 : 0;
      if (still > 60 || times.length > 6_000) done({ times, most });
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }));
  const first = await ann.page.evaluate(() => document.querySelector('.line-text')?.textContent ?? '');
  row(`scrolled up through ${said} messages by 240 px a frame: frame p50 · p95 · p99, ms`, [0.5, 0.95, 0.99].map((q) => quantile(frames.times, q).toFixed(1)).join(' · '), 'p95 ≤ 34');
  row('reached · line elements at most', `${first.startsWith('1 ') ? 'the first message' : `“${first.slice(0, 20)}”`} · ${frames.most}`, '≤ 300');
  row('heap · private memory with all of it', `${(await heap_mb()).toFixed(1)} MB · ${private_mb(pid).toFixed(0)} MB`, '≤ 100 MB');
  for (const socket of crowd) socket.terminate();
} finally {
  await world.stop();
  files.remove();
}
