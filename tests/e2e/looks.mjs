// What is wrong with a page for anybody: violations that axe finds, and what is wider than the screen.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built, root } from './paths.mjs';

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

/**
 * A dialog that is still coming in covers nothing yet, and axe would judge what is behind it; colours that have been told to change begin
 * to with the next frame.
 */
export const rested = (page) => page.evaluate(async () => {
  await new Promise((later) => { requestAnimationFrame(() => requestAnimationFrame(later)); });
  await Promise.all(document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime)).map((one) => one.finished.catch(() => {})));
});

/** Each violation as one line; a page without any gives none. */
export async function violations(page) {
  // The tests' own script, past the page's content policy.
  await page.evaluate(axe);
  await rested(page);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'], iframes: false });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id} at ${n.target.join(' ')}: ${n.failureSummary?.replaceAll(/\s+/g, ' ')}`));
  });
}

export async function everyLook(page, name) {
  const found = [];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of /** @type {const} */ (['dark', 'light'])) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      found.push(...(await violations(page)).map((v) => `${name} ${width} ${colorScheme}: ${v}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`${name} ${width}: ${wide} px wider than the screen`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return found;
}

const every_size = /** @type {[number, number, 'dark' | 'light'][]} */ ([[1440, 900, 'dark'], [390, 844, 'light'], [844, 390, 'light'], [1440, 900, 'light'], [768, 1024, 'dark'], [390, 844, 'dark'], [320, 568, 'dark']]);
/** One of each kind: a desk, a phone, a phone on its side. MATINEE_LOOKS=all walks through all sizes. */
const these_sizes = process.env.MATINEE_LOOKS === 'all' ? every_size : every_size.slice(0, 3);

/** As everyLook, at more sizes, and each is kept: build/screenshots/look-NAME-SIZE-LIGHT.png. @param {import('playwright-core').Page} page @param {string} name */
export async function sizes(page, name) {
  const folder = join(built, 'screenshots');
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  const found = [];
  for (const [width, height, colorScheme] of these_sizes) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await rested(page);
    await page.screenshot({ animations: 'disabled', path: join(folder, `look-${name}-${width}x${height}-${colorScheme}.png`) });
    found.push(...(await violations(page)).map((v) => `${name} ${width} ${colorScheme}: ${v}`));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) found.push(`${name} ${width}: ${wide} px wider than the screen`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
  return found;
}
