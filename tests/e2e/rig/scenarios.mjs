// The situations of the sync table, each played once per call in a room that is ready for it, as figures of that one run (ms).
import { until } from '../waiting.mjs';
import { machine, wait } from './room.mjs';
import { ownNoise, presented, quantile, sampled, settledAfter, targetAt } from './reading.mjs';

const SETTLE_MS = 3000;
const SAMPLED_MS = 2500;
const round = (x) => Math.round(x * 10) / 10;

/** Everybody shows a moving picture. */
export async function allMoving(room, player = 'video', timeoutMs = 20_000) {
  await Promise.all(room.members.map((m) => m.moving(player, timeoutMs)));
}

async function allResting(room) {
  await until(async () => (await Promise.all(room.members.map((m) => m.video()))).every((v) => v.paused && !v.seeking), { what: 'everybody paused' });
}

/** The moment of the last click on a control of this page. */
async function clickedAt(room, member, since, id) {
  const [events] = await room.events([member]);
  const found = events.filter(([at, what, where]) => at >= since && (what === 'click' || what === 'change') && where === id).at(-1);
  if (!found) throw new Error(`no click on ${id}`);
  return found[0];
}

/** Plays on from now: errors and spread of the seconds after the first three. */
export async function steady(room, player, since, { sampleMs = SAMPLED_MS, settleMs = SETTLE_MS } = {}) {
  await wait(Math.max(0, since + settleMs + sampleMs - machine()) + 100);
  const [from, to] = [since + settleMs, since + settleMs + sampleMs];
  const traces = await room.traces(player);
  const { errors, spread, missed } = sampled(traces, room, from, to);
  const clock = player === 'video' ? await room.traces('clock') : traces;
  const byClock = sampled(clock, room, from, to);
  const events = player === 'video' ? await room.events() : [];
  const during = events.map((list) => list.filter(([at]) => at >= from && at <= to));
  return {
    errors, spread, missed, traces, clock, byClock, from, to,
    seeks: during.reduce((n, list) => n + list.filter(([, what]) => what === 'set currentTime').length, 0),
    // Besides what was set meanwhile, the rate that was in force at the beginning.
    dev: Math.max(0, ...events.flatMap((list) => {
      const rates = list.filter(([at, what]) => at <= to && what === 'set playbackRate');
      const first = Math.max(0, rates.findLastIndex(([at]) => at <= from));
      return rates.slice(first).map(([, , rate]) => Math.abs(rate - 1));
    })),
  };
}

/** Pause, play and seek by clicks of one member, and steady play after each. @param {number} run 0, 1, … */
export async function commands(room, run) {
  const commander = room.members[run % room.members.length];
  const figures = {};
  let since = machine();
  await commander.pause();
  await allResting(room);
  await wait(400);
  let clicked = await clickedAt(room, commander, since, 'play');
  const rests = await Promise.all(room.members.map((m) => m.video()));
  figures['paused: positions apart'] = Math.max(...rests.map((v) => v.positionMs)) - Math.min(...rests.map((v) => v.positionMs));
  figures['paused: frames apart'] = Math.max(...rests.map((v) => v.frame)) - Math.min(...rests.map((v) => v.frame));
  const stopped = (await room.events()).map((list) => list.find(([at, what]) => at >= clicked && what === 'pause')?.[0] ?? NaN);
  figures['click to everybody paused'] = Math.max(...stopped) - clicked;
  figures['of them by a seek'] = (await room.events()).filter((list) => list.some(([at, what]) => at >= clicked && what === 'set currentTime')).length;

  since = machine();
  await commander.play();
  await allMoving(room);
  clicked = await clickedAt(room, commander, since, 'play');
  const played = await steady(room, 'video', clicked);
  const told = (await room.events()).map((list) => list.find(([at, what]) => at >= clicked && what === 'play')?.[0] ?? NaN);
  figures['click to every player started'] = Math.max(...told) - clicked;
  figures['click to every picture moving'] = Math.max(...played.traces.map((trace) => firstMoving(trace, clicked, rests[0].positionMs))) - clicked;

  since = machine();
  const toS = room.now() < 25_000 ? 36 : 6;
  await commander.seek(toS);
  await until(() => Math.abs(room.now() - toS * 1000) < 2000, { what: 'the seek' });
  clicked = await clickedAt(room, commander, since, 'time');
  const sought = await steady(room, 'video', clicked);
  figures['seek to everybody there'] = Math.max(...sought.traces.map((trace) => firstThere(trace, room, clicked))) - clicked;
  figures['in step after a seek'] = Math.max(...sought.clock.map((trace) => settledAfter(trace, room, clicked, sought.to, 25)));

  const both = (/** @type {(s: any) => number[]} */ of) => [...of(played), ...of(sought)];
  Object.assign(figures, ofSpread(both((s) => s.spread), both((s) => s.errors)), {
    'media clock: spread p95': quantile(both((s) => s.byClock.spread), 0.95), 'media clock: spread max': quantile(both((s) => s.byClock.spread), 1),
    'media clock: error p95': quantile(both((s) => s.byClock.errors), 0.95),
    'seeks in steady state': played.seeks + sought.seeks, 'largest |rate − 1|': Math.max(played.dev, sought.dev), 'moments without a picture': played.missed + sought.missed,
  });
  return tidy(figures);
}

const ofSpread = (spread, errors) => ({
  'spread p50': quantile(spread, 0.5), 'spread p95': quantile(spread, 0.95), 'spread max': quantile(spread, 1),
  'error p50': quantile(errors, 0.5), 'error p95': quantile(errors, 0.95),
});
const tidy = (figures) => Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, name.includes('rate') ? Math.round(value * 1000) / 1000 : round(value)]));
const firstMoving = (trace, since, fromMs) => trace.find(([at, media, moving]) => at >= since && moving && media > fromMs + 1)?.[0] ?? NaN;
/** The first frame that belongs to the newest state; the ones before the click cannot. */
const firstThere = (trace, { state, offsetMs }, since) => trace.find(([at, media]) => at >= since && Math.abs(media - targetAt({ states: [state], offsetMs }, at)) < 200)?.[0] ?? NaN;

/** Somebody opens the link while the room plays. Their browser has been there before. */
export async function lateJoin(room, member) {
  const page = await member.context.newPage();
  member.page = page;
  await page.goto(`${room.world.url}/rooms/${room.code}`, { waitUntil: 'commit' });
  await member.moving();
  await wait(5600);
  const opened = await member.opened();
  const trace = await member.frames();
  const i = trace.findIndex(([, media, moving], n) => n > 0 && moving && trace[n - 1][2] && media > trace[n - 1][1] && media - trace[n - 1][1] < 100) ;
  const [at, media] = trace[i];
  const later = [];
  for (let t = at + 4800; t <= at + 5300; t += 50) {
    const p = presented(trace, t);
    if (p !== null) later.push(Math.abs(p - targetAt(room, t)));
  }
  await page.close();
  return tidy({ 'opened to moving picture': at - opened, 'off at the first moving frame': Math.abs(media - targetAt(room, at)), 'off 5 s later': quantile(later, 0.95) });
}

/** One member's video stops coming until the picture has stood for four seconds. Their player fetched little ahead. */
export async function stall(room, member, url) {
  const others = room.members.filter((m) => m !== member);
  await room.watch(url);
  if (room.state.phase !== 'playing') await room.play();
  await allMoving(room);
  await wait(1500);
  const rev = room.state.rev;
  member.network.holdMedia();
  // The picture stands when no new frame has come for a while.
  const stood = await until(async () => {
    const last = (await member.frames()).at(-1)[0];
    return machine() - last > 300 && last;
  }, { timeoutMs: 20_000, everyMs: 100, what: 'the picture to stand' });
  await wait(Math.max(0, stood + 4000 - machine()));
  const letGo = machine();
  member.network.letGo();
  await wait(5500);
  const [trace] = await room.traces('video', [member]);
  const calm = sampled(await room.traces('video', others), room, stood, letGo + 5000);
  return tidy({
    'stalled for': letGo - stood, 'back within 60 ms after': settledAfter(trace, room, letGo, machine() - 300, 60),
    'others: error p95 meanwhile': quantile(calm.errors, 0.95), 'room revisions meanwhile': room.state.rev - rev,
  });
}

/** The stand-in YouTube player: from play, and from a seek, to in step; then the spread. */
export async function youtube(room, run) {
  await room.seek(run % 2 ? 120_000 : 20_000);
  if (room.state.phase !== 'playing') await room.play();
  const since = machine();
  const result = await steady(room, 'youtube', since, { settleMs: 5000, sampleMs: 5000 });
  return tidy({
    ...ofSpread(result.spread, result.errors), 'in step (150 ms) after a seek': Math.max(...result.traces.map((t) => settledAfter(t, room, since, result.to, 150))),
    'moments without a picture': result.missed,
  });
}

/** One page against itself, while everybody plays: what the measuring alone adds. */
export async function noiseFloor(room) {
  const since = machine();
  const { traces, clock, from, to } = await steady(room, 'video', since, { settleMs: 1000 });
  const values = ownNoise(traces[0], clock[0], from, to);
  const shown = traces[0].filter(([at]) => at >= from && at <= to).length;
  return tidy({ 'p50': quantile(values, 0.5), 'p95': quantile(values, 0.95), 'max': quantile(values, 1), 'frames shown per second': shown / ((to - from) / 1000) });
}
