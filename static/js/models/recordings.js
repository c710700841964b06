// @ts-check
/** What of the room's live streams is recorded, and what has become of it. Pure. */
import { can } from './rights.js';

/** @typedef {import('../types.js').LiveStream} LiveStream */
/** @typedef {{what: 'began' | 'kept' | 'broke', stream: LiveStream, by: string, name: string, why: string}} Step */

/** It runs. @param {LiveStream | null | undefined} stream */
export const is_recorded = (stream) => stream?.recording !== undefined && stream.recording.ended === undefined;

/**
 * Whoever may manage a stream's key may record it, into a library of their own.
 * @param {import('../types.js').Room | null} room @param {import('../types.js').Participant | undefined} self @param {LiveStream | null} stream
 */
export function may_record(room, self, stream) {
  if (!stream || self?.kind !== 'account' || !can(room, self, 'go_live')) return false;
  const pictures = !stream.forms || stream.forms.includes('mjpeg');
  return !pictures && (stream.publisher === self.id || can(room, self, 'edit_room'));
}

/** Follows what the room is told, and says what has changed. */
export class Recordings {
  /** @type {Map<number, LiveStream>} */
  #running = new Map();
  #knows = false;

  /** @param {LiveStream[]} streams as they are now @returns {Step[]} nothing the first time: what went on before is to be seen, no news */
  apply(streams) {
    const before = this.#running;
    const now = new Map(streams.filter(is_recorded).map((stream) => [stream.id, stream]));
    this.#running = now;
    const knew = this.#knows;
    this.#knows = true;
    if (!knew) return [];
    /** @type {Step[]} */
    const steps = [];
    for (const stream of now.values()) {
      const old = before.get(stream.id);
      if (old?.recording?.since_ms !== stream.recording?.since_ms) steps.push(step('began', stream));
    }
    for (const old of before.values()) {
      if (now.has(old.id)) continue;
      const stream = streams.find(({ id }) => id === old.id);
      const why = stream?.recording?.ended;
      steps.push(why ? step('broke', /** @type {LiveStream} */ (stream), why) : step('kept', old));
    }
    return steps;
  }
}

/** @param {Step['what']} what @param {LiveStream} stream @returns {Step} */
function step(what, stream, why = '') {
  return { what, stream, by: stream.recording?.by ?? '', name: stream.recording?.name ?? '', why };
}
