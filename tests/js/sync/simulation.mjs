// One member of a room in simulated time: the real clock driver, the real controller, a modelled player and network. Members
// of one room are independent given the room's script, so each is played through by itself and sampled at 10 Hz.
import { ClockDriver } from '../../../static/js/sync/clock_driver.js';
import { SleepWatch } from '../../../static/js/sync/sleep_watch.js';
import { lookOf, positionAt } from '../../../static/js/sync/timeline.js';
import * as hls from '../../../static/js/sync/hls_controller.js';
import * as html5 from '../../../static/js/sync/html5_controller.js';
import * as youtube from '../../../static/js/sync/youtube_controller.js';
import { Html5Model, YoutubeModel } from './models.mjs';
import { randomOf } from './random.mjs';

export const PROFILES = {
  lan: { oneWayMs: 1, jitterMs: 1 },
  home: { oneWayMs: 40, jitterMs: 10 },
  slow: { oneWayMs: 100, jitterMs: 30 },
  mobile: { oneWayMs: 120, jitterMs: 60 },
};
const SERVER_EPOCH_MS = 1_700_000_000_000;
const SAMPLE_MS = 100;

export class Member {
  /**
   * @param {number} seed @param {{profile: keyof PROFILES, kind: 'html5'|'youtube', joinsAt?: number, player?: object, stalls?: [number, number][], hangs?: [number, number][],
   *   hidden?: [number, number], sleeps?: [number, number], live?: {originMs: number, edgeAt: (t: number) => number, behindAt: (t: number) => number}}} options hidden: from, until · sleeps: when, how long; the page's clock stands meanwhile
   */
  constructor(seed, { profile, kind, joinsAt = 0, player = {}, stalls = [], hangs = [], hidden = [Infinity, Infinity], sleeps = [Infinity, 0], live }) {
    this.random = randomOf(seed);
    const { between } = this.random;
    this.network = PROFILES[profile];
    this.clockOffset = between(-5000, 5000) + 10_000;
    this.clockDrift = between(-100e-6, 100e-6);
    this.joinsAt = joinsAt;
    this.stalls = stalls;
    this.hangs = hangs;
    // A live stream: its media clock begins at originMs (by the true clock), edgeAt tells what this page's playlist offers, behindAt what was agreed.
    this.live = live;
    this.events = [];
    const drift = between(-100e-6, 100e-6);
    this.player = kind === 'html5'
      ? new Html5Model(this.random, { drift, startMs: between(5, 120), seekMs: between(20, 400), noiseMs: between(0, 1) < 0.7 ? between(0, 1) : between(1, 4), slipMs: between(0, 50), rateLagMs: between(0, 30), loadMs: between(50, 600),
        screenPhase: between(0, 1000 / 60), shownEarlyMs: between(0, 12), ...player })
      : new YoutubeModel(this.random, { drift, startMs: between(300, 1200), seekMs: between(200, 900), noiseMs: between(0, 10), rateLagMs: between(20, 120),
        periodMs: between(150, 300), fine: this.random.next() < 0.5, loadMs: between(400, 1200), ...player });
    this.controller = live ? hls : kind === 'html5' ? html5 : youtube;
    this.kind = kind;
    this.state = this.controller.initial();
    this.playback = null;
    this.tickAt = Infinity;
    this.errors = [];
    this.firstFrame = null;
    this.steadySeeks = 0;
    this.lateDev = 0;
    this.steering = 0;
    this.hidden = hidden;
    this.sleeps = sleeps;
    this.watch = new SleepWatch();
    this.arrived = { up: 0, down: 0 };
    const asleep = (t) => Math.min(Math.max(0, t - sleeps[0]), sleeps[1]);
    this.local = (t) => this.clockOffset + (t - asleep(t)) * (1 + this.clockDrift);
    this.now = 0;
    this.driver = new ClockDriver({
      now: () => this.local(this.now),
      send: (probe) => this.#probe(probe),
      timers: { set: (f, ms) => this.#at(this.now + ms + between(0, 3), f), clear: (event) => { event.run = () => {}; } },
    });
  }

  /** @param {{t: number, playback: object}[]} script the room's states and the server time each was sent @param {number} untilMs */
  run(script, untilMs) {
    this.script = script;
    this.#at(this.joinsAt, () => this.#join(script));
    for (const entry of script) {
      if (entry.t > this.joinsAt) this.#at(entry.t + this.#delay(), () => this.#take(entry.playback));
    }
    const [sleepsAt, sleepsFor] = this.sleeps;
    this.#at(sleepsAt, () => this.player.set(this.now, { rate: 0 }));
    this.#at(sleepsAt + sleepsFor, () => this.player.set(this.now, { rate: this.player.asked ?? 1 }));
    for (const [t, lasts] of this.stalls) this.#at(t, () => this.player.stall(this.now, lasts));
    for (const [t, lasts] of this.hangs) this.#at(t, () => this.player.hang(this.now, lasts));
    for (let t = Math.ceil(this.joinsAt / SAMPLE_MS) * SAMPLE_MS; t <= untilMs; t += SAMPLE_MS) this.#at(t, () => this.#sample());
    this.events.sort((a, b) => a.t - b.t);
    while (true) {
      const t = Math.min(this.events[0]?.t ?? Infinity, this.tickAt, this.player.nextAt);
      if (t > untilMs) return this;
      this.now = t;
      if (this.player.advance(t)) this.tickAt = Math.min(this.tickAt, t + this.random.between(0, 3));
      else if (this.events[0]?.t === t) this.events.shift().run();
      else this.#tick();
    }
  }

  /** True position against the true timeline, at server time t. */
  truth(t, script = this.script) {
    if (this.live) return t - this.live.behindAt(t) - this.live.originMs;
    const sent = script.filter((e) => e.t <= t).at(-1);
    return positionAt(sent.playback, SERVER_EPOCH_MS + t);
  }

  #join(script) {
    const known = script.filter((e) => e.t <= this.now).at(-1);
    this.driver.burst({ fresh: true });
    this.player.load(this.now, this.live ? this.live.edgeAt(this.now) - this.live.originMs : 0);
    if (this.kind === 'youtube') this.#deliverEvery();
    if (known) this.#take(known.playback);
  }

  #deliverEvery() {
    this.#at(this.now + this.player.periodMs, () => {
      this.player.deliver(this.now, this.local);
      this.tickAt = Math.min(this.tickAt, this.now);
      this.#deliverEvery();
    });
  }

  #take(playback) {
    if (this.playback && this.playback.rev >= playback.rev) return;
    this.playback = playback;
    this.tickAt = this.now;
  }

  #tick() {
    const { clock } = this.driver;
    const now = this.local(this.now);
    const hidden = this.now >= this.hidden[0] && this.now < this.hidden[1];
    if (this.#asleep) { this.tickAt = this.sleeps[0] + this.sleeps[1]; return; }
    if (this.watch.slept(now, SERVER_EPOCH_MS + this.now)) this.driver.burst({ fresh: true });
    const { playback } = this;
    let wakeIn = hidden ? 1000 : 100;
    if (playback && (clock.ready || playback.phase !== 'playing')) {
      const reading = { ...this.player.read(this.now, this.local), ...this.#liveReading() };
      const behindMs = this.live?.behindAt(this.now);
      const decision = this.controller.step(this.state, lookOf(playback, reading, clock, { now, hidden, turn: 0, behindMs }));
      this.state = decision.state;
      for (const action of decision.actions) this.#act(action, playback);
      wakeIn = Math.min(wakeIn, decision.wakeInMs ?? Infinity);
    }
    // A browser's timer comes a little late, never early.
    this.tickAt = this.now + wakeIn + this.random.between(0, 2);
    this.watch.expect(now + wakeIn);
  }

  #liveReading() {
    if (!this.live) return {};
    const { originMs, edgeAt } = this.live;
    return { durationMs: null, edgeMs: edgeAt(this.now) - originMs, programmeMs: SERVER_EPOCH_MS + originMs };
  }

  get #asleep() { return this.now >= this.sleeps[0] && this.now < this.sleeps[0] + this.sleeps[1]; }

  #act(action, playback) {
    const sinceCommand = this.now - (playback.at_ms - SERVER_EPOCH_MS);
    if (action.do === 'seek' && this.player.state === 'playing' && sinceCommand > 3000 && this.now - this.joinsAt > 5000) this.steadySeeks++;
    if (action.do === 'rate' && sinceCommand > 5000 && action.rate !== playback.rate) this.steering++;
    if (action.do === 'rate' && sinceCommand > 5000) this.lateDev = Math.max(this.lateDev, Math.abs(action.rate / playback.rate - 1));
    this.player.act(action, this.now);
  }

  #sample() {
    const truth = this.truth(this.now);
    // At rest what counts is what is shown.
    const e = this.player.state === 'paused' && this.player.shows(truth, this.now) ? 0 : this.player.at(this.now) - truth;
    const moving = this.player.state === 'playing';
    if (moving && this.firstFrame === null) this.firstFrame = { t: this.now, e };
    this.errors.push({ t: this.now, e, moving });
  }

  #probe(probe) {
    if (this.#asleep) return;
    const up = this.#arrival('up', this.now);
    const served = up + 0.05;
    const down = this.#arrival('down', served);
    this.#at(down, () => {
      this.driver.onReply({ t1: probe.t1, t2: SERVER_EPOCH_MS + up, t3: SERVER_EPOCH_MS + served });
    });
  }

  /**
   * One way, in the order of sending as TCP has it: a slow message holds up those behind it. Both probes of a pair meet nearly the
   * same queue. @param {'up'|'down'} way @param {number} sentAt
   */
  #arrival(way, sentAt) {
    return (this.arrived[way] = Math.max(this.arrived[way], sentAt + this.#delay()));
  }

  #delay() {
    const { oneWayMs, jitterMs } = this.network;
    if (this.delayAt !== this.now) {
      this.delayAt = this.now;
      this.delayMs = Math.max(0.2, oneWayMs + this.random.between(-jitterMs, jitterMs));
    }
    return this.delayMs + this.random.between(0, 0.2);
  }

  #at(t, run) {
    const event = { t, run };
    let i = this.events.length;
    while (i > 0 && this.events[i - 1].t > t) i--;
    this.events.splice(i, 0, event);
    return event;
  }
}

/** The states of a room by its commands, as the server would send them. @param {{t: number, do: string, toMs?: number, rate?: number}[]} commands @param {number} startDelayMs */
export function scriptOf(commands, startDelayMs) {
  let playback = { rev: 1, epoch: 1, phase: 'paused', media: {}, position_ms: 0, at_ms: SERVER_EPOCH_MS, rate: 1 };
  const script = [{ t: 0, playback }];
  for (const c of commands) {
    const at = SERVER_EPOCH_MS + c.t;
    const position = c.toMs ?? Math.round(positionAt(playback, at));
    const phase = c.do === 'play' ? 'playing' : c.do === 'pause' ? 'paused' : playback.phase;
    playback = { ...playback, rev: playback.rev + 1, phase, position_ms: position, at_ms: phase === 'playing' ? at + startDelayMs : at, rate: c.rate ?? playback.rate };
    script.push({ t: c.t, playback });
  }
  return script;
}

export function quantile(values, q) {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}
