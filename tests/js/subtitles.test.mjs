import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { BYTES_MAX, CUES_MAX, CUE_TEXT_MAX, CueList, decode_subtitles, read_runs, read_subtitles, read_timing } from '../../static/js/lib/subtitles.js';

const kept = new Map();
globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key) };
beforeEach(() => kept.clear());
const { Subtitles, SHIFT_MAX_MS, VIDEOS_MAX, checked_subtitles } = await import('../../static/js/models/subtitles.js');
const { shift_text } = await import('../../static/js/views/subtitles.js');

const said = (cue) => cue.runs.map((run) => run.text).join('');
const short = (text) => read_subtitles(text).map((cue) => [cue.start_ms, cue.end_ms, said(cue)]);

const vtt = `WEBVTT - a film

STYLE
::cue { color: red }

NOTE nothing to see

intro
00:01.000 --> 00:02.500 line:0 position:20%
Hello,
world

01:00:00.250 --> 01:00:01.000
<v Ann>Bye</v>
`;
const srt = '1\r\n00:00:01,000 --> 00:00:02,500\r\nHello,\r\nworld\r\n\r\n2\r\n01:00:00,250 --> 01:00:01,000\r\n<font color="red">Bye</font>\r\n';

test('WebVTT and SubRip of the same words are the same cues', () => {
  const cues = [[1000, 2500, 'Hello,\nworld'], [3_600_250, 3_601_000, 'Bye']];
  assert.deepEqual(short(vtt), cues);
  assert.deepEqual(short(srt), cues);
  assert.deepEqual(short(`\ufeff${srt.replaceAll('\r\n', '\r')}`), cues);
});

test('times in every usual spelling, and none that are no times', () => {
  for (const [line, times] of [
    ['00:01.5 --> 00:02.25', [1500, 2250]], ['0:00:01,000-->0:00:02,000', [1000, 2000]], ['  1:00:00.000  -->  1:00:00.001 align:start', [3_600_000, 3_600_001]], ['100:00:00.000 --> 100:00:01.000', [360_000_000, 360_001_000]],
  ]) assert.deepEqual(Object.values(read_timing(line) ?? {}), times, line);
  for (const line of ['', '-->', '00:01 --> 00:02', '00:02.000 --> 00:01.000', '00:01.000 --> 00:01.000', 'a 00:01.000 --> 00:02.000', '00:01.000 -> 00:02.000', '-00:01.000 --> 00:02.000', `${' '.repeat(3000)}00:01.000 --> 00:02.000`]) assert.equal(read_timing(line), null, line);
});

test('a file that forgets its blank lines, or its order, is read all the same', () => {
  assert.deepEqual(short('1\n00:00:03,000 --> 00:00:04,000\nsecond\n2\n00:00:01,000 --> 00:00:02,000\nfirst'), [[1000, 2000, 'first'], [3000, 4000, 'second']]);
  assert.deepEqual(short('1\n00:00:01,000 --> 00:00:02,000\n1984\n\n2\n00:00:03,000 --> 00:00:04,000\nb'), [[1000, 2000, '1984'], [3000, 4000, 'b']]);
});

test('italics, bold and underline are kept, other marks go, and what is no mark stays', () => {
  assert.deepEqual(read_runs('a <i>b <b>c</b></i> d'), [{ text: 'a ' }, { text: 'b ', i: true }, { text: 'c', i: true, b: true }, { text: ' d' }]);
  assert.deepEqual(read_runs('{\\an8}<c.yellow>x</c> <00:01.000>y'), [{ text: 'x' }, { text: ' ' }, { text: 'y' }]);
  assert.deepEqual(read_runs('1 < 2 > 0 &amp; &lt;i&gt; <3'), [{ text: '1 < 2 > 0 & <i> <3' }]);
  assert.deepEqual(read_runs('<script>alert(1)</script><img src=x onerror=alert(1)>'), [{ text: '<script>alert(1)</script><img src=x onerror=alert(1)>' }]);
});

test('old and foreign encodings are read', () => {
  const bytes = (text, encoding) => new Uint8Array(Buffer.from(text, encoding));
  assert.equal(decode_subtitles(bytes('Grüße', 'utf8')), 'Grüße');
  assert.equal(decode_subtitles(bytes('Grüße', 'latin1')), 'Grüße');
  assert.equal(decode_subtitles(bytes('\ufeffGrüße', 'utf16le')), 'Grüße');
  assert.equal(decode_subtitles(new Uint8Array([0xfe, 0xff, 0, 0x41])), 'A');
});

test('hostile files are harmless: cut at their bounds and quick', () => {
  const began = performance.now();
  const cue = (i) => `00:00:0${i % 10},000 --> 00:01:00,000\nx\n\n`;
  assert.equal(read_subtitles(Array.from({ length: CUES_MAX + 5 }, (_x, i) => cue(i)).join('').slice(0, BYTES_MAX)).length, Math.min(CUES_MAX, Math.floor(BYTES_MAX / cue(0).length)));
  assert.equal(said(read_subtitles(`00:01.000 --> 00:02.000\n${'x'.repeat(CUE_TEXT_MAX + 1)}`)[0]).length, CUE_TEXT_MAX);
  for (const evil of ['<'.repeat(BYTES_MAX), '<i '.repeat(300_000), ' '.repeat(BYTES_MAX), '-->'.repeat(300_000), '\n'.repeat(BYTES_MAX), '0'.repeat(BYTES_MAX), `00:01.000 --> 00:02.000\n${'<i'.repeat(500)}`, '{\\'.repeat(500_000), '\0'.repeat(1000), 'WEBVTT', '']) {
    assert.ok(read_subtitles(evil).length <= 1);
  }
  for (const nothing of ['WEBVTT\n\nhello', '<html></html>', '99:99']) assert.deepEqual(read_subtitles(nothing), []);
  assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`);
});

test('what is said at a time, also where cues overlap', () => {
  const cue = (start_ms, end_ms, text) => ({ start_ms, end_ms, runs: [{ text }] });
  const list = new CueList([cue(0, 100_000, 'long'), cue(1000, 2000, 'a'), cue(1500, 3000, 'b'), cue(5000, 6000, 'c')]);
  const at = (ms) => list.at(ms).map(said);
  assert.deepEqual(at(-1), []);
  assert.deepEqual(at(0), ['long']);
  assert.deepEqual(at(1000), ['long', 'a']);
  assert.deepEqual(at(1999), ['long', 'a', 'b']);
  assert.deepEqual(at(2000), ['long', 'b']);
  assert.deepEqual(at(4000), ['long']);
  assert.deepEqual(at(99_999), ['long']);
  assert.deepEqual(at(100_000), []);
});

test('each video has its own shift and link, kept in this browser; on and size are for all', () => {
  const one = new Subtitles();
  one.watch('https://a.test/1.mp4');
  one.take(read_subtitles(vtt), 'a.vtt', 'https://a.test/a.vtt');
  one.shift_to(500);
  one.set({ size: 'large' });
  assert.deepEqual(one.at(1400), []);
  assert.equal(said(one.at(1500)[0]), 'Hello,\nworld');
  one.watch('https://a.test/2.mp4');
  assert.deepEqual([one.shift_ms, one.link, one.cues.length, one.shown, one.size], [0, '', 0, true, 'large']);
  const later = new Subtitles();
  later.watch('https://a.test/1.mp4');
  assert.deepEqual([later.shift_ms, later.link, later.cues.length, later.shown, later.size], [500, 'https://a.test/a.vtt', 0, true, 'large']);
  later.set({ on: false });
  later.take(read_subtitles(vtt), 'b.srt', '');
  assert.deepEqual([later.shown, later.link], [true, ''], 'choosing some turns them on, and a file leaves no link behind');
  later.set({ on: false });
  assert.deepEqual(later.at(1500), []);
});

test('what is stored is taken as far as it makes sense, and does not grow', () => {
  assert.deepEqual(checked_subtitles(null), { on: false, size: 'medium', videos: [] });
  assert.deepEqual(checked_subtitles({ on: 'yes', size: 'giant', videos: [null, 7, { url: 1 }, { url: 'u', link: 'l', shift_ms: 1e9, more: 1 }, { url: 'u', link: 'l', shift_ms: NaN }] }), { on: false, size: 'medium', videos: [{ url: 'u', link: 'l', shift_ms: SHIFT_MAX_MS }] });
  const one = new Subtitles();
  for (let i = 0; i < VIDEOS_MAX + 10; i += 1) { one.watch(`u${i}`); one.shift_to(-500); }
  assert.equal(JSON.parse(kept.get('matinee.subtitles')).videos.length, VIDEOS_MAX);
  one.shift_to(-1e12);
  assert.equal(one.shift_ms, -SHIFT_MAX_MS);
});

test('a shift in words', () => {
  for (const [ms, text] of [[0, '0 s'], [500, '+0.5 s'], [-1000, '−1 s']]) assert.equal(shift_text(ms), text);
});
