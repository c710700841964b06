// Shapes the sync controllers speak in. Times are local milliseconds (performance.now) unless a name says otherwise.

import type { Badge, Media, Playback, PlayerView } from '../types.js';
export type { Badge, Media, Playback };
export type Phase = Playback['phase'];

/** What a player says of itself, all of it observed, nothing assumed. */
export interface Reading {
  state: 'loading' | 'paused' | 'seeking' | 'buffering' | 'playing' | 'ended' | 'ad';
  /** Media position in ms, and the local time it was true at. */
  positionMs: number;
  at: number;
  bufferedAheadMs: number;
  durationMs: number | null;
  /** Enough is loaded to play from here. */
  ready: boolean;
  /** The rate the player says it plays at, where it says so. */
  rate?: number;
  /** Positions come in steps this wide. */
  grainMs?: number;
  /** The picture on the screen, as far as the player tells. */
  picture?: Picture;
  /** A live stream: where the player should be now by the stream's own playlist, in its own time. */
  edgeMs?: number;
  /** A live stream with programme times: when the picture at media position 0 was made, Unix ms. */
  programmeMs?: number;
  /** A live stream: what a page needs of it at its worst while nothing is wrong, from the making to the picture. All that are well say the same. */
  leastMs?: number;
  /** A live stream that has come to its end, and all of it was shown. */
  over?: boolean;
}

/** A picture of the film and when it reached the screen: media position of its beginning, its length in media time, local time, and how often the screen changes. */
export interface Picture { fromMs: number; lengthMs: number; shownAt: number; screenMs: number }

/** One look at the room and the player: everything a controller may know. */
export interface Look {
  now: number;
  /** Changes with every command, media or reconnect that makes a new target. */
  rev: string;
  phase: Phase;
  rate: number;
  /** Where the video rests while not playing. */
  holdMs: number;
  /** Local time the timeline starts to move; may lie in the future. */
  startAt: number;
  /** P at a local time, never beyond the end. */
  target: (localMs: number) => number;
  reading: Reading;
  hidden: boolean;
}

export type Action =
  | { do: 'play' } | { do: 'pause' }
  | { do: 'seek'; toMs: number }
  | { do: 'rate'; rate: number };

/** What a controller concluded; `state` goes into its next step. */
export interface Decision<State> {
  state: State;
  actions: Action[];
  /** Look again this soon, for a start at an exact moment. */
  wakeInMs: number | null;
  /** Presented minus target, ms; null while nothing can be said. */
  errorMs: number | null;
  inStep: boolean;
  /** Resting exactly where the room rests, and able to play. */
  ready: boolean;
}

export interface SyncError { code: string; text: string }

/** The detail of the engine's `view` event. */
export interface View extends PlayerView {
  needsConsent: boolean;
  /** Corrections keep failing on this device, so it gets a wider tolerance. */
  unsteady: boolean;
  /** It has no end that is known: nobody seeks in it. */
  live: boolean;
  /** See Reading. */
  over: boolean;
}

/** What both controllers remember about starting and seeking. */
export interface Resting {
  rev: string; commandAt: number; tries: number;
  /** From a seek to its first frame, learned. */
  leadMs: number; leadKnown: boolean;
  /** From play() to a moving picture, learned. */
  startMs: number;
  /** A start this late is made up for by rate, and not by a seek. */
  lateMs: number;
  playAt: number | null; playFromMs: number; alignSeekAt: number | null;
  /** Since when it stands while the room rests. */
  stoppedAt?: number | null;
}

export interface Html5State extends Resting {
  tune: { seekOverMs: number; seekOnCommandMs: number; coolMs: number; leadMs: number };
  /** Since when it moves, as far as looks showed; null: it did not. */
  movingSince: number | null;
  /** Errors of the last readings with our own steering taken out, and when the newest was true. */
  errors: number[]; lastAt: number;
  /** Their median at the last look: what changes suddenly was the player. */
  unsteeredMs: number | null;
  /** Steering: rate = base × (1 + dev) since devSince; steeredMs is what all steering before that moved. */
  dev: number; devSince: number; steeredMs: number;
  noiseMs: number;
  /** Widens the dead band of a device that cannot be held tightly. */
  factor: number; failures: number[];
  correcting: null | { since: number; fromMs: number; steeredMs: number };
  inStepSince: number | null;
  seekAt: number; steeredAtSeek: number; coolMs: number; seeks: number;
  /** Whether the last seek has taught its lesson about leadMs. */
  judged: boolean;
}

export interface YoutubeState extends Resting {
  errors: number[]; lastAt: number; noiseMs: number; factor: number; failures: number[];
  /** Do rates like 1.05 take effect? null: not tried yet. */
  fine: boolean | null;
  /** Do rates take effect at all? */
  pulses: boolean;
  pulse: null | { rate: number; since: number; until: number; fromMs: number; confirmed: boolean };
  /** The last pulse, to be compared with what it did. */
  judge: null | { fromMs: number; expectedMs: number };
  pauseUntil: number | null; delayMs: number; quietUntil: number; actionAt: number;
  seekAt: number; judged: boolean; seeks: number;
}
