import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mentions, offered, typed_name } from '../../static/js/lib/mentions.js';
import { split_times } from '../../static/js/lib/times.js';
import { Chat } from '../../static/js/models/chat.js';
import { read_draft, worth_keeping } from '../../static/js/models/draft.js';
import { excerpt } from '../../static/js/views/chat_text.js';

globalThis.location ??= /** @type {any} */ ({ href: 'http://localhost/' });
const times = (text) => split_times(text).filter((part) => part.at_ms !== undefined).map((part) => [part.text, part.at_ms]);

test('times of a video are found where they stand by themselves', () => {
  assert.deepEqual(times('see 12:30, then (1:02:03).'), [['12:30', 750_000], ['1:02:03', 3_723_000]]);
  assert.deepEqual(times('0:07'), [['0:07', 7_000]]);
  assert.deepEqual(times('90:15: here'), [['90:15', 5_415_000]]);
  for (const text of ['1:2', '12:60', '1:60:00', '1:2:3:4', 'a12:30', '12:30b', '1.12:30', '12:30.5', '2026-11-21T12:30', ':12:30', '1234:00']) assert.deepEqual(times(text), [], text);
});

test('the pieces joined are the text, whatever it is', () => {
  for (const text of ['', 'a', '12:30', 'x 1:02:03 y 4:05 z', '9'.repeat(10_000), '1:'.repeat(5_000), 'שלום 12:30 עולם', '😀1:00😀']) assert.equal(split_times(text).map((part) => part.text).join(''), text);
});

test('a reply goes out with the number it answers, also after a reload', () => {
  /** @type {any[]} */
  let kept = [];
  const chat = new Chat({ save: (unsent) => { kept = structuredClone(unsent); } });
  const one = chat.post('yes', 'id-of-mine', 10, 7);
  assert.equal(chat.lines()[0].reply_to, 7);
  assert.deepEqual(chat.wire(one), { type: 'chat.post', id: 'id-of-mine', text: 'yes', reply_to: 7 });
  const again = new Chat({ unsent: kept });
  assert.equal(again.wire(again.unsent[0]).reply_to, 7);
});

test('a message is found by its number, also beside holes', () => {
  const chat = new Chat();
  const messages = [2, 3, 7, 9].map((seq) => ({ seq, id: `id-${seq}-long`, author: '2', name: 'Ben', text: `${seq}`, at_ms: seq }));
  chat.welcome({ you: '1', messages, more_before: true, resumed: false, epoch: 1 }, 'Ana');
  assert.deepEqual([1, 2, 3, 5, 7, 9, 10].map((seq) => chat.said(seq)?.text ?? null), [null, '2', '3', null, '7', '9', null]);
});

test('an excerpt is one line and cuts no character in two', () => {
  assert.equal(excerpt('a\n  b\tc '), 'a b c');
  assert.equal(excerpt('😀'.repeat(200)), `${'😀'.repeat(140)}…`);
});

test('a name is called as a whole, in any case', () => {
  for (const text of ['@Ana', 'hi @ana!', '(@ANA)', '@anabel and @ana']) assert.equal(mentions(text, 'Ana'), true, text);
  for (const text of ['ana', '@anabel', 'mail@ana', '@ an a', '']) assert.equal(mentions(text, 'Ana'), false, text);
  assert.equal(mentions('@', ''), false);
});

test('the name under way begins at an @ that stands by itself', () => {
  assert.deepEqual(typed_name('hi @an', 6), { start: 3, part: 'an' });
  assert.equal(typed_name('mail@an', 7), null);
  assert.equal(typed_name('@ an', 4), null);
  assert.equal(typed_name('@ana\nx', 6), null);
  assert.deepEqual(offered('b', ['Cleo B', 'Ben', 'Ana', 'Bea', 'Ben']), ['Bea', 'Ben', 'Cleo B']);
});

test('what stands in the box comes back after a reload as what it was: words, an answer, an edit; nonsense is left out', () => {
  const reply = { seq: 3, name: 'Ann', text: 'hello' };
  const edit = { seq: 4, was: 'helo', text: 'hello' };
  assert.deepEqual(read_draft('of an older page'), { text: 'of an older page' });
  assert.deepEqual(read_draft({ text: 'a', reply }), { text: 'a', reply });
  assert.deepEqual(read_draft({ text: 'a', edit, reply }), { text: 'a', edit });
  for (const nonsense of [null, 7, {}, { text: 5 }, { reply: { seq: 'x', name: 'Ann', text: '' } }, { edit: { seq: 4, was: 1, text: '' } }, { edit: null, reply: 3 }]) assert.deepEqual(read_draft(nonsense), { text: '' });
  assert.equal(worth_keeping({ text: '' }), null);
  assert.deepEqual(worth_keeping({ text: '', reply }), { text: '', reply });
});
