import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const read = (path) => readFileSync(root + path, 'utf8');
const pages = ['templates', 'templates/partials'].flatMap((folder) => readdirSync(root + folder).filter((name) => name.endsWith('.html')).map((name) => `${folder}/${name}`));

/** Every module that room.js imports, directly or not; lazy imports are not among them. */
function imported(path, found = new Set()) {
  for (const [, target] of read(path).matchAll(/^(?:import|export)[^;]*?from '(\.[^']+)'/gm)) {
    const file = normalize(`${dirname(path)}/${target}`);
    if (!found.has(file)) imported(file, found.add(file));
  }
  return found;
}

test('the room page preloads the words of its language, which its modules wait for', () => {
  assert.match(read('templates/room.html'), /<link rel="modulepreload" href="\{\{asset_base\}\}\/js\/strings\/\{\{lang\}\}\.js">/);
  assert.match(read('static/js/lib/strings.js'), /await import\(`\.\.\/strings\/\$\{language\}\.js`\)/);
});

test('what is fetched when it is needed is there, and is not part of the page as well', () => {
  const page = imported('static/js/room.js');
  const wishes = [...page].concat('static/js/room.js').flatMap((path) => [...read(path).matchAll(/(?<!typeof )import\('(\.[^']+)'\)(?!\.)/g)].map(([, target]) => normalize(`${dirname(path)}/${target}`)));
  assert.ok(wishes.length >= 12, `${wishes.length}`);
  for (const path of wishes) {
    if (path.startsWith('static/js/vendor/')) continue;
    assert.ok(read(path).startsWith('// @ts-check'), path);
    assert.ok(!page.has(path), `${path} is imported and fetched`);
  }
});

for (const page of pages) {
  test(`${page} has no inline script or style, no raw output and no address of another site`, () => {
    const text = read(page);
    assert.doesNotMatch(text, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)/i);
    assert.doesNotMatch(text, /\{\{\{|\{\{&/);
    assert.doesNotMatch(text, /(?:src|href|action)="(?:https?:)?\/\//i);
  });

  test(`${page} carries the token in every form that posts to a path`, () => {
    for (const [form] of read(page).matchAll(/<form[^>]*action="\/[\s\S]*?<\/form>/g)) assert.match(form, /name="csrf" value="\{\{csrf\}\}"/);
  });

  test(`${page} names a label for every field, and an error for every described one`, () => {
    const text = read(page);
    for (const [, id] of text.matchAll(/<(?:input|textarea|select)(?![^>]*type="(?:hidden|radio|checkbox)")[^>]*?\sid="([^"]+)"/g)) assert.match(text, new RegExp(`<label[^>]*for="${id}"`), id);
    for (const [, id] of text.matchAll(/aria-describedby="([a-z_]+-error)"/g)) assert.match(text, new RegExp(`id="${id}"`), id);
  });
}

test('styles are written in layers, without force, and load nothing', () => {
  for (const name of readdirSync(`${root}static/css`)) {
    const text = read(`static/css/${name}`);
    assert.match(text, /@layer/, name);
    assert.doesNotMatch(text, /!important|@import|url\(/, name);
  }
});

test('what a browser would complain about has a sentence of ours, in a form whose bubbles stay away', () => {
  const spoken_by_settings = new Set(['set-password']);
  let fields = 0;
  for (const page of pages) {
    const text = read(page);
    for (const [tag, id] of text.matchAll(/<(?:input|textarea)\b[^>]*?\bid="([^"]+)"[^>]*>/g)) {
      if (spoken_by_settings.has(id)) continue;
      for (const [attribute, word] of [[/\srequired\b/, 'missing'], [/\sminlength=/, 'short'], [/\stype="email"/, 'malformed']]) {
        if (!attribute.test(tag)) continue;
        fields++;
        assert.match(tag, new RegExp(`data-${word}="\\{\\{t [\\w.]+\\}\\}"`), `${page} #${id}`);
      }
    }
    for (const [form, body] of text.matchAll(/<form\b[^>]*>([\s\S]*?)<\/form>/g)) {
      if (/\srequired\b|\sminlength=|\stype="email"|account_fields/.test(body)) assert.match(form.slice(0, form.indexOf('>')), /\snovalidate\b/, page);
    }
  }
  assert.ok(fields >= 18, `${fields}`);
});
