import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { sendable, well_formed, wire_text } from '../../static/js/lib/sendable.js';
import { clock_text, code_points, name_list, shown_code, spelled_code, spoken_position } from '../../static/js/lib/format.js';
import { random_id } from '../../static/js/lib/ids.js';
import { split_links } from '../../static/js/lib/links.js';
import { sentence_for } from '../../static/js/lib/sentences.js';

// Node 18 has it under another name; browsers have it everywhere.
globalThis.crypto ??= webcrypto;

const links = (text) => split_links(text).filter((part) => part.href).map((part) => part.text);

test('times read like a clock', () => {
  assert.deepEqual([0, 7_999, 750_000, 3_723_000, -5].map(clock_text), ['0:00', '0:07', '12:30', '1:02:03', '0:00']);
});

test('the time bar is read as a sentence', () => {
  assert.equal(spoken_position(750_000, 45 * 60_000), '12 minutes 30 of 45');
  assert.equal(spoken_position(61_000, 45 * 60_000), '1 minute 1 of 45');
  assert.equal(spoken_position(42_000, 60_000), '42 seconds of 1 minute');
  assert.equal(spoken_position(5_000, 30_000), '5 seconds of 30 seconds');
  assert.equal(spoken_position(3_723_000, 7_800_000), '1 hour 2 minutes 3 of 2 hours 10 minutes');
  assert.equal(spoken_position(750_000, null), '12 minutes 30');
});

test('a code is shown with its dash and read letter by letter', () => {
  assert.equal(shown_code('K7QM3XFD'), 'K7QM-3XFD');
  assert.equal(spelled_code('K7QM3XFD'), 'K 7 Q M, 3 X F D');
});

test('names are listed, many are counted', () => {
  assert.equal(name_list(['Ana']), 'Ana');
  assert.equal(name_list(['Ana', 'Ben', 'Chiara']), 'Ana, Ben and Chiara');
  assert.equal(name_list(['Ana', 'Ben', 'Chiara', 'Dee']), 'Ana, Ben and 2 others');
});

test('text is counted as the server counts it', () => {
  assert.equal(code_points('a😀é'), 3);
});

test('ids are within the protocol’s bounds and differ', () => {
  assert.match(random_id(), /^[A-Za-z0-9_-]{8,36}$/);
  assert.equal(new Set(Array.from({ length: 500 }, random_id)).size, 500);
});

test('only http and https tokens become links', () => {
  assert.deepEqual(links('see https://example.org/a?b=1#c and HTTP://EXAMPLE.ORG too'), ['https://example.org/a?b=1#c', 'HTTP://EXAMPLE.ORG']);
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'www.example.org', 'ftp://example.org', 'xhttps://example.org', 'https://', 'http:///x', 'https://exa mple']) {
    assert.deepEqual(links(text).filter((link) => !link.startsWith('https://exa')), [], text);
  }
});

test('an address with a name or password in it stays text', () => {
  for (const text of ['https://user:pw@example.org/a', 'https://user@example.org', 'http://:pw@example.org', 'https://www.youtube.com@example.org/watch']) assert.deepEqual(split_links(text), [{ text }], text);
  assert.deepEqual(links('https://example.org/@user'), ['https://example.org/@user']);
});

test('marks around a link stay text, brackets inside it stay link', () => {
  assert.deepEqual(links('(https://example.org/a).'), ['https://example.org/a']);
  assert.deepEqual(links('https://example.org/a_(b), really'), ['https://example.org/a_(b)']);
  assert.deepEqual(links('“https://example.org/a”!'), ['https://example.org/a']);
});

test('joined again the parts are exactly the text', () => {
  for (const text of ['a  https://example.org/a.\n\tb (http://x.y) c', '', 'https://a.b', '<b>&"', ' lead']) {
    assert.equal(split_links(text).map((part) => part.text).join(''), text);
  }
});

test('an address is what the URL parser understood, whatever is shown', () => {
  const [part] = split_links('https://example.org/"><script>');
  assert.ok(!part.href.includes('<') && !part.href.includes('"'));
});

test('every refusal of a link has its own sentence, unknown codes keep the server’s', () => {
  const details = ['empty', 'too_long', 'not_a_link', 'scheme', 'user_info', 'look_alike', 'no_video_id', 'bad_video_id', 'not_media', 'not_playable', 'several_links', 'bad_host', 'bad_port'];
  assert.equal(new Set(details.map((detail) => sentence_for({ code: 'bad_media', detail }))).size, details.length);
  assert.equal(sentence_for({ code: 'bad_media', detail: 'new_reason' }), 'This link cannot be played.');
  assert.equal(sentence_for({ code: 'some_new_code', message: 'The server says so.' }), 'The server says so.');
});

test('what was pasted can be sent: no half characters, none that no room takes, and the same to look at', () => {
  assert.equal(sendable('a\u0000b\u001b[31mc\u0085\td\r\ne\rf'), 'ab[31mc\td\ne\nf');
  assert.equal(sendable('\ud83d x \ude00 \ud83d\ude00'), '\ufffd x \ufffd \ud83d\ude00');
  assert.equal(well_formed('\ude00\ud83d'), '\ufffd\ufffd');
  for (const kept of ['\u202eabc', 'e\u0301'.repeat(40), '👩‍👩‍👧 🏳️‍🌈', '<b>&amp;</b>']) assert.equal(sendable(kept), kept);
});

test('no message is JSON that a reader refuses, wherever half a character stands', () => {
  assert.equal(wire_text({ type: 'chat.post', text: 'x' }), '{"type":"chat.post","text":"x"}');
  assert.deepEqual(JSON.parse(wire_text({ url: 'a\ud800', deep: [{ title: '\udfff' }] })), { url: 'a\ufffd', deep: [{ title: '\ufffd' }] });
  assert.deepEqual(JSON.parse(wire_text({ text: '\\ud800' })), { text: '\\ud800' }, 'typed as an escape it stays one');
});
