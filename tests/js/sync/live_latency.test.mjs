// Where a live stream is watched: needs by modelled playlists, what the room agrees on, and whole rooms steered to it.
import test from 'node:test';
import assert from 'node:assert/strict';
import { LiveLatency, LiveNeed, WAIT_MS_MAX, agreed, programmeAt } from '../../../static/js/sync/live_latency.js';
import { picture_s } from '../../../static/js/players/stream.js';
import * as hls from '../../../static/js/sync/hls_controller.js';
import { randomOf } from './random.mjs';
import { Member, quantile, scriptOf } from './simulation.mjs';

const playing = (id, live_ms, state = 'playing') => ({ id, name: id, kind: 'guest', role: 'guest', state, error_ms: 0, ahead_ms: 0, ...(live_ms === undefined ? {} : { live_ms }) });
const at = (now, needMs) => [{ edgeMs: 1000, programmeMs: 5_000_000 - 1000 - needMs }, { now, serverMs: 5_000_000, you: 'me', alone: false }];

test('the segment that plays tells when the picture at position 0 was made', () => {
  const fragments = [{ start: 10, duration: 2, programDateTime: 1_000_000 }, { start: 12, duration: 2, programDateTime: 1_002_003 }];
  assert.equal(programmeAt(fragments, 11.9), 990_000);
  assert.equal(programmeAt(fragments, 12), 990_003);
  assert.equal(programmeAt(fragments, 99), 990_003, 'beyond the newest: by the newest');
  assert.equal(programmeAt(fragments, 0), 990_000, 'before the oldest: by the oldest');
  assert.equal(programmeAt([{ start: 0, duration: 2, programDateTime: null }], 0), null);
  assert.equal(programmeAt([], 0), null);
});

test('a need is raised at once, half a step for luck, and lowered when more than a second was to spare for two minutes', () => {
  const need = new LiveNeed();
  assert.equal(need.note(0, 6100), 6500);
  assert.equal(need.note(1000, 6700), 7000);
  assert.equal(need.note(2000, 6800), 7500);
  assert.equal(need.note(90_000, 4000), 7500, 'it may come again');
  assert.equal(need.note(130_000, 6200), 7500, 'two steps less are none');
  assert.equal(need.note(260_000, 5700), 6000);
});

test('the largest need counts, but nobody is waited for by more than ten seconds', () => {
  assert.equal(agreed(6000, [6500, 9000]), 9000);
  assert.equal(agreed(9000, [6000, 6500]), 9000);
  assert.equal(agreed(6000, [6000 + WAIT_MS_MAX]), 6000 + WAIT_MS_MAX);
  assert.equal(agreed(6000, [6500, 6001 + WAIT_MS_MAX]), 6500);
  assert.equal(agreed(6001 + WAIT_MS_MAX, [6000, 6500]), 6001 + WAIT_MS_MAX, 'whoever needs more catches up alone');
  assert.equal(agreed(6000, []), 6000);
});

test('who left, failed or watches alone is not waited for, and who watches alone waits for nobody', () => {
  const live = new LiveLatency();
  live.onPresence({ changed: [playing('me', 50_000), playing('ann', 8000), playing('ben', 9000)] });
  assert.deepEqual(live.look(...at(0, 6000)), { behindMs: 9000, needMs: 6500 });
  live.onPresence({ changed: [playing('ben', 9000, 'failed')], left: [] });
  assert.equal(live.look(...at(0, 6000)).behindMs, 8000);
  const [reading, moment] = at(0, 6000);
  assert.equal(live.look(reading, { ...moment, alone: true }).behindMs, 6500);
  live.onPresence({ changed: [playing('ben')], left: ['ann'] });
  assert.equal(live.look(...at(0, 6000)).behindMs, 6500);
});

test('who knows what a stream takes at its worst says that, and more only when it needs more', () => {
  const live = new LiveLatency();
  const look = (now, needMs) => { const [reading, moment] = at(now, needMs); return live.look({ ...reading, leastMs: 5000 }, moment).needMs; };
  assert.equal(look(0, 2600), 5500);
  assert.equal(look(1000, 4900), 5500, 'the same all the while');
  assert.equal(look(2000, 6200), 6500);
});

test('a stream without times, or with times a week off, is mapped by its edge', () => {
  const [reading, moment] = at(0, 6000);
  assert.equal(new LiveLatency().look({ edgeMs: 1000 }, moment), null);
  assert.equal(new LiveLatency().look({ ...reading, edgeMs: undefined }, moment), null);
  assert.equal(new LiveLatency().look({ ...reading, programmeMs: 0 }, { ...moment, serverMs: 1.7e12 }), null);
  assert.notEqual(new LiveLatency().look(...at(0, -3000)), null, 'an encoder whose clock is fast is no reason');
});

/**
 * What one page knows of a playlist of `segmentMs` long segments: it asks again after each segment's time, sooner when nothing was
 * new, and each answer takes a while. `edgeAt`: where hls.js would play, three segments behind the end, by the programme's time.
 */
function playlist(random, { segmentMs, lateMs, untilMs }) {
  const news = [];
  let edge = -Infinity;
  for (let t = -20_000 + random.between(0, segmentMs); t < untilMs;) {
    const heard = t + lateMs * random.between(0.5, 1.5);
    const newest = Math.floor((t - 300) / segmentMs) * segmentMs;
    if (newest > edge) { edge = newest; news.push({ heard, edge }); t = heard + segmentMs; } else t = heard + segmentMs / 2;
  }
  return (t) => {
    const last = news.findLast((n) => n.heard <= t);
    return last.edge + (t - last.heard) - 3 * segmentMs;
  };
}

/** How far behind each page of a room is at 10 Hz: everybody's need, told once a second, heard a little later. */
function agreement(random, edges, untilMs) {
  const needs = edges.map((edgeAt) => {
    const need = new LiveNeed();
    return Array.from({ length: untilMs / 100 }, (_, k) => need.note(k * 100, k * 100 - edgeAt(k * 100)));
  });
  const delays = edges.map(() => Math.round(random.between(1, 14)));
  return edges.map((_, i) => (t) => {
    const k = Math.min(needs[0].length - 1, Math.max(0, Math.floor(t / 100)));
    return agreed(needs[i][k], needs.flatMap((told, j) => (j === i || k < delays[j] ? [] : [told[k - delays[j]]])));
  });
}

test('rooms of four at a live stream see the same moment, whatever each one’s network', (t) => {
  const script = scriptOf([{ t: 100, do: 'play' }], 30);
  const spread = [];
  let seeks = 0, changes = 0;
  const ROOMS = 150, UNTIL = 120_000;
  for (let seed = 1; seed <= ROOMS; seed++) {
    const random = randomOf(seed);
    const segmentMs = [2000, 4000, 6000][seed % 3];
    const edges = [0, 1, 2, 3].map(() => playlist(random, { segmentMs, lateMs: random.between(20, 800), untilMs: UNTIL }));
    const behind = agreement(random, edges, UNTIL);
    const members = edges.map((edgeAt, i) => new Member(seed * 16 + i, { profile: i % 2 ? 'lan' : 'slow', kind: 'html5',
      live: { originMs: Math.round(random.between(-60_000, -30_000)), edgeAt, behindAt: behind[i] } }).run(script, UNTIL));
    for (let k = 1; k < UNTIL / 100; k++) if (behind[0](k * 100) !== behind[0](k * 100 - 100) && k > 400) changes++;
    members[0].errors.forEach(({ t: when }, k) => {
      if (when < 60_000) return;
      const presented = members.map((m) => m.errors[k].e + m.truth(when) + m.live.originMs);
      spread.push(Math.max(...presented) - Math.min(...presented));
    });
    seeks += members.reduce((n, m) => n + m.player.seeks, 0);
  }
  t.diagnostic(`spread ${[0.5, 0.95, 1].map((q) => quantile(spread, q).toFixed(1)).join(' / ')} ms (p50 / p95 / max); ${(seeks / ROOMS / 4).toFixed(2)} seeks a member, ${changes} changes of what was agreed after 40 s`);
  assert.ok(quantile(spread, 0.5) <= 10);
  assert.ok(quantile(spread, 0.95) <= 25);
  assert.ok(quantile(spread, 0.995) <= 500, 'a step, while everybody goes to what was agreed anew');
  assert.ok(seeks / ROOMS / 4 <= 1, 'at most where it begins');
  assert.ok(changes / ROOMS <= 1);
});

test('a segment’s name tells when its first picture is, in the stream’s own time', () => {
  assert.equal(picture_s('1796147134682-13-24000000.m4s'), 24);
  assert.equal(picture_s('1796147134682-13--33333.m4s'), -0.033333);
  for (const other of ['', 'part-00001.ts', '1796147134682-0.mp4', 'a-1.m4s?x=1']) assert.equal(picture_s(other), null, other);
});

test('a page that comes before a live stream’s first picture is due waits for it, and does not seek', () => {
  const look = (now, target) => ({ now, rev: 'r', phase: 'playing', rate: 1, holdMs: 0, startAt: 0, hidden: false, target: (t) => target + t - now,
    reading: { state: 'paused', positionMs: 0, at: now, bufferedAheadMs: 4000, durationMs: null, ready: true, edgeMs: 4000 } });
  const waits = hls.step(hls.initial(), look(10_000, -3_000));
  assert.deepEqual(waits.actions.filter((one) => one.do !== 'rate'), []);
  assert.ok(waits.wakeInMs > 0 && waits.wakeInMs <= 3_000);
  assert.deepEqual(hls.step(waits.state, look(13_000, 0)).actions.filter((one) => one.do !== 'rate'), [{ do: 'play' }]);
});
