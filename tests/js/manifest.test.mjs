import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const [manifest, german] = ['en', 'de'].map((language) => JSON.parse(readFileSync(`${root}static/manifest.${language}.webmanifest`, 'utf8')));
const head = readFileSync(`${root}templates/partials/head.html`, 'utf8');

/** Width and height as the file itself says. @param {string} path below static/ */
function png_size(path) {
  const bytes = readFileSync(`${root}static/${path}`);
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG', path);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

test('the manifest has what browsers ask for before they offer to install', () => {
  assert.equal(manifest.name, 'Matinee');
  assert.equal(manifest.start_url, '/');
  assert.equal(manifest.display, 'standalone');
  const sizes = manifest.icons.filter((icon) => icon.type === 'image/png' && !icon.purpose).map((icon) => icon.sizes);
  assert.ok(sizes.includes('192x192') && sizes.includes('512x512'));
  assert.ok(manifest.icons.some((icon) => icon.purpose === 'maskable'));
});

test('each icon is there and as large as the manifest says', () => {
  for (const icon of [...manifest.icons, ...manifest.shortcuts.flatMap((shortcut) => shortcut.icons)]) {
    if (icon.type === 'image/png') assert.deepEqual(png_size(icon.src).map(String).join('x'), icon.sizes, icon.src);
    else assert.match(readFileSync(`${root}static/${icon.src}`, 'utf8'), /^<svg/);
  }
});

test('every page names the manifest, a touch icon of 180 pixels, and both colours of the window', () => {
  assert.match(head, /<link rel="manifest" href="\{\{asset_base\}\}\/manifest\.\{\{lang\}\}\.webmanifest">/);
  const touch = /<link rel="apple-touch-icon" href="\{\{asset_base\}\}\/([^"]+)">/.exec(head)[1];
  assert.deepEqual(png_size(touch), [180, 180]);
  assert.equal(head.match(/<meta name="theme-color" media="\(prefers-color-scheme: (?:dark|light)\)"/g).length, 2);
});

test('shortcuts lead to pages of ours', () => {
  assert.deepEqual(manifest.shortcuts.map((shortcut) => [shortcut.name, shortcut.url]), [['My rooms', '/rooms'], ['Start a room', '/']]);
});

test('in German the words are others, and nothing else is', () => {
  assert.deepEqual(german.shortcuts.map((/** @type {{name: string}} */ shortcut) => shortcut.name), ['Meine Räume', 'Raum eröffnen']);
  assert.notEqual(german.description, manifest.description);
  const words = (/** @type {any} */ of) => ({ ...of, lang: '', description: '', shortcuts: of.shortcuts.map((/** @type {any} */ one) => ({ ...one, name: '' })) });
  assert.deepEqual(words(german), words(manifest));
});
