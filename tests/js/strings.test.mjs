// The catalogues of words: the same keys and placeholders in every language, no key nobody uses, and no words anywhere else.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { make_strings, parts, t } from '../../static/js/lib/strings.js';

const root = new URL('../../', import.meta.url).pathname;
const read = (path) => readFileSync(root + path, 'utf8');
const files = (folder, ending) => readdirSync(root + folder, { recursive: true }).filter((name) => name.endsWith(ending)).map((name) => `${folder}/${name}`);
const languages = files('static/js/strings', '.js').map((path) => path.match(/([a-z]+)\.js$/)[1]).sort();
const source = (language) => read(`static/js/strings/${language}.js`);
const catalogues = Object.fromEntries(languages.map((language) => [language, JSON.parse(source(language).replace(/^export default /, '').replace(/;\n$/, ''))]));
const { en: english, ...others } = catalogues;
const holes = (text) => [...new Set((typeof text === 'string' ? text : Object.values(text).join(' ')).match(/\{\w+\}/g) ?? [])].sort().join(' ');

const scripts = files('static/js', '.js').filter((path) => !path.includes('/strings/'));
const templates = files('templates', '.html');
const pages = files('server/pages', '.cpp');

test('the catalogues are the languages the server knows', () => {
  const known = read('server/pages/strings.h').match(/language_tags\{(.*?)\}/)[1].match(/[a-z]+/g);
  assert.deepEqual(languages, known.sort());
});

for (const language of languages) {
  test(`${language}: one key a line, in order, and JSON between its first and last words`, () => {
    const lines = source(language).split('\n').slice(1, -2);
    assert.equal(source(language).split('\n')[0], 'export default {');
    const keys = lines.map((line) => line.match(/^  "([a-z0-9_.]+)": .*[^,],?$/)?.[1]);
    assert.deepEqual(keys, Object.keys(catalogues[language]));
    assert.deepEqual(keys, [...keys].sort());
  });
}

for (const [language, catalogue] of Object.entries(others)) {
  test(`${language} has every key of English, none more, with the same placeholders and forms`, () => {
    assert.deepEqual(Object.keys(catalogue), Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      assert.equal(holes(catalogue[key]), holes(text), key);
      assert.equal(typeof catalogue[key], typeof text, key);
      if (typeof text === 'object') assert.deepEqual([...new Intl.PluralRules(language).resolvedOptions().pluralCategories].sort(), Object.keys(catalogue[key]).sort(), key);
    }
  });
}

test('no text is empty, has blanks at an end, or what a template would read as its own', () => {
  for (const catalogue of Object.values(catalogues)) {
    for (const [key, text] of Object.entries(catalogue)) {
      for (const one of typeof text === 'string' ? [text] : Object.values(text)) {
        assert.equal(one, one.trim(), key);
        assert.notEqual(one, '', key);
        assert.doesNotMatch(one, /\{\{|\}\}|<\w/, key);
      }
    }
  }
});

/** Keys that a text names whole, and beginnings of keys that are made there. */
function uses(text, quotes) {
  const found = { keys: new Set(), starts: new Set() };
  for (const [, key] of text.matchAll(new RegExp(`[${quotes}]([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+)[${quotes}]`, 'g'))) found.keys.add(key);
  for (const [, start] of text.matchAll(/`([a-z][a-z0-9_]*\.[a-z0-9_.]*)\$\{/g)) found.starts.add(start);
  for (const [, start] of text.matchAll(/"([a-z][a-z0-9_]*\.[a-z0-9_]*)" \+/g)) found.starts.add(start);
  return found;
}

test('every key is used by a template, a script or a page of the server', () => {
  const all = { keys: new Set(), starts: new Set() };
  for (const path of templates) for (const [, key] of read(path).matchAll(/\{\{#?t ([a-z0-9_.]+)\}\}/g)) all.keys.add(key);
  for (const [paths, quotes] of [[scripts, "'`"], [pages, '"']]) {
    for (const path of paths) {
      const { keys, starts } = uses(read(path), quotes);
      for (const key of keys) all.keys.add(key);
      for (const start of starts) all.starts.add(start);
    }
  }
  const unused = Object.keys(english).filter((key) => !all.keys.has(key) && ![...all.starts].some((start) => key.startsWith(start)));
  assert.deepEqual(unused, []);
});

test('every key that a page of the server or a template names is in the catalogue', () => {
  const areas = new Set(Object.keys(english).map((key) => key.split('.')[0]));
  for (const path of pages) {
    for (const [, key] of read(path).matchAll(/(?:text|count)\((?:words, )?"([a-z0-9_.]+)"[,)]/g)) assert.ok(key in english, `${path}: ${key}`);
    for (const start of uses(read(path), '"').starts) if (areas.has(start.split('.')[0])) assert.ok(Object.keys(english).some((key) => key.startsWith(start)), `${path}: ${start}`);
  }
  for (const path of templates) for (const [, key] of read(path).matchAll(/\{\{#?t ([^}]+)\}\}/g)) assert.equal(typeof english[key], 'string', `${path}: ${key}`);
});

/** What a template shows or says by itself. */
function template_words(text) {
  const bare = text.replace(/<svg[\s\S]*?<\/svg>/g, '').replace(/<(code|kbd|option)\b[^>]*>[^<{]*<\/\1>/g, '').replace(/<span class="code">[^<{]*<\/span>/g, '');
  const attributes = [...bare.matchAll(/\s(?:aria-label|title|alt|placeholder|content|aria-description|label)="([^"]*)"/g)]
    .filter(([whole]) => !/content="(?:width=|dark light|#|strict-origin|noindex|\{\{)/.test(whole)).map(([, value]) => value);
  return [bare.replace(/<[^>]*>/g, ' '), ...attributes].join('\n').replace(/\{\{[^}]*\}\}/g, ' ');
}
const names = /\b(?:Matinee|YouTube|K7QM-3XFD|https?:\/\/|m3u8|mp4|webm)\b|https:\/\/|\b0 s\b|\d(?:\.\d+)?×/g;

for (const path of templates) {
  test(`${path} has no words of its own`, () => {
    assert.equal((template_words(read(path)).replace(names, '').match(/[^\n]*\p{L}{2,}[^\n]*/gu) ?? []).join('\n').trim(), '');
  });
}

/** Literals of a script that read like English, comments and what is for developers aside. */
function script_words(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1').replace(/new \w*Error\([^)]*\)/g, '').replace(/^import .*$/gm, '');
  const literals = [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map(([, plain, template]) => plain ?? template.replace(/\$\{[^}]*\}/g, '…'));
  return literals.filter((one) => /\p{L}+ \p{L}+/u.test(one) && (/^\p{Lu}/u.test(one) || /[.!?…]$/.test(one)) || /^\p{Lu}\p{Ll}+$/u.test(one) && !/^(?:Matinee|Arrow|Page|Enter|Escape|Home|End|Tab|Shift|Delete|Backspace)/.test(one));
}
for (const path of scripts.filter((one) => /^static\/js\/(?:views|controllers|models|players|lib|sync)\//.test(one))) {
  test(`${path} has no words of its own`, () => assert.deepEqual(script_words(read(path)), []));
}

// What the operator reads at start, and what programs read beside a stable code, is English.
const for_operators = new Set(['server/pages/strings.cpp', 'server/pages/templates.cpp']);

test('the pages of the server have no words of their own', () => {
  const found = [];
  for (const path of pages.filter((one) => !for_operators.has(one))) {
    const code = read(path).replace(/\/\/.*$/gm, '').replace(/refuse\(visit, \d+,(?: "[a-z_]+",)?\s*"[^"]*"/g, '');
    for (const [, literal] of code.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) if (/^\p{Lu}\p{Ll}* .*\p{L}{2}|\p{L} \p{L}+.*[.!?]$/u.test(literal) && literal !== 'Mac OS X') found.push(`${path}: ${literal}`);
  }
  assert.deepEqual(found, []);
});

test('a sentence is filled by name, and a number chooses its form', () => {
  const { t: say } = make_strings({ a: '{who} and {who}, {what}', n: { one: '{n} thing', other: '{n} things' } }, 'en');
  const of = /** @type {any} */ (say);
  assert.equal(of('a', { who: 'Ana', what: '{who}' }), 'Ana and Ana, {who}');
  assert.equal(of('a'), '{who} and {who}, {what}');
  assert.equal(of('n', { n: 1 }), '1 thing');
  assert.equal(of('n', { n: 0 }), '0 things');
});

test('numbers are written as the language writes them', () => {
  const { t: say } = make_strings({ n: { one: '{n} Kopie', other: '{n} Kopien' } }, 'de');
  assert.equal(/** @type {any} */ (say)('n', { n: 1.5 }), '1,5 Kopien');
});

test('a sentence with elements in it comes as pieces, in the language’s own order', () => {
  const { parts: pieces, has } = make_strings({ a: 'From {host}, by {name}.', b: '{name}' }, 'en');
  const host = /** @type {any} */ ({ element: true });
  assert.deepEqual(/** @type {any} */ (pieces)('a', { host, name: 'Ana' }), ['From ', host, ', by ', 'Ana', '.']);
  assert.deepEqual(/** @type {any} */ (pieces)('b', { name: 'Ana' }), ['Ana']);
  assert.ok(has('a') && !has('toString') && !has('c'));
});

test('without a page it is English', () => {
  assert.equal(t('queue.skip'), 'Skip');
  assert.deepEqual(parts('stage.invite', { button: 'X' }), ['Paste a link, press ', 'X', '.']);
});
