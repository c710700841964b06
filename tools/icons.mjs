// Draws the icons of an installed Matinee from the mark, with the browser of the tests: node tools/icons.mjs. Run it when the mark changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const images = resolve(fileURLToPath(new URL('../static/img', import.meta.url)));
const mark = readFileSync(join(images, 'mark.svg'), 'utf8');
const [sun] = /<circle[^>]*>/.exec(mark);
const [play] = /<path[^>]*>/.exec(mark);
/** Cut to any shape by the system: colour to the edge, the drawing inside the middle four fifths. */
const full = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="${/fill="([^"]+)"/.exec(sun)[1]}"/><g transform="translate(16 16) scale(0.82) translate(-16 -16)">${play}</g></svg>`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [name, size, drawing] of [['icon-192', 192, mark], ['icon-512', 512, mark], ['icon-maskable-512', 512, full], ['icon-touch-180', 180, full]]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${size}px; height: ${size}px }</style>${drawing}`);
  writeFileSync(join(images, `${name}.png`), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
