// @ts-check
import { el, find, set_attribute, set_icon, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';
import { frames_chip, stream_name } from '../models/live.js';
import { is_recorded } from '../models/recordings.js';

/** @typedef {import('../models/live.js').LiveModel} LiveModel */
/** @typedef {import('../types.js').LiveStream} LiveStream */
/** @typedef {'connecting' | 'live' | 'reconnecting' | 'away' | 'ended' | 'unplayable'} LineState */
/** @typedef {{watch(id: number): void, back(): void, mute(muted: boolean): void, together(): void}} Intents */
/** @typedef {{video: boolean, audible: boolean, muted: boolean, hushed: boolean}} Sound video: the stream is in the <video>; audible: this page has its sound */

/** @type {Record<LineState, import('../lib/strings.js').Key>} */
const marks = { connecting: 'live.mark_connecting', live: 'live.mark_live', reconnecting: 'live.mark_connecting', away: 'live.mark_away', ended: 'live.mark_ended', unplayable: 'live.mark_live' };
const STILL_EVERY_MS = 10_000;
const kinds = /** @type {const} */ (['camera', 'screen', 'file', 'link', 'feed']);

/** @param {string} name @param {LineState} state @returns {string} what stands over the picture, "" = nothing */
export function note_text(name, state) {
  switch (state) {
    case 'connecting': return t('live.connecting_to', { stream: in_sentence(name) });
    case 'reconnecting': return t('live.reconnecting');
    case 'away': return t('live.away', { stream: name });
    case 'ended': return t('live.has_ended', { stream: name });
    case 'unplayable': return t('live.cannot', { stream: in_sentence(name) });
    case 'live': return '';
  }
}

/** @param {string} name */
function in_sentence(name) {
  const own = kinds.find((kind) => name === t(`live.your_${kind}`));
  return own ? t(`live.to_your_${own}`) : name;
}

/** The picture on the stage, the bar below it, and the chips above it. @param {Intents} intents */
export function make_live(intents) {
  const canvas = /** @type {HTMLCanvasElement} */ (find('#live-picture'));
  const context = canvas.getContext('2d', { alpha: false, desynchronized: true });
  const note = find('#live-note-text');
  const act = find('#live-chip-act');
  const choices = find('#live-choices');
  let doing = () => {};
  const video = find('#live-video');
  const mute = find('#live-mute');
  find('#live-tap').addEventListener('click', () => intents.mute(false));
  find('#live-together').addEventListener('click', intents.together);
  mute.addEventListener('click', () => intents.mute(mute.dataset.muted !== 'yes'));

  act.addEventListener('click', () => doing());

  /** @param {LiveModel} model */
  function paint_chips(model) {
    const { instead, stream } = model;
    const offered = model.has_video && stream !== null;
    find('#live-chip').hidden = !offered;
    if (stream && offered) {
      const more = model.streams.length - 1;
      set_text(find('#live-chip-text'), instead ? t('live.video_goes_on') : t(more ? 'live.offered_more' : 'live.offered', { stream: stream_name(stream, model.me), n: more }));
      find('#live-chip').toggleAttribute('data-instead', instead);
      set_text(act, instead ? t('live.back') : t('live.watch'));
      doing = instead ? intents.back : () => intents.watch(stream.id);
    }
    const frames = frames_chip(model.now);
    find('#windows-chip').hidden = frames !== 'windows';
    set_text(find('#windows-chip'), t('live.windows', { n: model.now.windows }));
    find('#frames-chip').hidden = frames !== 'nobody';
    const elsewhere = model.elsewhere.map((each) => stream_name(each, model.me));
    find('#elsewhere-chip').hidden = elsewhere.length === 0;
    set_text(find('#elsewhere-chip'), t('live.elsewhere', { streams: elsewhere.join(', '), n: elsewhere.length }));
    const recorded = model.now.streams.filter((each) => is_recorded(each) && each.id !== model.on_stage?.id).map((each) => stream_name(each, model.me));
    find('#rec-chip').hidden = recorded.length === 0;
    set_text(find('#rec-chip-text'), t('record.elsewhere', { streams: recorded.join(', '), n: recorded.length }));
    find('#live-chips').hidden = !offered && !frames && elsewhere.length === 0 && recorded.length === 0;
  }

  const hide = (/** @type {Event} */ event) => { /** @type {HTMLElement} */ (event.target).hidden = true; };

  /** The stills beside the names, each as it is now. */
  function paint_stills() {
    if (choices.hidden || document.hidden) return;
    const turn = Math.floor(Date.now() / STILL_EVERY_MS);
    for (const picture of choices.querySelectorAll('img')) {
      const src = `/live/${picture.parentElement?.dataset.id}/thumb.jpg?turn=${turn}`;
      if (picture.getAttribute('src') === src) continue;
      picture.hidden = false;
      picture.src = src;
    }
  }

  /** @param {LiveModel} model @param {LiveStream | null} shown */
  function paint_choices(model, shown) {
    const streams = model.streams;
    choices.hidden = streams.length < 2 || !shown;
    const names = streams.map((stream) => {
      const name = stream_name(stream, model.me);
      const twice = streams.filter((other) => stream_name(other, model.me) === name).length > 1;
      return { id: stream.id, name: twice && stream.title ? `${name}: ${stream.title}` : name, still: stream.still === true, recorded: is_recorded(stream) };
    });
    const key = JSON.stringify(names);
    if (choices.dataset.key !== key) {
      choices.dataset.key = key;
      choices.replaceChildren(...names.map(({ id, name, still, recorded }) => el('button', { class: 'live-choice', type: 'button', 'data-id': id, onclick: () => intents.watch(id) },
        still && el('img', { class: 'live-still', alt: '', width: 64, height: 36, onerror: hide }), el('bdi', { text: name }), recorded && el('span', { class: 'rec-dot', role: 'img', 'aria-label': t('record.mark') }))));
      paint_stills();
    }
    for (const button of choices.children) set_attribute(button, 'aria-pressed', String(Number(button.getAttribute('data-id')) === shown?.id));
  }

  return {
    /** @param {CanvasImageSource & {width: number, height: number}} picture */
    draw(picture) {
      if (canvas.width !== picture.width || canvas.height !== picture.height) {
        canvas.width = picture.width;
        canvas.height = picture.height;
      }
      context?.drawImage(picture, 0, 0);
    },
    blank() {
      canvas.width = canvas.height = 1;
    },
    /** @param {LiveModel} model @param {LineState} state of what is on the stage @param {Sound} sound */
    paint(model, state, sound) {
      const stream = model.on_stage;
      const shown = stream ?? model.ended;
      find('#live').hidden = find('#live-bar').hidden = shown === null;
      find('#live').dataset.state = find('#live-bar').dataset.state = state;
      paint_chips(model);
      paint_choices(model, stream);
      if (!shown) return;
      const name = stream_name(shown, model.me);
      set_text(note, note_text(name, state));
      find('#live-note').hidden = note.textContent === '';
      set_text(find('#live-mark'), t(marks[state]));
      set_text(find('#live-name'), name);
      // What a page sends is called like the person's camera, and a program's stream by its title: that stands there already.
      set_text(find('#live-title'), shown.title === name || shown.title === t(`live.${shown.kind}`, { name: shown.name }) ? '' : shown.title);
      set_attribute(canvas, 'aria-label', t('live.named_picture', { stream: name }));
      // Single pictures have no timeline that all could be brought to.
      find('#live-together').hidden = state === 'ended' || state === 'unplayable' || (shown.forms ?? ['mjpeg']).includes('mjpeg');
      video.hidden = !sound.video;
      canvas.hidden = sound.video;
      find('#live-sound').hidden = !shown.sound || sound.audible || state === 'ended';
      find('#live-tap').hidden = !sound.audible || !sound.hushed;
      mute.hidden = !sound.audible || sound.hushed || state === 'ended';
      mute.dataset.muted = sound.muted ? 'yes' : 'no';
      set_attribute(mute, 'aria-label', t(sound.muted ? 'live.unmute' : 'live.mute'));
      set_icon(mute, sound.muted ? 'muted' : 'volume');
    },
    /** @param {string[]} facts */
    facts(facts) {
      set_text(find('#live-facts'), facts.join(' · '));
      paint_stills();
    },
  };
}
