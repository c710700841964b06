// @ts-check
// The room's streams, all that this person may change: names, keys for programs that send (OBS, ffmpeg, cameras), ends.
import { has, t } from '../lib/strings.js';
import { feeds_of } from '../models/feeds.js';
import { confirm_dialog } from '../views/dialogs.js';
import { make_feeds } from '../views/feeds.js';

const PATIENCE_MS = 15_000;

/** @param {import('../app.js').App} app */
export function control_feeds(app) {
  const view = make_feeds({
    make: (name) => void made('', { name, kind: 'feed' }),
    async renew(feed) {
      if (await confirm_dialog({ title: t('feeds.renew_title', { name: feed.name }), text: t('feeds.renew_text'), action: t('feeds.renew') })) void made(`/${feed.id}/key`, {});
    },
    async rename(feed, name) {
      const told = await ask(`/${feed.id}/name`, { name });
      if (told) await refresh();
      return told !== null;
    },
    async end(feed) {
      if (!(await confirm_dialog({ title: t('feeds.end_title', { name: feed.name }), text: t(feed.kind === 'feed' ? 'feeds.end_text' : 'feeds.end_page_text'), action: t('feeds.end'), danger: true }))) return;
      view.made(null);
      await ask(`/${feed.id}/end`, {});
      await refresh();
    },
    async remove(feed) {
      if (!(await confirm_dialog({ title: t('feeds.remove_title', { name: feed.name }), text: t('feeds.remove_text'), action: t('feeds.remove'), danger: true }))) return;
      view.made(null);
      await ask(`/${feed.id}/delete`, {});
      await refresh();
    },
  });
  /** @type {import('../models/feeds.js').Stored[]} */
  let stored = [];
  const paint = () => view.list(feeds_of(stored, app.live.now.streams));
  app.live.on('change', paint);

  /** @param {string} path @param {Record<string, string>} [fields] absent: only asked @returns {Promise<any>} null: it did not work, and why was said */
  async function ask(path, fields) {
    view.say('');
    try {
      const answer = await fetch(`/rooms/${app.page.code}/streams${path}`, {
        ...(fields ? { method: 'POST', body: new URLSearchParams({ csrf: app.page.csrf, ...fields }) } : {}), credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (answer.status === 204) return {};
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) return told;
      const key = `go_live.over_${told.error}`;
      view.say(has(key) ? t(key) : t('feeds.failed'));
    } catch {
      view.say(t('feeds.failed'));
    }
    return null;
  }

  async function refresh() {
    const told = await ask('');
    if (told) stored = told.streams;
    paint();
  }

  /** @param {string} path @param {Record<string, string>} fields */
  async function made(path, fields) {
    view.busy(true);
    const told = await ask(path, fields);
    view.busy(false);
    if (!told) return;
    view.made(told);
    await refresh();
  }

  return {
    node: view.node,
    open() {
      view.made(null);
      void refresh();
    },
  };
}
