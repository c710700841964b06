// @ts-check
/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('./chat.js').Line} Line */

/**
 * What the room said, as far as it is here: ordered by seq, looked up by halving, however long the evening. A jump into the past leaves
 * a gap: numbers that were not fetched, which is something else than a number without a message.
 */
export class Messages {
  /** @type {Line[]} ordered by seq; a message that changes becomes another object */
  lines = [];
  /** @type {{after: number, before: number}[]} what lies strictly between was not fetched; ordered */
  gaps = [];

  get length() {
    return this.lines.length;
  }

  /** @param {number} seq @returns {number} where it is or would be */
  place(seq) {
    let [low, high] = [0, this.lines.length];
    if (high && /** @type {number} */ (this.lines[high - 1].seq) < seq) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (this.lines[middle].seq) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @param {number} seq @returns {Line | null} null: not here (yet) */
  get(seq) {
    const line = this.lines[this.place(seq)];
    return line?.seq === seq ? line : null;
  }

  /** @param {Message} message @returns {number} where it was put, or -1: it is here already */
  insert(message) {
    const at = this.place(message.seq);
    if (this.lines[at]?.seq === message.seq) return -1;
    this.lines.splice(at, 0, { ...message, state: 'sent' });
    return at;
  }

  /** @param {number} seq @param {import('./chat.js').Change} change @returns {number} where it is, or -1 */
  change(seq, change) {
    const at = this.place(seq);
    if (this.lines[at]?.seq !== seq) return -1;
    this.lines[at] = { ...this.lines[at], ...change };
    return at;
  }

  clear() {
    this.lines = [];
    this.gaps = [];
  }

  /** @param {number} count of the newest */
  keep_newest(count) {
    this.lines = this.lines.slice(-count);
    const oldest = this.lines[0]?.seq ?? 0;
    this.gaps = this.gaps.filter((gap) => gap.before > oldest);
  }

  /**
   * A page was read: everything from `from` up to, not including, `before` is here. Older than all the rest, it leaves a gap below.
   * @param {number} from @param {number} before @param {number} [oldest] what was the oldest here
   */
  covered(from, before, oldest) {
    const last = before - 1;
    this.gaps = this.gaps.flatMap((gap) => {
      if (last <= gap.after || from >= gap.before) return [gap];
      return [{ after: gap.after, before: from }, { after: last, before: gap.before }].filter((rest) => rest.before - rest.after > 1);
    });
    if (oldest !== undefined && oldest > before) this.gaps.unshift({ after: last, before: oldest });
  }

  /** @param {number | null | undefined} above @param {number | null} seq @returns {{after: number, before: number} | undefined} what was not fetched between two lines */
  gap(above, seq) {
    if (!this.gaps.length || seq === null) return undefined;
    return this.gaps.find((gap) => gap.after < seq && gap.before > (above ?? 0));
  }

  /** The newest numbers that are missing without being a known gap, as a question for history. @returns {{before: number, limit: number} | null} */
  hole() {
    for (let i = this.lines.length - 1; i > 0; i -= 1) {
      const [after, before] = [/** @type {number} */ (this.lines[i - 1].seq), /** @type {number} */ (this.lines[i].seq)];
      const missing = before - after - 1;
      if (missing > 0 && !this.gap(after, before)) return { before, limit: Math.min(100, missing) };
    }
    return null;
  }
}
