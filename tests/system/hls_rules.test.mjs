// The checker of playlists finds what is wrong: one good text, and each rule broken in turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, wrongBetween } from './hls_rules.mjs';

const date = (s) => new Date(1_700_000_000_000 + s * 1000).toISOString();
const entry = (n, more = '') => `${more}#EXT-X-PROGRAM-DATE-TIME:${date(n * 2)}\n#EXTINF:2.000000,\ns${n}.m4s\n`;
function text({ from = 0, count = 4, target = 2, discontinuities = 0, end = false, change = (all) => all } = {}) {
  const entries = Array.from({ length: count }, (_none, i) => entry(from + i)).join('');
  return change(`#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:${target}\n#EXT-X-MEDIA-SEQUENCE:${from}\n#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuities}\n`
    + `#EXT-X-MAP:URI="i0.mp4"\n${entries}${end ? '#EXT-X-ENDLIST\n' : ''}`);
}

test('a good playlist is read whole, and nothing is wrong with it', () => {
  const list = read(text({ from: 3, end: true }));
  assert.deepEqual(list.wrong, []);
  assert.deepEqual([list.target, list.sequence, list.version, list.independent, list.ended, list.segments.length], [2, 3, 7, true, true, 4]);
  assert.deepEqual([list.segments[1].number, list.segments[1].uri, list.segments[1].map, list.segments[1].duration], [4, 's4.m4s', 'i0.mp4', 2]);
});

const broken = {
  'no first line': (all) => all.replace('#EXTM3U\n', ''),
  'a line without its end': (all) => all.slice(0, -1),
  'CR': (all) => all.replace('\n', '\r\n'),
  'no target duration': (all) => all.replace(/#EXT-X-TARGETDURATION.*\n/, ''),
  'two target durations': (all) => all.replace(/(#EXT-X-TARGETDURATION.*\n)/, '$1$1'),
  'a segment that is longer than the target': (all) => all.replace('2.000000', '2.500000'),
  'no duration': (all) => all.replace('#EXTINF:2.000000,\n', ''),
  'a duration of nothing': (all) => all.replace('2.000000', '0.000000'),
  'no init data': (all) => all.replace(/#EXT-X-MAP.*\n/, ''),
  'a date that is none': (all) => all.replace(/DATE-TIME:.*/, 'DATE-TIME:yesterday'),
  'dates that jump': (all) => all.replace(date(2), date(5)),
  'other init data without a discontinuity': (all) => all.replace('s1.m4s\n', 's1.m4s\n#EXT-X-MAP:URI="i1.mp4"\n'),
  'the same segment twice': (all) => all.replace('s1.m4s', 's0.m4s'),
  'a version that knows no init data': (all) => all.replace('VERSION:7', 'VERSION:3'),
  'a sequence after segments': (all) => `${all}#EXT-X-MEDIA-SEQUENCE:0\n`,
  'a tag of a segment at the end': (all) => `${all}#EXT-X-DISCONTINUITY\n`,
  'a tag that nobody knows': (all) => `${all}#EXT-X-SURPRISE:1\n`,
};
for (const [name, change] of Object.entries(broken)) test(`found: ${name}`, () => assert.notDeepEqual(read(text({ change })).wrong, []));

test('from one playlist to the next: sliding is right', () => {
  assert.deepEqual(wrongBetween(read(text()), read(text())), []);
  assert.deepEqual(wrongBetween(read(text()), read(text({ from: 2, count: 5, end: true }))), []);
});

const changed = {
  'another target duration': [{}, { target: 3 }],
  'the sequence goes back': [{ from: 3 }, { from: 2 }],
  'the discontinuity sequence goes back': [{ discontinuities: 1 }, {}],
  'the end is taken back': [{ end: true }, {}],
  'a segment after the end': [{ end: true }, { count: 5, end: true }],
  'segments leave at the back': [{ count: 5 }, { count: 4 }],
  'a number becomes another segment': [{}, { change: (all) => all.replace('s2.m4s', 's9.m4s') }],
  'a duration changes': [{}, { change: (all) => all.replace('2.000000', '1.900000') }],
  'less than three target durations are left': [{}, { from: 3, count: 2 }],
};
for (const [name, [before, now]] of Object.entries(changed)) {
  test(`found between two: ${name}`, () => assert.notDeepEqual(wrongBetween(read(text(before)), read(text(now))), []));
}
