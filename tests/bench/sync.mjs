// ./dev bench sync: the table of the shared timeline. Real Chromium pages in one room, medians of five runs.
//   node tests/bench/sync.mjs [--runs 5] [--pages 4] [--only WORD] [--long MINUTES]
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { longPlay, plan } from '../e2e/rig/plan.mjs';
import { median } from '../e2e/rig/reading.mjs';
import { startRig } from '../e2e/rig/room.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => { const i = args.indexOf(name); return i < 0 ? fallback : args[i + 1]; };
const runs = Number(option('--runs', '5'));
const pages = Number(option('--pages', '4'));
const only = option('--only', '');
const minutes = Number(option('--long', '0'));
const json = option('--json', '');

/** Scenario → figure → the promise, ms (design: sync.md). */
const IN_STEP = { 'media clock: spread p95': 15, 'media clock: spread max': 40, 'paused: frames apart': 0, 'seeks in steady state': 0 };
const PROMISED = {
  'fast network': { ...IN_STEP, 'click to everybody paused': 50, 'click to every player started': 50, 'click to every picture moving': 50, 'seek to everybody there': 80 },
  'every second one 100 ± 30 ms away': { 'media clock: spread p95': 50, 'paused: frames apart': 0, 'seeks in steady state': 0 },
  'clocks wrong by ± 5 s, drifting 100 ppm': IN_STEP,
  'late joiner': { 'opened to moving picture': 1200, 'off at the first moving frame': 250, 'off 5 s later': 60 },
  'one stalled for 4 s': { 'back within 60 ms after': 6000, 'room revisions meanwhile': 0 },
  'YouTube (stand-in player)': { 'spread p95': 150, 'in step (150 ms) after a seek': 4000 },
};

/** What is not promised in milliseconds is played less often: everything together stays under ten minutes. */
const FEWER = { 'noise floor: one page against itself': 2, 'one processor slowed 4 times': 3 };

const f = (x) => (Number.isFinite(x) ? String(Math.round(x * 10) / 10) : 'never');

function print(name, all) {
  console.log(`\n### ${name} (${all.length} runs, load average ${loadavg()[0].toFixed(1)} on ${cpus().length} cores)\n| what, ms | median | least | largest | promised |\n|---|---|---|---|---|`);
  for (const figure of new Set(all.flatMap((run) => Object.keys(run)))) {
    const values = all.map((run) => run[figure]).filter((v) => v !== undefined).map((v) => (Number.isNaN(v) ? Infinity : v));
    const promise = PROMISED[name]?.[figure];
    const middle = median(values);
    const word = promise === undefined ? '' : `≤ ${promise}${middle <= promise ? '' : ' **missed**'}`;
    console.log(`| ${figure} | ${f(middle)} | ${f(Math.min(...values))} | ${f(Math.max(...values))} | ${word} |`);
  }
  if (json) {
    mkdirSync(dirname(json), { recursive: true });
    appendFileSync(json, `${JSON.stringify({ name, load: loadavg()[0], runs: all })}\n`);
  }
}

const began = Date.now();
console.log(`## Sync: ${pages} pages of one Chromium, a 320 × 180 clip at 60 frames a second decoded in software, policy “Don't wait”, medians of ${runs} runs.
Frames on the screen come in steps of 16.7 ms, so spreads by frames are multiples of that; the media clock is read 20 times a second beside them.`);
for (const [name, scenario] of Object.entries(plan(pages))) {
  if (only && !name.includes(only)) continue;
  // A world of its own for each: what one left behind must not weigh on the next. One that fails is said, and the others are measured.
  const rig = await startRig();
  try {
    print(name, await scenario(rig, Math.min(runs, FEWER[name] ?? runs)));
  } catch (error) {
    console.log(`\n### ${name}\nFAILED: ${error.stack}`);
    process.exitCode = 1;
  } finally {
    await rig.stop();
  }
}
if (minutes > 0) {
  const rig = await startRig();
  try { print(`${minutes} minutes of play, clocks wrong`, [await longPlay(rig, pages, minutes)]); } finally { await rig.stop(); }
}
console.log(`\nTook ${Math.round((Date.now() - began) / 1000)} s.`);
