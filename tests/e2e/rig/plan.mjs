// Which rooms are measured, and in which scenario: the same list for the short run of the tests and the long one of the benchmark.
import { CLIP_URL, LONG_CLIP_URL } from '../harness.mjs';
import { quantile } from './reading.mjs';
import { machine, wait } from './room.mjs';
import { allMoving, commands, lateJoin, noiseFloor, stall, steady, youtube } from './scenarios.mjs';

/** @typedef {{[figure: string]: number}} Figures one run */

let clips = 0;
/** A link nobody has seen: nothing of it lies in a browser's memory. */
const freshClip = () => `${CLIP_URL}?n=${++clips}`;

async function start(room, url, player) {
  await room.watch(url);
  if (room.state.phase !== 'playing') await room.play();
  await allMoving(room, player);
  // The first start teaches each player what starting takes.
  await wait(1500);
}

/** Some pages of one kind and others of another. */
const members = (count, how) => Array.from({ length: count }, (_, i) => how(i));
const CLOCKS = [{ offsetMs: 5000, driftPpm: 100 }, { offsetMs: -5000, driftPpm: -100 }, { offsetMs: 5000, driftPpm: -100 }, { offsetMs: -5000, driftPpm: 100 }];

async function commandRuns(rig, runs, hows, { crowd = 0 } = {}) {
  const room = await rig.room('free');
  for (const [i, how] of hows.entries()) await room.member(`Page ${i + 1}`, how);
  if (crowd) await room.crowd(crowd);
  await start(room, freshClip());
  const all = [];
  for (let i = 0; i < runs; i++) all.push(await commands(room, i));
  const numbers = await Promise.all(room.members.map((m) => m.page.evaluate('window.matineeTest.numbers')));
  all[0]['frame numbers read'] = numbers.reduce((n, [read]) => n + read, 0);
  all[0]['of them not what the player said'] = numbers.reduce((n, [, wrong]) => n + wrong, 0);
  await room.close();
  return all;
}

/**
 * @param {number} pages how many pages a room has
 * @returns {Record<string, (rig: any, runs: number) => Promise<Figures[]>>}
 */
export function plan(pages) {
  return {
    'noise floor: one page against itself': async (rig, runs) => {
      const room = await rig.room('free');
      await room.member('Alone');
      await start(room, freshClip());
      const all = [];
      for (let i = 0; i < runs; i++) all.push(await noiseFloor(room));
      await room.close();
      return all;
    },
    'fast network': (rig, runs) => commandRuns(rig, runs, members(pages, () => ({})), { crowd: 4 }),
    'every second one 100 ± 30 ms away': (rig, runs) => commandRuns(rig, runs, members(pages, (i) => (i % 2 ? { profile: 'slow' } : {}))),
    'clocks wrong by ± 5 s, drifting 100 ppm': (rig, runs) => commandRuns(rig, runs, members(pages, (i) => CLOCKS[i % 4])),
    'one processor slowed 4 times': (rig, runs) => commandRuns(rig, runs, members(pages, (i) => (i === 1 ? { cpu: 4 } : {}))),
    'late joiner': async (rig, runs) => {
      const room = await rig.room('free');
      await room.member('Early');
      const late = await room.member('Late', { enter: false });
      room.members.pop();
      await start(room, freshClip());
      const all = [];
      for (let i = 0; i < runs; i++) {
        await room.seek(8000 + 2000 * i);
        await wait(500);
        all.push(await lateJoin(room, late));
      }
      room.members.push(late);
      await room.close();
      return all;
    },
    'one stalled for 4 s': async (rig, runs) => {
      const room = await rig.room('free');
      await room.member('Steady');
      const stalls = await room.member('Stalls', { paced: true });
      const all = [];
      for (let i = 0; i < runs; i++) all.push(await stall(room, stalls, freshClip()));
      await room.close();
      return all;
    },
    'YouTube (stand-in player)': async (rig, runs) => {
      rig.world.youtube.behave('measure_it1', { vary: 0.3, startDelayMs: 450, seekDelayMs: 350 });
      const room = await rig.room('free');
      for (let i = 0; i < pages; i++) await room.member(`Tube ${i + 1}`, i % 2 ? { profile: 'home' } : {});
      await start(room, 'https://youtu.be/measure_it1', 'youtube');
      const all = [];
      for (let i = 0; i < runs; i++) all.push(await youtube(room, i));
      await room.close();
      return all;
    },
  };
}

/** Long play by wrong clocks: the spread of the first seconds and of the last. @param {any} rig @param {number} pages @param {number} minutes */
export async function longPlay(rig, pages, minutes) {
  const room = await rig.room('free');
  for (let i = 0; i < pages; i++) await room.member(`Long ${i + 1}`, CLOCKS[i % 4]);
  await start(room, LONG_CLIP_URL);
  const first = await steady(room, 'video', machine());
  const since = machine();
  await wait(Math.max(0, minutes * 60_000 - 20_000));
  const last = await steady(room, 'video', machine());
  const seeks = (await room.events()).flat().filter(([at, what]) => at > since && what === 'set currentTime').length;
  await room.close();
  return { 'spread p95 at first': quantile(first.byClock.spread, 0.95), 'spread p95 at last': quantile(last.byClock.spread, 0.95), 'seeks meanwhile': seeks };
}
