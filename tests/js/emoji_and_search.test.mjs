import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hits } from '../../static/js/lib/hits.js';
import { checked_recent, read_groups, search_emoji, used } from '../../static/js/models/emoji.js';
import { code_points, span_text } from '../../static/js/lib/format.js';
import { is_long } from '../../static/js/views/chat_text.js';

const data = (language) => JSON.parse(readFileSync(new URL(`../../static/data/emoji_${language}.json`, import.meta.url), 'utf8'));
const [en, de] = [read_groups(data('en')), read_groups(data('de'))];
const all = (groups) => groups.flatMap((group) => group.emoji);

test('both languages have the same emoji in the same groups, each once and with a name', () => {
  assert.equal(en.length, 9);
  assert.deepEqual(all(en).map((one) => one.emoji), all(de).map((one) => one.emoji));
  assert.ok(all(en).length > 1_800);
  assert.equal(new Set(all(en).map((one) => one.emoji)).size, all(en).length);
  for (const one of [...all(en), ...all(de)]) assert.ok(one.name && one.words.length && [...one.emoji].length <= 12, one.emoji);
  for (const one of all(en)) assert.doesNotMatch(one.emoji, /[\u{1F3FB}-\u{1F3FF}]/u);
});

test('an emoji is found by the beginnings of its words, its own name first, without case and accents', () => {
  assert.equal(search_emoji(en, 'grin')[0].emoji, '😀');
  assert.equal(search_emoji(en, 'Pizza')[0].emoji, '🍕');
  assert.ok(search_emoji(en, 'cat heart').some((one) => one.emoji === '😻'));
  assert.ok(search_emoji(de, 'frohlich').some((one) => one.emoji === '😀'));
  assert.ok(search_emoji(de, 'Fröhlich').some((one) => one.emoji === '😀'));
  assert.deepEqual(search_emoji(en, '🍕').map((one) => one.emoji), ['🍕']);
  assert.deepEqual(search_emoji(en, 'xyzzy'), []);
  assert.deepEqual(search_emoji(en, '  '), []);
  assert.equal(search_emoji(en, 'f').length, 120);
});

test('the recent ones are the newest, each once, and nonsense in the storage is none', () => {
  assert.deepEqual(used(['a', 'b'], 'b'), ['b', 'a']);
  assert.equal(used(Array.from({ length: 24 }, (_, i) => `${i}`), 'new').length, 24);
  assert.deepEqual(checked_recent([1, null, '😀', 'x'.repeat(40)]), ['😀']);
  assert.deepEqual(checked_recent('😀'), []);
});

const shown = (parts) => parts.map((part) => (part.hit ? `[${part.text}]` : part.text)).join('');

test('the words that were searched for are marked where they begin a word', () => {
  assert.equal(shown(hits('The film was filmed in a Film studio', 'film')), 'The [film] was [filmed] in a [Film] studio');
  assert.equal(shown(hits('Un café à Paris', 'cafe par')), 'Un [café] à [Paris]');
  assert.equal(shown(hits('<b>bold</b>', 'bold')), '<b>[bold]</b>');
  assert.equal(shown(hits('nothing here', 'film')), 'nothing here');
});

test('of a long text the piece around the first hit is shown, and no character is cut in two', () => {
  const text = `${'word '.repeat(100)}needle ${'more '.repeat(100)}`;
  const found = shown(hits(text, 'needle'));
  assert.match(found, /^… .*\[needle\].*…$/);
  assert.ok(found.length < 260);
  assert.ok(shown(hits('😀'.repeat(300), 'x')).isWellFormed?.() ?? true);
  assert.equal(shown(hits(`${'W'.repeat(10_000)}`, 'w')).length, 181);
});

test('code points are counted as the server counts them', () => {
  for (const text of ['', 'abc', '😀😀', 'a😀\ud83d', '\ude00\ud83d', '👨‍👩‍👧', 'é'.normalize('NFD')]) assert.equal(code_points(text), [...text].length, text);
});

test('spans are as short as they can be said', () => {
  assert.deepEqual([1_000, 30_000, 60_000, 125_000, 300_000, 0].map((ms) => span_text(ms)), ['1 s', '30 s', '1 min', '2 min 5 s', '5 min', '0 s']);
});

test('a text is long by its letters or by its lines', () => {
  assert.equal(is_long('x'.repeat(1_000)), false);
  assert.equal(is_long('x'.repeat(1_001)), true);
  assert.equal(is_long('\n'.repeat(13)), false);
  assert.equal(is_long('\n'.repeat(14)), true);
});
