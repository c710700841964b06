// @ts-check
// The sync engine of a room page: the server's timeline and clock on one side, the player on the other, a controller between.
// It thinks in its pure parts (clock, timeline, controllers, view); here they are wired and ticked. What the player does by
// itself – stalls, advertisements, somebody clicking into YouTube's frame – never becomes a command to the room.
import { PlayerHost } from '../players/host.js';
import { read_json, write_json } from '../lib/store.js';
import { isThirdParty } from '../players/player.js';
import { ClockDriver } from './clock_driver.js';
import { Commands } from './commands.js';
import { AWAITED, FILE, NOT_FETCHED, fetch_kit, kit_of } from './kits.js';
import { LiveLatency } from './live_latency.js';
import { LoadTime } from './load_time.js';
import { Reporter } from './reporter.js';
import { stopAt } from './resting.js';
import { SleepWatch } from './sleep_watch.js';
import { branch, isAgain, isNewer, lookOf, positionAt } from './timeline.js';

/** @typedef {import('../types.js').Playback} Playback */
/** @typedef {import('../types.js').Welcome} Welcome */

const TICK_MS = 100;
const TICK_HIDDEN_MS = 1000;
const NEWS_MS = 12;
const LOAD_KEY = 'matinee.load_ms';
const timers = { set: (/** @type {() => void} */ f, /** @type {number} */ ms) => setTimeout(f, ms), clear: (/** @type {number} */ timer) => clearTimeout(timer) };

export class SyncEngine extends EventTarget {
  #now; #ask; #host; #driver; #commands; #reporter;
  /** @type {Playback|null} */ #room = null;
  /** The timeline of somebody who watches on their own. @type {Playback|null} */ #own = null;
  /** @type {{you: string, names: Map<string, string>, roles: Map<string, string>, grants: Record<string, string[]>}} */
  #people = { you: '', names: new Map(), roles: new Map(), grants: {} };
  #controller = FILE.controller;
  /** @type {any} */ #state = FILE.controller.initial();
  #fetching = false;
  #turn = 0;
  #offsetMs = 0;
  #consented = '';
  #timer = 0;
  #ticks = 0;
  #sleep = new SleepWatch();
  #live = new LiveLatency();
  #load = new LoadTime({ known: read_json('localStorage', LOAD_KEY, null), keep: (ms) => write_json('localStorage', LOAD_KEY, ms) });
  /** Server time minus the page's, as far as the welcome tells. */
  #roughMs = 0;

  /** @param {import('../types.js').EngineOptions} options */
  constructor({ stage, send, now, askBeforeLoading }) {
    super();
    this.#now = now;
    this.#ask = askBeforeLoading;
    this.#host = new PlayerHost({ stage, now });
    this.#host.addEventListener('change', () => this.#tick());
    const tell = (/** @type {import('../types.js').ClientMessage} */ message) => { Promise.resolve(send(message)).catch(() => {}); };
    this.#driver = new ClockDriver({ send: (m) => tell(/** @type {any} */ (m)), now, timers, onReady: () => this.#tick() });
    this.#commands = new Commands({ send, playback: () => this.#room, refused: (detail) => this.dispatchEvent(new CustomEvent('refused', { detail })) });
    this.#reporter = new Reporter({ send: tell, emit: (detail) => this.dispatchEvent(new CustomEvent('view', { detail })) });
    document.addEventListener('visibilitychange', () => this.#onWake(false));
    addEventListener('online', () => this.#onWake(true));
    /** @type {any} */ (navigator).connection?.addEventListener?.('change', () => this.#onWake(true));
  }

  /** @param {Welcome} welcome */
  onWelcome(welcome) {
    this.#people = { you: welcome.you, names: new Map(), roles: new Map(), grants: welcome.room.grants };
    this.onPresence({ changed: welcome.participants });
    this.#room = welcome.playback;
    this.#roughMs = welcome.server_time_ms - this.#now();
    this.#onTimeline();
  }

  /** @param {Playback} playback */
  onPlayback(playback) {
    if (isAgain(this.#room, playback)) {
      this.#room = playback;
      return this.#tick();
    }
    if (!isNewer(this.#room, playback)) return;
    this.#room = playback;
    this.#commands.onPlayback();
    this.#onTimeline();
  }

  /** Keeps names, rights and what everybody needs of a live stream fresh. @param {{changed: import('../types.js').Participant[], left?: string[]}} diff */
  onPresence(diff) {
    for (const person of diff.changed) {
      this.#people.names.set(person.id, person.name);
      this.#people.roles.set(person.id, person.role);
    }
    this.#live.onPresence(diff);
  }

  /** @param {import('../types.js').Room} room */
  onRoom(room) { this.#people.grants = room.grants; }

  /** @param {{t1: number, t2: number, t3: number}} reply */
  onClockReply(reply) { this.#driver.onReply(reply); }

  connectionLost() { this.#driver.stop(); }

  /** There is somebody to ask for the time, and it is answered before the welcome. */
  connectionOpen() { this.#driver.burst({ fresh: true }); }

  play() { this.#own ? this.#alone({ phase: 'playing' }) : this.#commands.play(this.#positionMs()); }

  pause() { this.#own ? this.#alone({ phase: 'paused' }) : this.#commands.pause(stopAt(this.#positionMs(), this.#host.read(), this.#now(), this.#newsMs, this.#timeline?.rate ?? 1)); }

  /** @param {number} ms */
  seek(ms) { this.#own ? this.#alone({ position_ms: Math.max(0, ms) }) : this.#commands.seek(ms); }

  /** @param {number} rate */
  setRate(rate) { this.#own ? this.#alone({ rate }) : this.#commands.rate(rate, this.#positionMs()); }

  /** @param {number} ms */
  setOffset(ms) {
    this.#offsetMs = ms;
    this.#tick();
  }

  serverNow() { return this.#server(); }

  startNow() { this.#commands.startNow(); }

  /** @param {number} volume 0..1 */
  setVolume(volume) { this.#host.setVolume(volume); }

  /** @param {boolean} muted */
  setMuted(muted) { this.#host.setMuted(muted); this.#tick(); }

  tapForSound() { this.#host.tapForSound(); }

  /** Forgets what was learned of this player and lands it anew. */
  resync() {
    if (this.#host.error) {
      this.#host.clear();
      this.#onTimeline();
    }
    this.#state = this.#controller.initial();
    this.#host.act([{ do: 'pause' }]);
    this.#restep();
  }

  /** @param {boolean} on */
  watchAlone(on) {
    this.#own = on && this.#room ? branch(this.#room, this.#server(), this.#room.phase === 'waiting' ? { phase: 'playing' } : {}) : null;
    this.#onTimeline();
  }

  loadAnyway() {
    this.#consented = this.#timeline?.media?.url ?? '';
    this.#onTimeline();
  }

  /** The room is over, or went on in another tab: nothing plays here. A new welcome begins again. */
  close() {
    this.#room = this.#own = null;
    this.#driver.stop();
    clearTimeout(this.#timer);
    this.#host.clear();
  }

  /** Server time now, ms; null while the clock is not known well enough. */
  serverMs() { return this.#driver.clock.ready ? this.#server() : null; }

  /** How long a word of mine takes to everybody near, and a little more. */
  get #newsMs() { return NEWS_MS + Math.min(NEWS_MS, this.#driver.clock.estimate?.rttMs ?? 0); }

  get #timeline() { return this.#own ?? this.#room; }

  #server() { return this.#driver.clock.estimate ? this.#driver.clock.serverAt(this.#now()) : this.#now() + this.#roughMs; }

  #positionMs() {
    const duration = this.#host.read()?.durationMs ?? null;
    return this.#timeline ? positionAt(this.#timeline, this.#server(), duration) : 0;
  }

  /** Where the room will be when this medium can play. @param {import('../types.js').Media} media */
  #beginMs(media) {
    const timeline = /** @type {Playback} */ (this.#timeline);
    return media.kind === 'file' ? positionAt(timeline, this.#server() + this.#load.begin(this.#now())) : this.#positionMs();
  }

  /** @param {Partial<Playback>} change */
  #alone(change) {
    this.#own = branch(/** @type {Playback} */ (this.#own), this.#server(), change);
    this.#restep();
  }

  #onTimeline() {
    const media = this.#timeline?.media ?? null;
    const kit = kit_of(media?.kind ?? 'file');
    if (kit && kit.controller !== this.#controller) {
      this.#controller = kit.controller;
      this.#state = kit.controller.initial();
    }
    if (!media || !kit || this.#needsConsent()) this.#host.clear();
    else if (this.#host.show(media, this.#beginMs(media), kit.Player)) this.#live.forget();
    else this.#load.forget();
    if (!kit) this.#fetch(/** @type {import('../types.js').Media} */ (media).kind);
    this.#restep();
  }

  /** @param {import('../types.js').Media['kind']} kind */
  async #fetch(kind) {
    this.#fetching = true;
    const here = await fetch_kit(kind).then(() => true, () => false);
    this.#fetching = false;
    if (this.#timeline?.media?.kind !== kind) return;
    if (here) this.#onTimeline();
    else this.#host.fail(NOT_FETCHED);
  }

  #needsConsent() {
    const media = this.#timeline?.media;
    return !!media && this.#consented !== media.url && isThirdParty(media, location.origin) && this.#ask();
  }

  #restep() { this.#turn++; this.#tick(); }

  /** @param {boolean} fresh */
  #onWake(fresh) {
    if (this.#room) this.#driver.burst({ fresh });
    this.#tick();
  }

  #tick() {
    const now = this.#now();
    if (this.#sleep.slept(now, Date.now()) && this.#room) this.#driver.burst({ fresh: true });
    clearTimeout(this.#timer);
    const timeline = this.#timeline;
    if (!timeline) return;
    const reading = this.#host.read();
    this.#load.look(reading, now);
    const hidden = document.visibilityState === 'hidden';
    let decision = null;
    let live = null;
    // Without the server's clock a moving timeline says nothing; a resting one needs none.
    if (reading && timeline.media && (this.#driver.clock.ready || timeline.phase !== 'playing')) {
      live = this.#live.look(reading, { now, serverMs: this.#server(), you: this.#people.you, alone: this.#own !== null });
      decision = this.#controller.step(this.#state, lookOf(timeline, reading, this.#driver.clock, { now, hidden, turn: this.#turn, offsetMs: this.#offsetMs, behindMs: live?.behindMs }));
      this.#state = decision.state;
    }
    const inMs = Math.min(hidden ? TICK_HIDDEN_MS : TICK_MS, decision?.wakeInMs ?? Infinity);
    this.#sleep.expect(now + inMs);
    this.#timer = setTimeout(() => this.#tick(), inMs);
    // Before anything is drawn: a picture goes by in less time. The player may answer at once with another tick, which then has told all.
    const tick = ++this.#ticks;
    if (decision) this.#host.act(decision.actions);
    if (tick !== this.#ticks) return;
    this.#reporter.report({
      timeline, reading: this.#fetching ? { ...AWAITED, positionMs: this.#positionMs() } : reading, decision, hidden, now, own: this.#own !== null, host: this.#host, needsConsent: this.#needsConsent(),
      positionMs: this.#positionMs(), people: this.#people, clock: this.#driver.clock, unsteady: this.#state.factor > 1, liveMs: live?.needMs,
    });
  }
}
