// What every story needs: the real server, a real browser that reaches it and the stand-ins by their real names, people with
// pages, pictures of what was seen.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Server, temporaryFolder } from '../system/server.mjs';
import { HOST, startFakeYoutube } from './fake_youtube.mjs';
import { startMediaServer } from './media.mjs';
import { built } from './paths.mjs';
import { Visitor } from './visitor.mjs';

export { Server, temporaryFolder };
export { quantile, until } from './waiting.mjs';
export const CLIP_URL = 'http://media.test/clip.mp4';
/** The same picture again and again for a quarter of an hour: for long play. */
export const LONG_CLIP_URL = 'http://media.test/long.mp4';

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows'];

/**
 * One world per story file: server, stand-ins, browser. `stop()` ends all of it.
 * @param {{args?: string[], origin?: string, flags?: string[]}} options origin: the name to open pages under, mapped to the server; flags: of the browser
 */
export async function startWorld({ args = [], origin, flags = [] } = {}) {
  const place = temporaryFolder();
  const [server, media, youtube] = await Promise.all([Server.start({ data: place.folder, args }).ready, startMediaServer(), startFakeYoutube()]);
  const serverPort = new URL(server.url).port;
  const rules = [`MAP ${HOST}:443 127.0.0.1:${youtube.port}`, `MAP media.test:80 127.0.0.1:${media.port}`];
  if (origin) rules.push(`MAP ${new URL(origin).hostname}:80 127.0.0.1:${serverPort}`);
  // Whatever else a page might ask for finds nobody: no test leaves this machine.
  rules.push('MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1', 'EXCLUDE localhost');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...QUIET, '--ignore-certificate-errors', `--host-resolver-rules=${rules.join(', ')}`, '--autoplay-policy=no-user-gesture-required', ...flags],
  });
  const world = {
    server, media, youtube, browser, place, url: origin ?? server.url, visitors: [],
    /** A person with a browser of their own. @param {string} name @param {import('playwright-core').BrowserContextOptions} [options] */
    async visitor(name, options = {}) {
      const visitor = await Visitor.open(world, name, options);
      world.visitors.push(visitor);
      return visitor;
    },
    /** The machine loses power under the server, which then starts again on the same data and port. */
    async killAndRestart() {
      await world.server.kill();
      world.server = await Server.start({ data: place.folder, args: [...args, '--port', serverPort] }).ready;
    },
    async stop() {
      await browser.close();
      await Promise.all([world.server.stop(), media.stop(), youtube.stop()]);
      place.remove();
    },
  };
  return world;
}

/** Keeps a page's picture: build/screenshots/NAME-{1440,390}-{dark,light}.png. @param {import('playwright-core').Page} page @param {string} name */
export async function screenshots(page, name) {
  const folder = join(built, 'screenshots');
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of /** @type {const} */ (['dark', 'light'])) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ animations: 'disabled', path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
}
