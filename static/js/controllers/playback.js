// @ts-check
import { find, set_text } from '../lib/dom.js';
import { random_id } from '../lib/ids.js';
import { sentence_for } from '../lib/sentences.js';
import { t } from '../lib/strings.js';
import { stream_name } from '../models/live.js';
import { change_text, stream_of } from '../models/playback.js';
import { can, refusal } from '../models/rights.js';
import { Bar } from '../views/bar.js';
import { make_badge } from '../views/badge.js';
import { make_notice } from '../views/notice.js';
import { make_source } from '../views/source.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {Parameters<typeof refusal>[2]} Verb */
/** @typedef {import('../types.js').Engine} Engine */

const room_itself = '0';

/**
 * Stage, control bar and source box: intents go to the engine, its view comes back.
 * @param {App} app @param {Engine} engine
 * @param {{add(url: string, title: string): Promise<string | null>, undo(change: import('../models/playback.js').Change): boolean}} queue
 *   add: the sentence of a refusal, or null; undo: false when the room remembers no such step
 */
export function control_playback(app, engine, queue) {
  const { connection, people, playback, settings } = app;
  const notice = make_notice();
  let view = /** @type {import('../types.js').PlayerView | null} */ (null);
  /** The stream that was the room's video when this was looked at last, and the one whose sound nobody switched off by hand; 0 = none. */
  let spared = 0;
  let unasked = 0;

  const may = (/** @type {import('../types.js').Grant} */ grant) => can(app.room, people.self, grant);
  const why_not = (/** @type {import('../types.js').Grant} */ grant, /** @type {Verb} */ verb) => (app.room ? refusal(app.room, grant, verb, owner_name()) : '');
  const owner_name = () => (app.room && app.room.owner !== people.me ? people.name(app.room.owner) : '');
  const alone = () => view?.badge.kind === 'alone';

  /** Acts, or says who could. @param {Verb} verb @param {() => void} act */
  const with_control = (verb, act) => {
    if (may('control') || alone()) return act();
    const sentence = why_not('control', verb);
    notice.show(sentence);
    app.announce(sentence);
    if (view) bar.paint(view);
  };

  const intents = {
    play: () => with_control('play', () => engine.play()),
    pause: () => with_control('pause', () => engine.pause()),
    seek: (/** @type {number} */ ms) => with_control('seek', () => engine.seek(ms)),
    rate: (/** @type {number} */ rate) => with_control('speed', () => engine.setRate(rate)),
    volume: (/** @type {number} */ volume) => sound({ volume, muted: false }),
    mute: (/** @type {boolean} */ muted) => sound({ muted }),
  };
  const bar = new Bar(intents);
  const badge = make_badge({ act: badge_act, announce: (text) => app.announce(text) });
  const source = make_source({ watch, add: queue_up, close: () => watch('') });

  /** @param {Partial<import('../models/settings.js').Values>} change */
  function sound(change) {
    settings.set(change);
    if (change.muted === false) unasked = 0;
    const muted = settings.values.muted || unasked !== 0;
    engine.setVolume(settings.values.volume);
    engine.setMuted(muted);
    bar.paint_sound(settings.values.volume, muted);
  }

  /** Who sends the stream that is the room's video does not hear it, unless they want to: their own words would come back some seconds later. */
  function spare_own_words() {
    const stream = stream_of(playback);
    const publisher = app.live.shared?.publisher;
    if (stream !== spared && (stream === 0 || publisher !== undefined)) {
      spared = stream;
      unasked = publisher === people.me ? stream : 0;
      sound({});
    }
  }

  /** @param {string} name */
  function badge_act(name) {
    if (name === 'start_now') engine.startNow();
    else if (name === 'rejoin') engine.watchAlone(false);
    else if (name === 'tap') sound_on();
    else engine.resync();
  }

  function sound_on() {
    if (settings.values.muted || unasked) sound({ muted: false });
    engine.tapForSound();
  }

  /** @param {string} url @returns {Promise<string | null>} what went wrong */
  async function watch(url) {
    const reply = await connection.request({ type: 'playback.set', url, base_rev: playback.rev, op: random_id() });
    if (reply.type === 'error' && reply.code === 'stale') {
      // Choosing a video is an explicit wish whatever stood there before: once more against what we know now.
      const again = await connection.request({ type: 'playback.set', url, base_rev: playback.rev, op: random_id() });
      return again.type === 'error' ? sentence_for(again) : null;
    }
    if (reply.type === 'error') return reply.code === 'forbidden' ? why_not('play_now', 'choose') : sentence_for(reply);
    return null;
  }

  /** @param {string} url @param {string} title */
  async function queue_up(url, title) {
    const sentence = await queue.add(url, title);
    if (!sentence) notice.show(t('notice.added'));
    return sentence;
  }

  /** @param {import('../models/playback.js').Undo} undo */
  async function take_back(undo) {
    if ('rate' in undo) engine.setRate(undo.rate);
    else if (!('url' in undo)) engine.seek(undo.position_ms);
    else {
      const sentence = await watch(undo.url);
      if (sentence) notice.show(sentence);
      else if (undo.position_ms) engine.seek(undo.position_ms);
    }
  }

  /** A stream that runs no more. @param {string} url */
  const is_over = (url) => url.startsWith('/live/') && !app.live.now.streams.some(({ id }) => url === `/live/${id}`);

  function paint_room() {
    const media = playback.now?.media ?? null;
    const live = app.live.on_stage ?? app.live.ended;
    find('#main').dataset.media = live ? 'live' : media ? media.kind : 'none';
    find('#stage-empty').hidden = media !== null || live !== null;
    source.paint(media !== null, app.room && !may('play_now') ? why_not('play_now', 'choose') : '', app.room && !may('queue_add') ? why_not('queue_add', 'queue') : '');
    find('#stage-gate').hidden = !(media && view?.needsConsent);
    const missed = app.live.missed;
    find('#stage-away').hidden = missed === undefined || live !== null;
    if (missed !== undefined) set_text(find('#stage-away-text'), missed ? t('live.away', { stream: stream_name(missed, people.me) }) : t('live.away_unknown'));
    if (media) set_text(find('#gate-host'), media.kind === 'youtube' ? 'youtube.com' : new URL(media.url, location.href).host);
  }

  playback.on('change', paint_room);
  playback.on('noted', (/** @type {import('../models/playback.js').Change} */ change) => {
    const own = change.by === people.me;
    const grant = change.undo && 'url' in change.undo ? 'play_now' : 'control';
    const undo = change.undo && may(grant) ? change.undo : null;
    if (change.by === room_itself) {
      const words = { set: t('notice.next'), seek: t('notice.once_more'), clear: change.undo && 'url' in change.undo && is_over(change.undo.url) ? t('notice.over') : '' }[/** @type {string} */ (change.kind)];
      return words && notice.show(words);
    }
    if (own && !undo) return;
    // The room knows what there was before, the queue included; what it does not remember is taken back from here.
    notice.show(change_text(change, own ? null : people.name(change.by)), undo && (() => void (queue.undo(change) || take_back(undo))));
  });
  playback.on('change', spare_own_words);
  app.live.on('change', () => {
    spare_own_words();
    paint_room();
  });
  people.on('change', paint_room);
  app.on('room', paint_room);
  app.on('connection', (state) => {
    if (view) badge(view, may('control'), app.lost);
    if (state !== 'joined') return;
    const broken = sentence_for({ code: 'connection_lost' });
    notice.take_down(broken);
    source.take_down(broken);
  });
  find('#stage-again').addEventListener('click', () => engine.resync());
  find('#gate-load').addEventListener('click', () => engine.loadAnyway());
  find('#sync-again').addEventListener('click', () => engine.resync());
  find('#sync-alone').addEventListener('click', () => engine.watchAlone(!alone()));
  // After a click inside the frame of another site the keys would go there.
  addEventListener('blur', () => setTimeout(() => document.activeElement?.matches('#player iframe') && find('#play').focus({ preventScroll: true }), 0));
  engine.addEventListener('view', (event) => {
    view = /** @type {CustomEvent} */ (event).detail;
    if (!view) return;
    bar.paint(view);
    badge(view, may('control'), app.lost);
    find('#stage-gate').hidden = !view.needsConsent;
    // Where the picture should be. YouTube says it in its own frame, which nothing covers; the badge has it in any case.
    find('#stage-failed').hidden = !view.error || document.querySelector('#player iframe') !== null;
    set_text(find('#stage-failed-text'), view.error?.text ?? '');
  });
  engine.addEventListener('refused', (event) => {
    const error = /** @type {CustomEvent} */ (event).detail;
    notice.show(error.code === 'forbidden' ? why_not('control', 'this') : sentence_for(error));
  });
  sound({});
  engine.setOffset(settings.values.sound_offset_ms);

  return {
    source, notice, bar, alone, intents, watch,
    /** @param {import('../models/keys.js').KeyIntent} intent */
    key(intent) {
      const volume = settings.values.volume;
      switch (intent) {
        case 'toggle': return bar.toggle();
        case 'back5': return bar.step(-5_000);
        case 'forward5': return bar.step(5_000);
        case 'back10': return bar.step(-10_000);
        case 'forward10': return bar.step(10_000);
        case 'louder': return sound({ volume: volume + 0.05, muted: false });
        case 'quieter': return sound({ volume: volume - 0.05 });
        case 'mute': return sound({ muted: !(settings.values.muted || unasked !== 0) });
        default: return undefined;
      }
    },
  };
}
