// @ts-check
// Recording what is live into the library: the button, the mark that everybody sees, and what is said when it begins and ends.
import { clock_text, moment_text } from '../lib/format.js';
import { has, t } from '../lib/strings.js';
import { stream_name } from '../models/live.js';
import { is_recorded, may_record, Recordings } from '../models/recordings.js';
import { make_record } from '../views/record.js';

/** @typedef {import('../models/recordings.js').Step} Step */

const TICK_MS = 1_000;
const PATIENCE_MS = 20_000;

/** @param {import('../app.js').App} app @param {(text: string) => void} say */
export function control_record(app, say) {
  const { live, people } = app;
  const recordings = new Recordings();
  const has_library = document.querySelector('#library-open') !== null;
  let busy = false;
  let ticking = /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined);
  const view = make_record(() => void press());

  /** @param {string} path @param {Record<string, string>} fields */
  async function ask(path, fields) {
    try {
      const answer = await fetch(`/rooms/${app.page.code}/streams/${path}`, {
        method: 'POST', body: new URLSearchParams({ csrf: app.page.csrf, ...fields }), credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (answer.ok) return;
      const { error } = await answer.json().catch(() => ({ error: '' }));
      // Somebody else was quicker: that is what was wanted.
      if (error === 'recorded' || error === 'not_recorded') return;
      const key = `record.no_${error}`;
      say(has(key) ? t(key) : t('record.no_unavailable'));
    } catch {
      say(t('record.no_unavailable'));
    }
  }

  async function press() {
    const stream = live.on_stage;
    if (!stream || busy) return;
    busy = true;
    paint();
    const title = t('record.title', { stream: stream_name(stream, ''), date: moment_text(app.server_now) }).slice(0, 120);
    await (is_recorded(stream) ? ask(`${stream.id}/record/end`, {}) : ask(`${stream.id}/record`, { title }));
    busy = false;
    paint();
  }

  /** @param {Step} step */
  function tell({ what, stream, by, name, why }) {
    const yours = by === people.me;
    const named = { stream: stream_name(stream, live.me), name };
    if (what === 'began') return say(t(yours ? 'record.you_began' : 'record.began', named));
    const kept = t(yours ? 'record.in_yours' : 'record.in_theirs', named);
    if (what === 'kept') return say(`${t('record.over', named)} ${kept}`);
    const key = `record.broke_${why}`;
    return say(`${has(key) ? t(key, named) : t('record.broke_trouble', named)} ${why === 'deleted' ? '' : kept}`.trim());
  }

  function paint() {
    const stream = live.on_stage;
    const recorded = is_recorded(stream);
    const since = stream?.recording?.since_ms ?? 0;
    const who = stream?.recording ? t(stream.recording.by === people.me ? 'record.by_you' : 'record.by', { name: stream.recording.name }) : '';
    view.paint({ recorded, busy, may: has_library && may_record(app.room, people.self, stream), time: recorded ? clock_text(app.server_now - since) : '', who: recorded ? who : '' });
    const running = recorded ? setInterval(paint, TICK_MS) : undefined;
    clearInterval(ticking);
    ticking = running;
  }

  function changed() {
    recordings.apply(live.now.streams).forEach(tell);
    paint();
  }
  live.on('change', changed);
  people.on('change', paint);
  app.on('room', paint);
  changed();
}
