// Players that exist only as arithmetic: what a <video> and YouTube's frame do with our actions, with delays, noise and drift.
// Times are true milliseconds; a reading is stamped with the client's own clock by the simulation.

const SCREEN_MS = 1000 / 60;
/** Shared motion: a position that moves at a speed, and things that happen later. */
class Motion {
  constructor(random, drift) {
    this.random = random;
    this.drift = drift;
    this.positionMs = 0;
    this.since = 0;
    this.moving = false;
    this.rate = 1;
    this.pending = [];
  }

  /** When the screen changed last, not after t. */
  refreshBefore(t) { return Math.floor((t - this.screenPhase) / SCREEN_MS) * SCREEN_MS + this.screenPhase; }

  /** Where the picture on the screen begins: the one that was due when the screen last changed; where it stands, the last that was shown. */
  pictureAt(t) {
    return this.moving ? this.#dueAt(this.refreshBefore(t)) : this.stillMs ?? this.pictureOf(this.positionMs);
  }

  /** Chromium shows the picture that is nearest to when the screen changes: up to 12 ms before the media clock is there. */
  #dueAt(refresh) { return this.pictureOf(this.at(Math.max(refresh, this.since)) + this.shownEarlyMs); }

  /** What a player tells of its picture, in true time. */
  told(t) {
    const fromMs = this.pictureAt(t);
    let shownAt = this.refreshBefore(t);
    while (this.moving && shownAt - SCREEN_MS > this.since && this.#dueAt(shownAt - SCREEN_MS) === fromMs) shownAt -= SCREEN_MS;
    return { fromMs, lengthMs: this.pictureMs, shownAt, screenMs: SCREEN_MS };
  }

  pictureOf(ms) { return Math.floor((ms + 1e-6) / this.pictureMs) * this.pictureMs; }

  at(t) { return this.moving ? this.positionMs + (t - this.since) * this.rate * (1 + this.drift) : this.positionMs; }

  set(t, change) {
    // What stops still shows what the next refresh was to show.
    if (change.moving === false && this.moving) this.stillMs = this.pictureMs ? this.#dueAt(this.refreshBefore(t) + SCREEN_MS) : null;
    if (change.positionMs !== undefined && !this.moving) this.stillMs = null;
    this.positionMs = change.positionMs ?? this.at(t);
    this.since = t;
    if (change.moving !== undefined) this.moving = change.moving;
    if (change.rate !== undefined) this.rate = change.rate;
  }

  later(t, run) { this.pending.push({ t, run }); this.pending.sort((a, b) => a.t - b.t); }

  /** @returns {number} when something happens next */
  get nextAt() { return this.pending[0]?.t ?? Infinity; }

  advance(t) {
    let changed = false;
    while (this.pending.length && this.pending[0].t <= t) {
      const { t: when, run } = this.pending.shift();
      run(when);
      changed = true;
    }
    return changed;
  }
}

export class Html5Model extends Motion {
  constructor(random, options) {
    super(random, options.drift);
    // slipMs: after a start or seek the clock is this far ahead until the sound runs, 100 ms later. pitchLossMs: what keeping the
    // pitch costs at every step to a rate that is far from 1. Both as Chromium does it; so is the even clock.
    Object.assign(this, { startMs: 60, seekMs: 120, noiseMs: 0.4, rateLagMs: 10, loadMs: 300, slipMs: 0, pitchLossMs: 22, pictureMs: 0, screenPhase: 0, shownEarlyMs: 8, ...options });
    this.state = 'loading';
    this.seeks = 0;
    this.largestDev = 0;
    this.turn = 0;
  }

  load(t, startMs) {
    this.later(t + this.loadMs, (when) => { this.set(when, { positionMs: startMs }); this.state = 'paused'; });
  }

  act(action, t) {
    if (action.do === 'play') this.play(t);
    else if (action.do === 'pause') { this.turn++; this.set(t, { moving: false }); this.wants = false; if (this.state !== 'seeking') this.state = 'paused'; }
    else if (action.do === 'seek') this.seek(t, action.toMs);
    else if (Math.abs(action.rate - (this.asked ?? 1)) > 1e-4) {
      this.asked = action.rate;
      this.later(t + this.rateLagMs, (when) => {
        const far = (rate) => Math.abs(rate - 1) > 0.085;
        const lost = far(action.rate) !== far(this.rate) && this.moving ? this.pitchLossMs : 0;
        this.set(when, { rate: action.rate, positionMs: this.at(when) - lost });
      });
    }
  }

  play(t) {
    this.wants = true;
    this.state = 'buffering';
    const turn = ++this.turn;
    this.later(t + this.startMs * this.random.between(0.7, 1.3), (when) => {
      if (turn !== this.turn) return;
      this.set(when, { moving: true });
      this.state = 'playing';
      this.slip(when, turn);
    });
  }

  /** The clock ran before the sound did; when the sound comes it is set right. */
  slip(t, turn) {
    if (this.slipMs === 0) return;
    this.later(t + 100, (when) => { if (turn === this.turn) this.set(when, { positionMs: this.at(when) - this.slipMs }); });
  }

  seek(t, toMs) {
    this.seeks++;
    const resume = this.wants;
    const turn = ++this.turn;
    this.set(t, { moving: false });
    this.state = 'seeking';
    this.later(t + this.seekMs * this.random.between(0.6, 1.4), (when) => {
      if (turn !== this.turn) return;
      this.set(when, { positionMs: toMs, moving: !!resume });
      this.state = resume ? 'playing' : 'paused';
      if (resume) this.slip(when, turn);
    });
  }

  /** A stall of the network: the picture stands, then goes on where it stood. */
  stall(t, lastsMs) {
    if (this.state !== 'playing') return;
    const turn = ++this.turn;
    this.set(t, { moving: false });
    this.state = 'buffering';
    this.later(t + lastsMs, (when) => {
      if (turn !== this.turn) return;
      this.set(when, { moving: true });
      this.state = 'playing';
    });
  }

  /** The media clock stands for a moment and says nothing of it: a busy machine, a sound device that hung. */
  hang(t, lastsMs) { this.set(t, { positionMs: this.at(t) - lastsMs }); }

  read(t, local) {
    if (this.refreshMs && this.state === 'playing') return this.#readFrame(t, local);
    const noise = this.state === 'playing' ? this.random.between(-this.noiseMs, this.noiseMs) : 0;
    const told = this.pictureMs ? this.told(t) : null;
    const picture = told ? { picture: { ...told, shownAt: local(told.shownAt) } } : {};
    return { state: this.state, positionMs: this.at(t) + noise, at: local(t), bufferedAheadMs: 10_000, durationMs: 3_600_000, ready: this.state !== 'loading', ...picture };
  }

  /** The picture of this position is on the screen. */
  shows(ms, t) { return this.pictureMs > 0 && this.pictureAt(t) === this.pictureOf(ms); }

  /** The frame on the screen: what was due at the last refresh, at the time of that refresh. */
  #readFrame(t, local) {
    const step = this.refreshMs;
    const shownAt = Math.floor((t - this.refreshPhase) / step) * step + this.refreshPhase;
    const back = Math.max(shownAt, this.since);
    const positionMs = Math.floor((this.at(t) - (t - back) * this.rate) / step) * step;
    return { state: 'playing', positionMs, at: local(back), bufferedAheadMs: 10_000, durationMs: 3_600_000, ready: true, grainMs: step };
  }
}

const COARSE_RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

export class YoutubeModel extends Html5Model {
  constructor(random, options) {
    super(random, { startMs: 700, seekMs: 500, noiseMs: 6, pitchLossMs: 0, rateLagMs: 60, periodMs: 250, fine: false, loadMs: 800, ...options });
    this.cued = true;
    this.delivered = null;
  }

  act(action, t) {
    if (action.do === 'rate') {
      if (this.fine || COARSE_RATES.includes(action.rate)) super.act(action, t);
      return;
    }
    if (action.do === 'play') this.cued = false;
    if (action.do === 'seek' && this.cued) { this.set(t, { positionMs: action.toMs }); return; }
    super.act(action, t);
  }

  /** Called by the simulation every period: the frame tells where it is. */
  deliver(t, local) {
    if (this.state !== 'playing') { this.delivered = null; return; }
    this.delivered = { positionMs: this.at(t) + this.random.between(-this.noiseMs, this.noiseMs), at: local(t), rate: this.rate };
  }

  read(t, local) {
    const still = super.read(t, local);
    if (this.state !== 'playing') return { ...still, rate: this.rate };
    // Until the first delivery the adapter knows only where it told the player to begin.
    if (!this.delivered) return { ...still, state: 'buffering', rate: this.rate };
    return { ...still, ...this.delivered };
  }
}
