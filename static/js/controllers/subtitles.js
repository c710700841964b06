// @ts-check
import { preview_sentence } from '../lib/sentences.js';
import { t } from '../lib/strings.js';
import { BYTES_MAX, decode_subtitles, read_subtitles } from '../lib/subtitles.js';
import { SHIFT_STEP_MS, Subtitles } from '../models/subtitles.js';
import { film_of } from '../models/playback.js';
import { open_dialog } from '../views/dialogs.js';
import { make_subtitles } from '../views/subtitles.js';

/** Often enough that a line comes with the mouth that says it. */
const LOOK_EVERY_MS = 100;

/** Subtitles beside a file video: each person's own, from a file of theirs or a link, which our server fetches. @param {import('../app.js').App} app */
export function control_subtitles(app) {
  const subtitles = new Subtitles();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let looking;
  /** The newest wish wins: an answer for the one before is not taken. */
  let wish = 0;

  const view = make_subtitles({
    on: (on) => subtitles.set({ on }),
    size: (size) => subtitles.set({ size }),
    shift: (by) => subtitles.shift_to(by === null ? 0 : subtitles.shift_ms + by * SHIFT_STEP_MS),
    file: read_file,
    link: (link) => read_link(link, true),
  });

  /** @param {Uint8Array} bytes @param {string} source @param {string} link */
  function take(bytes, source, link) {
    const cues = read_subtitles(decode_subtitles(bytes));
    view.say(cues.length ? '' : t('subtitles.none'));
    if (cues.length) subtitles.take(cues, source, link);
  }

  /** @param {File} file */
  async function read_file(file) {
    const mine = (wish += 1);
    if (file.size > BYTES_MAX) return view.say(t('subtitles.too_large'));
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (mine === wish) take(bytes, file.name, '');
    } catch {
      view.say(t('subtitles.unread'));
    }
  }

  /** @param {string} link @param {boolean} aloud somebody waits for the answer */
  async function read_link(link, aloud) {
    const mine = (wish += 1);
    const say = (/** @type {string} */ sentence) => aloud && mine === wish && view.say(sentence);
    if (!link) return say(t('subtitles.empty'));
    try {
      const answer = await fetch(`${location.pathname}/subtitles?url=${encodeURIComponent(link)}`, { credentials: 'same-origin' });
      if (answer.status === 204) return say(t('subtitles.off'));
      if (answer.status === 422) return say(preview_sentence((await answer.json()).refusal));
      if (!answer.ok) return say(t('subtitles.busy'));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (mine === wish) take(bytes, new URL(link, 'https://x').pathname.split('/').pop() || link, link);
    } catch {
      say(t('subtitles.busy'));
    }
  }

  const look = () => {
    const video = /** @type {HTMLVideoElement | null} */ (document.querySelector('#player video'));
    view.show(video ? subtitles.at(video.currentTime * 1000) : []);
  };

  function paint() {
    view.paint(subtitles);
    clearInterval(looking);
    looking = subtitles.shown && subtitles.cues.length ? setInterval(look, LOOK_EVERY_MS) : undefined;
    look();
  }

  subtitles.on('change', paint);
  function watch() {
    const before = subtitles.video;
    subtitles.watch(film_of(app.playback));
    if (subtitles.video === before) return;
    wish += 1;
    view.say('');
    if (subtitles.shown && subtitles.link) read_link(subtitles.link, false);
  }
  app.playback.on('change', watch);
  watch();
  paint();
  return { open: () => void open_dialog('subtitles') };
}
