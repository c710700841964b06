// What RFC 8216 asks of a live media playlist, of one text and from each to the next one of the same address. Our own reading of it,
// apart from the server's writing: tests/system/hls_rules.test.mjs shows that it finds what is wrong.
const known = new Set(['EXTM3U', 'EXT-X-VERSION', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE', 'EXT-X-INDEPENDENT-SEGMENTS',
  'EXT-X-MAP', 'EXT-X-PROGRAM-DATE-TIME', 'EXTINF', 'EXT-X-DISCONTINUITY', 'EXT-X-ENDLIST']);
const once = ['EXT-X-VERSION', 'EXT-X-TARGETDURATION', 'EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE', 'EXT-X-INDEPENDENT-SEGMENTS', 'EXT-X-ENDLIST'];

// {target, sequence, discontinuitySequence, version, independent, ended, segments: [{uri, map, duration, date, discontinuity, number, discontinuities}], wrong: [text]}
export function read(text) {
  const wrong = [];
  const list = { target: NaN, sequence: 0, discontinuitySequence: 0, version: 1, independent: false, ended: false, segments: [], wrong };
  if (text.includes('\r') || !text.endsWith('\n')) wrong.push('lines end with LF, the last one as well');
  if (/^\uFEFF/.test(text)) wrong.push('4.1: no byte order mark');
  const lines = text.split('\n').slice(0, -1);
  if (lines[0] !== '#EXTM3U') wrong.push('4.3.1.1: the first line is #EXTM3U');
  const seen = {};
  let map; let next = {};
  const number = (name, value) => { if (!/^\d+$/.test(value)) wrong.push(`${name} is no number: ${value}`); return Number(value); };
  for (const line of lines.slice(1)) {
    if (line.trim() === '' || (line.startsWith('#') && !line.startsWith('#EXT'))) continue;
    if (!line.startsWith('#')) {
      if (next.duration === undefined) wrong.push(`4.3.2.1: no EXTINF before ${line}`);
      if (!map) wrong.push(`4.3.2.5: no EXT-X-MAP before ${line}`);
      list.segments.push({ uri: line, map, discontinuity: false, ...next });
      next = {};
      continue;
    }
    const [, name, value = ''] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(line) ?? [];
    if (!known.has(name)) { wrong.push(`not known: ${line}`); continue; }
    seen[name] = (seen[name] ?? 0) + 1;
    if (name === 'EXT-X-VERSION') list.version = number(name, value);
    if (name === 'EXT-X-TARGETDURATION') list.target = number(name, value);
    if (name === 'EXT-X-MEDIA-SEQUENCE') list.sequence = number(name, value);
    if (name === 'EXT-X-DISCONTINUITY-SEQUENCE') list.discontinuitySequence = number(name, value);
    if (['EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE'].includes(name) && list.segments.length) wrong.push(`4.3.3.2: ${name} comes after a segment`);
    if (name === 'EXT-X-INDEPENDENT-SEGMENTS') list.independent = true;
    if (name === 'EXT-X-ENDLIST') list.ended = true;
    if (name === 'EXT-X-DISCONTINUITY') next.discontinuity = true;
    if (name === 'EXT-X-MAP') { map = /^URI="([^"\n]+)"$/.exec(value)?.[1]; if (!map) wrong.push(`4.3.2.5: ${line}`); }
    if (name === 'EXT-X-PROGRAM-DATE-TIME') {
      next.date = Date.parse(value);
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) || Number.isNaN(next.date)) wrong.push(`4.3.2.6: ${line}`);
    }
    if (name === 'EXTINF') {
      next.duration = Number(/^(\d+(?:\.\d+)?),/.exec(value)?.[1]);
      if (!(next.duration > 0)) wrong.push(`4.3.2.1: ${line}`);
    }
  }
  for (const name of once) if (seen[name] > 1) wrong.push(`${name} comes ${seen[name]} times`);
  if (!seen['EXT-X-TARGETDURATION']) wrong.push('4.3.3.1: no EXT-X-TARGETDURATION');
  if (next.duration !== undefined || next.discontinuity) wrong.push('the last tags belong to no segment');
  if (list.segments.length && list.version < 6) wrong.push('7: EXT-X-MAP of a stream with pictures and sound needs version 6');
  if (new Set(list.segments.map(({ uri }) => uri)).size !== list.segments.length) wrong.push('a segment is listed twice');
  let discontinuities = list.discontinuitySequence;
  list.segments.forEach((segment, at) => {
    segment.number = list.sequence + at;
    if (segment.discontinuity) discontinuities += 1;
    segment.discontinuities = discontinuities;
    const before = list.segments[at - 1];
    if (Math.round(segment.duration) > list.target) wrong.push(`4.3.3.1: ${segment.uri} lasts ${segment.duration} s, the target is ${list.target} s`);
    if (before && before.map !== segment.map && !segment.discontinuity) wrong.push(`4.3.2.3: other init data without a discontinuity at ${segment.uri}`);
    if (before && !segment.discontinuity && Math.abs(segment.date - before.date - before.duration * 1000) > 100) wrong.push(`4.3.2.6: the date jumps at ${segment.uri}`);
  });
  return list;
}

// What is wrong with the next text of an address after the one before.
export function wrongBetween(before, now) {
  const wrong = [];
  if (before.target !== now.target) wrong.push(`6.2.1: the target duration becomes ${now.target}`);
  if (before.version !== now.version || before.independent !== now.independent) wrong.push('6.2.1: version or independence changes');
  if (now.sequence < before.sequence) wrong.push('4.3.3.2: the media sequence goes back');
  if (now.discontinuitySequence < before.discontinuitySequence) wrong.push('4.3.3.3: the discontinuity sequence goes back');
  if (before.ended && !now.ended) wrong.push('4.3.3.4: the end is taken back');
  if (before.ended && now.segments.length > before.segments.length) wrong.push('4.3.3.4: a segment comes after the end');
  const last = (list) => list.sequence + list.segments.length;
  if (last(now) < last(before)) wrong.push('6.2.1: segments leave at the back');
  for (const segment of now.segments) {
    const known_one = before.segments.find(({ number }) => number === segment.number);
    if (!known_one) continue;
    for (const field of ['uri', 'map', 'duration', 'date', 'discontinuity', 'discontinuities']) {
      if (known_one[field] !== segment[field]) wrong.push(`6.2.1: ${field} of segment ${segment.number} changes`);
    }
  }
  const gone = before.segments.filter(({ number }) => number < now.sequence);
  const left = now.segments.reduce((sum, { duration }) => sum + duration, 0);
  if (gone.length && !now.ended && left < 3 * now.target) wrong.push('6.2.2: less than three target durations are left');
  return wrong;
}
