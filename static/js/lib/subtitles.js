// @ts-check
/**
 * Subtitle files → cues. Reads WebVTT (W3C) and SubRip, which differ in little more than a comma, with one tolerant reader; what it does
 * not know it leaves out, and markup never becomes more than runs of text in italics, bold or underlined. Pure and bounded.
 * @typedef {{text: string, i?: true, b?: true, u?: true}} Run
 * @typedef {{start_ms: number, end_ms: number, runs: Run[]}} Cue
 */

export const BYTES_MAX = 1024 * 1024;
export const CUES_MAX = 20_000;
export const CUE_TEXT_MAX = 1_000;
const LINE_MAX = 2_000;

/** @param {Uint8Array} bytes @returns {string} UTF-8 or UTF-16 when it is that, else what old subtitle editors wrote */
export function decode_subtitles(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const time = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
const timing = new RegExp(`^\\s*${time}\\s*-->\\s*${time}(?:\\s|$)`);

/** @param {(string | undefined)[]} parts hours, minutes, seconds, fraction */
function milliseconds([hours, minutes, seconds, fraction]) {
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number((fraction ?? '').padEnd(3, '0'));
}

/** @param {string} line @returns {{start_ms: number, end_ms: number} | null} */
export function read_timing(line) {
  if (!line.includes('-->') || line.length > LINE_MAX) return null;
  const found = timing.exec(line);
  if (!found) return null;
  const [start_ms, end_ms] = [milliseconds(found.slice(1, 5)), milliseconds(found.slice(5, 9))];
  return end_ms > start_ms ? { start_ms, end_ms } : null;
}

const entities = /** @type {Record<string, string>} */ ({ amp: '&', lt: '<', gt: '>', nbsp: '\u00a0', lrm: '\u200e', rlm: '\u200f', quot: '"' });
const tag = /<(\/?)(i|b|u|c|v|font|lang|ruby|rt)(?:[\s.][^<>]*)?>|<\d[\d:.]*>|\{\\[^{}]*\}/gi;

/** @param {string} text @returns {Run[]} */
export function read_runs(text) {
  /** @type {Run[]} */
  const runs = [];
  /** @type {Record<string, boolean>} */
  const on = {};
  const plain = (/** @type {string} */ piece) => {
    if (!piece) return;
    const shown = piece.replace(/&(amp|lt|gt|nbsp|lrm|rlm|quot);/g, (_all, name) => entities[name]);
    runs.push({ text: shown, ...(on.i && { i: /** @type {const} */ (true) }), ...(on.b && { b: /** @type {const} */ (true) }), ...(on.u && { u: /** @type {const} */ (true) }) });
  };
  let at = 0;
  for (const found of text.matchAll(tag)) {
    plain(text.slice(at, found.index));
    at = /** @type {number} */ (found.index) + found[0].length;
    if (found[2]) on[found[2].toLowerCase()] = found[1] === '';
  }
  plain(text.slice(at));
  return runs;
}

/**
 * @param {string} text
 * @returns {Cue[]} in the order of their start; empty when this is no subtitle file
 */
export function read_subtitles(text) {
  const lines = text.slice(0, BYTES_MAX).replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  /** @type {Cue[]} */
  const cues = [];
  for (let i = 0; i < lines.length && cues.length < CUES_MAX; i += 1) {
    const when = read_timing(lines[i]);
    if (!when) continue;
    const said = [];
    // A cue ends at a blank line; some files forget it, so also before the next cue's timing and its number.
    while (i + 1 < lines.length && lines[i + 1].trim() !== '' && !read_timing(lines[i + 1])) said.push(lines[(i += 1)]);
    if (i + 1 < lines.length && said.length > 1 && /^\d+$/.test(said[said.length - 1]) && read_timing(lines[i + 1])) said.pop();
    const words = said.join('\n').slice(0, CUE_TEXT_MAX);
    if (words) cues.push({ ...when, runs: read_runs(words) });
  }
  return cues.sort((a, b) => a.start_ms - b.start_ms);
}

/** Finds what is said at a time. Cues may overlap. */
export class CueList {
  #cues;
  /** The latest end among a cue and all before it: tells where looking back may stop. @type {number[]} */
  #ends = [];

  /** @param {Cue[]} cues by start */
  constructor(cues) {
    this.#cues = cues;
    for (const cue of cues) this.#ends.push(Math.max(cue.end_ms, this.#ends.at(-1) ?? 0));
  }

  get length() { return this.#cues.length; }

  /** @param {number} ms @returns {Cue[]} */
  at(ms) {
    let [low, high] = [0, this.#cues.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cues[middle].start_ms <= ms) low = middle + 1;
      else high = middle;
    }
    const found = [];
    for (let i = low - 1; i >= 0 && this.#ends[i] > ms && found.length < 8; i -= 1) if (this.#cues[i].end_ms > ms) found.unshift(this.#cues[i]);
    return found;
  }
}
