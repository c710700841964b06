import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Previews, may_be_link } from '../../static/js/models/previews.js';
import { facts_text, refusal_text, size_text } from '../../static/js/views/preview_card.js';

/** A clock that a test turns, and a server that answers when a test says so. */
function bench() {
  const timers = new Set();
  const asked = [];
  const shown = [];
  const previews = new Previews({
    ask: (link) => new Promise((done) => asked.push({ link, done })),
    later: (task, ms) => { const timer = { task, ms }; timers.add(timer); return timer; },
    cancel: (timer) => timers.delete(timer),
  });
  previews.on('change', (preview) => shown.push(preview));
  return {
    previews, asked, shown,
    pass: (ms) => { for (const timer of [...timers]) if (timer.ms <= ms && timers.delete(timer)) timer.task(); },
    answer: async (index, preview) => { asked[index].done(preview); await new Promise((later) => setImmediate(later)); },
  };
}

const film = { kind: 'file', host: 'a.test', known: true, title: 'film.mp4' };

test('what may be a link is asked about, and nothing else', () => {
  for (const text of ['https://youtu.be/x', 'youtu.be/x', 'HTTP://a.test/film.mp4', 'https://a.test:8080/a?b=c', 'http://127.0.0.1:80/a.mp4', 'http://[::1]:80/a', 'http://localhost:1/a.mp4']) assert.ok(may_be_link(text), text);
  for (const text of ['', 'hello', 'hello there', 'https://', 'https://youtu.be', 'https://youtu.be/', 'a b.c/d', 'javascript:alert(1)', `https://a.test/${'x'.repeat(2048)}`]) assert.ok(!may_be_link(text), text);
});

test('a typed link is asked about once the typing pauses, a pasted one at once', async () => {
  const b = bench();
  for (const text of ['https://a.test/f', 'https://a.test/fi', 'https://a.test/film.mp4']) b.previews.look(text, false);
  b.pass(100);
  assert.equal(b.asked.length, 0);
  b.pass(1000);
  assert.deepEqual(b.asked.map((a) => a.link), ['https://a.test/film.mp4']);
  await b.answer(0, film);
  assert.deepEqual(b.shown, [film]);
  b.previews.look('https://b.test/film.mp4', true);
  b.pass(0);
  assert.equal(b.asked.length, 2);
  assert.deepEqual(b.shown, [film, null], 'the old card goes at once');
});

test('an answer that comes late says nothing about the link that stands there now', async () => {
  const b = bench();
  b.previews.look('https://a.test/1.mp4', true);
  b.pass(0);
  b.previews.look('https://a.test/2.mp4', true);
  b.pass(0);
  await b.answer(1, { ...film, title: '2.mp4' });
  await b.answer(0, { ...film, title: '1.mp4' });
  assert.equal(b.previews.now.title, '2.mp4');
  b.previews.clear();
  assert.equal(b.previews.now, null);
});

test('a half-typed link is not nagged about, a pasted one is', async () => {
  const refusal = { refusal: { code: 'not_media', text: 'No video.' } };
  const b = bench();
  b.previews.look('https://a.test/pa', false);
  b.pass(1000);
  await b.answer(0, refusal);
  assert.deepEqual(b.shown, []);
  b.previews.look('https://a.test/page', true);
  b.pass(0);
  await b.answer(1, refusal);
  assert.deepEqual(b.shown, [refusal]);
});

test('where previews are switched off the server is asked once and no more; no answer shows nothing', async () => {
  const b = bench();
  b.previews.look('https://a.test/1.mp4', true);
  b.pass(0);
  await b.answer(0, null);
  b.previews.look('https://a.test/2.mp4', true);
  b.pass(0);
  await b.answer(1, 'off');
  b.previews.look('https://a.test/3.mp4', true);
  b.pass(1000);
  assert.equal(b.asked.length, 2);
  assert.deepEqual(b.shown, []);
});

test('the facts of a link, in words', () => {
  assert.equal(facts_text({ kind: 'youtube', host: 'www.youtube.com', author: 'Ann' }), 'YouTube · Ann');
  assert.equal(facts_text({ kind: 'youtube' }), 'YouTube');
  assert.equal(facts_text({ kind: 'file', host: 'a.test', duration_ms: 83_000, size_bytes: 5e9 }), 'a.test · Video file · 1:23 · 5 GB');
  assert.equal(facts_text({ refusal: { code: 'x', text: 'y' } }), '');
  for (const [bytes, text] of [[12, '12 bytes'], [1000, '1 KB'], [830_400, '830 KB'], [1_440_000, '1.4 MB'], [12_345_678_901, '12 GB']]) assert.equal(size_text(bytes), text);
});

test('a refusal is the server’s, or that of a page over https to a video over http', () => {
  assert.equal(refusal_text({ kind: 'file', refusal: { code: 'no_file', text: 'There is no video at this address.' } }, 'http://a.test/a.mp4', 'https:'), 'There is no video at this address.');
  assert.match(refusal_text(film, ' HTTP://a.test/a.mp4', 'https:'), /comes over http/);
  for (const [preview, link, page] of [[film, 'http://a.test/a.mp4', 'http:'], [film, 'https://a.test/a.mp4', 'https:'], [{ kind: 'youtube' }, 'http://youtu.be/x', 'https:']]) assert.equal(refusal_text(preview, link, page), '');
});
