// Thousands of simulated rooms: the real clock and controllers against modelled players, networks, clock offsets of ± 5 s and
// drifts of ± 100 ppm. Every bound is docs/sync.md's or tighter. A failure names its seed: run that one alone.
import test from 'node:test';
import assert from 'node:assert/strict';
import { stopAt } from '../../../static/js/sync/resting.js';
import { Member, PROFILES, quantile, scriptOf } from './simulation.mjs';
import { randomOf } from './random.mjs';

const HTML5_SEEDS = 700;
const YOUTUBE_SEEDS = 200;

/** Who is in the room: two from the start, and one who comes late. @type {Record<string, (keyof typeof PROFILES)[]>} */
const ROOMS = { lan: ['lan', 'lan', 'lan'], 'one far away': ['lan', 'slow', 'lan'], mobile: ['mobile', 'mobile', 'mobile'] };

/** The room's delay before a play or seek takes effect. */
const startDelay = (room) => Math.min(400, Math.max(30, 0.75 * 2 * Math.max(...ROOMS[room].map((p) => PROFILES[p].oneWayMs)) + 20));

/** Two members from the start and one who comes late; play, a far seek, pause. */
function watch(seed, { kind, room, slow }) {
  const [play, seek, pause, end] = [2000, 12_000 * slow, 26_000 * slow, 30_000 * slow];
  const script = scriptOf([{ t: play, do: 'play' }, { t: seek, do: 'seek', toMs: 100_000 }, { t: pause, do: 'pause' }], startDelay(room));
  const members = [0, 1, 2].map((i) => new Member(seed * 16 + i, { profile: ROOMS[room][i], kind, joinsAt: i === 2 ? 4000 : 0 }).run(script, end));
  return { script, members };
}

function measure(kind, room, seeds, { slow, settleMs, laterMs }) {
  const figures = { spread: [], paused: [], firstFrame: [], laterOn: [], clock: [], steadySeeks: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const { script, members } = watch(seed, { kind, room, slow });
    const byTime = new Map();
    for (const member of members) {
      for (const { t, e, moving } of member.errors) {
        const last = script.filter((entry) => entry.t <= t).at(-1);
        if (t - last.t < settleMs || t - member.joinsAt < 5000 + settleMs) continue;
        if (last.playback.phase === 'paused') figures.paused.push(Math.abs(e));
        else if (moving) (byTime.get(t) ?? byTime.set(t, []).get(t)).push(e);
      }
      figures.steadySeeks += member.steadySeeks;
      const truth = 1_700_000_000_000 + member.now;
      figures.clock.push(Math.abs(member.driver.clock.serverAt(member.local(member.now)) - truth));
    }
    for (const errors of byTime.values()) figures.spread.push(Math.max(...errors) - Math.min(...errors));
    const { firstFrame, errors } = members[2];
    assert.ok(firstFrame, `seed ${seed}: the late joiner never moved`);
    figures.firstFrame.push(Math.abs(firstFrame.e));
    figures.laterOn.push(Math.abs(errors.find((s) => s.t >= firstFrame.t + laterMs).e));
  }
  return figures;
}

function report(t, name, f) {
  const p = (values) => [0.5, 0.95, 1].map((q) => quantile(values, q).toFixed(1)).join(' / ');
  t.diagnostic(`${name} (p50 / p95 / max, ms): spread ${p(f.spread)}; late joiner's first frame ${p(f.firstFrame)}, then ${p(f.laterOn)}; ` +
    `paused ${p(f.paused)}; clock ${p(f.clock)}; seeks while playing ${f.steadySeeks}`);
}

const CLOCK_P95 = { lan: 1, 'one far away': 6, mobile: 8 };

for (const profile of Object.keys(ROOMS)) {
  test(`files stay in step: ${profile}`, (t) => {
    const figures = measure('html5', profile, HTML5_SEEDS, { slow: 1, settleMs: 3000, laterMs: 5000 });
    report(t, `html5, ${profile}, ${HTML5_SEEDS} seeds`, figures);
    assert.ok(quantile(figures.spread, 0.95) <= 12, 'spread');
    assert.ok(quantile(figures.spread, 1) <= 40, 'the largest spread');
    assert.ok(quantile(figures.firstFrame, 0.99) <= 250, 'first frame of a late joiner');
    assert.ok(quantile(figures.laterOn, 0.95) <= 60, 'a late joiner five seconds later');
    assert.ok(quantile(figures.paused, 1) < 0.1, 'paused means the same frame');
    assert.ok(quantile(figures.clock, 0.95) <= CLOCK_P95[profile], 'clock');
    assert.equal(figures.steadySeeks, 0, 'no seek while merely playing');
  });

  test(`YouTube stays in step: ${profile}`, (t) => {
    const figures = measure('youtube', profile, YOUTUBE_SEEDS, { slow: 2, settleMs: 6000, laterMs: 6000 });
    report(t, `youtube, ${profile}, ${YOUTUBE_SEEDS} seeds`, figures);
    assert.ok(quantile(figures.spread, 0.95) <= 80, 'spread');
    assert.ok(quantile(figures.spread, 1) <= 150, 'the largest spread');
    assert.ok(quantile(figures.laterOn, 0.95) <= 60, 'a late joiner six seconds later');
    assert.ok(quantile(figures.paused, 1) < 0.1, 'paused means the same frame');
    assert.ok(figures.steadySeeks <= YOUTUBE_SEEDS * 3 * 0.01, 'hardly a seek while merely playing');
  });
}

test('a member who stalled for four seconds comes back by a seek, or two where seeking takes longer than was known', (t) => {
  const script = scriptOf([{ t: 1000, do: 'play' }], 30);
  const back = [];
  for (let seed = 1; seed <= 100; seed++) {
    const member = new Member(seed, { kind: 'html5', profile: 'home', stalls: [[8000, 4000]] }).run(script, 20_000);
    assert.ok(member.steadySeeks >= 1 && member.steadySeeks <= 2, `seed ${seed}`);
    const after = member.errors.filter((s) => s.t > 12_000);
    const lost = after.findLast((s) => Math.abs(s.e) > 40);
    back.push(lost ? lost.t - 12_000 : 0);
  }
  t.diagnostic(`back in step after ${[0.5, 0.95, 1].map((q) => quantile(back, q)).join(' / ')} ms (p50 / p95 / max)`);
  assert.ok(quantile(back, 0.95) <= 5000);
});

test('ten minutes of play: nobody drifts away and nobody seeks', (t) => {
  const script = scriptOf([{ t: 1000, do: 'play' }], 170);
  const spread = [];
  let largestDev = 0;
  for (let seed = 1; seed <= 15; seed++) {
    const members = /** @type {const} */ (['lan', 'lan', 'slow', 'mobile']).map((profile, i) => new Member(seed * 16 + i, { kind: 'html5', profile }).run(script, 600_000));
    for (const member of members) {
      assert.equal(member.steadySeeks, 0, `seed ${seed}`);
      largestDev = Math.max(largestDev, member.lateDev);
    }
    members[0].errors.forEach((_, k) => {
      const now = members.map((m) => m.errors[k].e);
      if (members[0].errors[k].t > 10_000) spread.push(Math.max(...now) - Math.min(...now));
    });
  }
  t.diagnostic(`spread ${[0.5, 0.95, 1].map((q) => quantile(spread, q).toFixed(1)).join(' / ')} ms, largest |rate − 1| after 5 s ${largestDev}`);
  assert.ok(quantile(spread, 0.95) <= 15);
  assert.ok(quantile(spread, 1) <= 25);
});

/** How long after `since` a member was for good within `ms`. */
const backAfter = (member, since, ms) => (member.errors.findLast((s) => s.t > since && Math.abs(s.e) > ms)?.t ?? since) - since;

test('a tab that was hidden for a minute is back in step when it is looked at', (t) => {
  const script = scriptOf([{ t: 1000, do: 'play' }, { t: 40_000, do: 'seek', toMs: 300_000 }], 30);
  const back = [];
  for (let seed = 1; seed <= 100; seed++) {
    const member = new Member(seed, { kind: 'html5', profile: 'home', hidden: [10_000, 70_000], stalls: [[20_000, 700]] }).run(script, 90_000);
    back.push(backAfter(member, 70_000, 20));
    assert.ok(member.errors.every((s) => s.t < 45_000 || Math.abs(s.e) < 1100), `seed ${seed}: hidden, it is kept within a second`);
  }
  t.diagnostic(`within 20 ms after ${[0.5, 0.95, 1].map((q) => quantile(back, q)).join(' / ')} ms`);
  assert.ok(quantile(back, 0.95) <= 12_000);
});

for (const fps of [24, 60]) {
  test(`a pause stops nearly everybody near on the same picture without a seek, and everybody else by one: ${fps} pictures a second`, (t) => {
    const pictureMs = 1000 / fps;
    const seeks = { lan: 0, slow: 0 };
    let members = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const when = 12_000 + randomOf(seed).between(0, 100);
      // The person who pauses shows some picture since some time, and names a place in one of the next.
      const now = when - 2030;
      const fromMs = Math.floor(now / pictureMs) * pictureMs;
      const reading = { state: 'playing', positionMs: now, at: 0, bufferedAheadMs: 0, durationMs: null, ready: true, picture: { fromMs, lengthMs: pictureMs, shownAt: fromMs - now, screenMs: 1000 / 60 } };
      const script = scriptOf([{ t: 2000, do: 'play' }, { t: when, do: 'pause', toMs: Math.round(stopAt(now, /** @type {any} */ (reading), 0, 14, 1)) }], 30);
      for (const profile of /** @type {const} */ (['lan', 'slow'])) {
        const member = new Member(seed * 16 + (profile === 'lan' ? 0 : 1), { profile, kind: 'html5', player: { pictureMs } });
        member.run(script.slice(0, 2), when);
        const before = member.player.seeks;
        const again = new Member(seed * 16 + (profile === 'lan' ? 0 : 1), { profile, kind: 'html5', player: { pictureMs } }).run(script, 20_000);
        assert.equal(again.errors.at(-1).e, 0, `seed ${seed}: ${profile} rests on another picture`);
        seeks[profile] += again.player.seeks - before;
      }
      members++;
    }
    t.diagnostic(`seeks a pause: ${(seeks.lan / members).toFixed(2)} near, ${(seeks.slow / members).toFixed(2)} far away`);
    assert.ok(seeks.lan / members <= 0.01);
  });
}

for (const [what, how] of /** @type {const} */ ([['stood for 190 ms and said nothing of it', 'hangs'], ['stalled for 190 ms', 'stalls']])) {
  test(`a player that ${what} is back in step within two seconds`, (t) => {
    const script = scriptOf([{ t: 1000, do: 'play' }], 30);
    const back = [];
    for (let seed = 1; seed <= 200; seed++) {
      const member = new Member(seed, { kind: 'html5', profile: seed % 2 ? 'lan' : 'slow', [how]: [[9000, 190], [15_000, 190]] }).run(script, 20_000);
      assert.equal(member.steadySeeks, 0, `seed ${seed}`);
      back.push(backAfter(member, 15_000, 25));
    }
    t.diagnostic(`within 25 ms after ${[0.5, 0.95, 1].map((q) => quantile(back, q)).join(' / ')} ms`);
    assert.ok(quantile(back, 0.95) <= 2000);
  });
}

test('a laptop that slept, and whose clock stood meanwhile, measures anew and is back', (t) => {
  const script = scriptOf([{ t: 1000, do: 'play' }], 30);
  const back = [];
  for (let seed = 1; seed <= 100; seed++) {
    const member = new Member(seed, { kind: 'html5', profile: 'home', sleeps: [12_000, 45_000] }).run(script, 80_000);
    back.push(backAfter(member, 57_000, 40));
  }
  t.diagnostic(`within 40 ms after ${[0.5, 0.95, 1].map((q) => quantile(back, q)).join(' / ')} ms`);
  assert.ok(quantile(back, 0.95) <= 5000);
});

test('frames that change only with the screen do not set off a hunt between two of them', (t) => {
  const script = scriptOf([{ t: 1000, do: 'play' }], 30);
  const spread = [];
  let steering = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const step = 1000 / 60;
    const errors = [0, 1].map((i) => {
      const player = { refreshMs: step, refreshPhase: randomOf(seed * 2 + i).between(0, step) };
      const member = new Member(seed * 16 + i, { kind: 'html5', profile: 'lan', player }).run(script, 20_000);
      steering += member.steering;
      return member.errors.filter((s) => s.t > 5000).map((s) => s.e);
    });
    errors[0].forEach((e, k) => spread.push(Math.abs(e - errors[1][k])));
  }
  t.diagnostic(`spread ${[0.5, 0.95, 1].map((q) => quantile(spread, q).toFixed(1)).join(' / ')} ms; steering ${(steering / 200).toFixed(2)} of about 150 ticks`);
  assert.ok(quantile(spread, 0.95) <= 25);
  assert.ok(steering / 200 <= 8, `${steering / 200} ticks of steering a member in 15 s`);
});

test('a player whose rate cannot be steered is left with a wider tolerance instead of being pushed for ever', () => {
  const script = scriptOf([{ t: 1000, do: 'play' }], 30);
  const member = new Member(7, { kind: 'html5', profile: 'lan', player: { rateLagMs: 1e9, startMs: 90 } });
  member.state = { ...member.state, startMs: 10 };
  member.run(script, 40_000);
  assert.ok(member.state.factor > 1);
  assert.equal(member.steadySeeks, 0);
});

test('the same seed plays the same room', () => {
  const once = watch(3, { kind: 'html5', room: 'mobile', slow: 1 }).members.map((m) => m.errors);
  const again = watch(3, { kind: 'html5', room: 'mobile', slow: 1 }).members.map((m) => m.errors);
  assert.deepEqual(once, again);
});
