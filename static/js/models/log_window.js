// @ts-check
/**
 * Which lines of a long chat are elements of the page, and how much empty room stands for the others. Pure: the view measures.
 * The room above is what keeps a line where it is: when lines come in or change their height above it, the room gives or takes the
 * difference, and the scroll position is touched only when it cannot.
 */

const tail_lines = 100;   // kept while the newest is followed
const spare_lines = 40;   // above and below what is seen
const held_lines_max = 200;
const least_px = 24;      // no line is lower
const first_guess_px = 44;

export class LogWindow {
  first = 0;
  last = 0;
  count = 0;
  /** Height of a line, as learnt from those that were measured. */
  average = first_guess_px;
  /** Room that stands for the lines above `first`. */
  above_px = 0;

  get below_px() {
    return Math.round((this.count - this.last) * this.average);
  }

  /** The newest lines, without looking at heights. @param {number} count */
  follow(count) {
    this.#is(Math.max(0, count - tail_lines), count, count);
    this.above_px = this.#guess();
  }

  /**
   * The lines around the first one that is seen, and those that somebody holds (with the focus or a selection) if they are not too far.
   * @param {number} seen index @param {number} height_px of what can be seen @param {number} count @param {number[]} [held]
   */
  around(seen, height_px, count, held = []) {
    const near = held.filter((at) => at >= 0 && Math.abs(at - seen) <= held_lines_max);
    const first = Math.max(0, Math.min(seen - spare_lines, ...near));
    const last = Math.min(count, Math.max(seen + Math.ceil(height_px / least_px) + spare_lines, ...near.map((at) => at + 1)));
    this.#is(first, last, count);
  }

  /**
   * Is it time for other lines?
   * @param {number} above_px rendered lines above the part that is seen (negative: none, and a hole is seen) @param {number} below_px likewise @param {number} height_px
   */
  is_short(above_px, below_px, height_px) {
    const spare_px = Math.max(height_px * 0.75, 300);
    return (above_px < spare_px && this.first > 0) || (below_px < spare_px && this.last < this.count);
  }

  /** The line that stands at a place in the empty room. @param {number} y from the top of the room above @param {number} rendered_px */
  at(y, rendered_px) {
    if (y < this.above_px) return Math.floor((y / this.above_px) * this.first);
    const below = y - this.above_px - rendered_px;
    return Math.min(this.count - 1, this.last + Math.floor(below / this.average));
  }

  /** @param {number} rendered_px all rendered lines together */
  learn(rendered_px) {
    const lines = this.last - this.first;
    if (lines > 0 && rendered_px > 0) this.average = Math.max(least_px / 2, rendered_px / lines);
  }

  /**
   * A line that should stay moved down by `px`: the room above takes it, within reason.
   * @param {number} px @returns {number} what is left for the scroll position
   */
  absorb(px) {
    const wanted = this.above_px - px;
    const guess = this.#guess();
    const room = this.first === 0 ? 0 : wanted >= guess / 3 && wanted <= guess * 3 + 600 ? wanted : guess;
    this.above_px = room;
    return room - wanted;
  }

  #guess() {
    return Math.round(this.first * this.average);
  }

  /** @param {number} first @param {number} last @param {number} count */
  #is(first, last, count) {
    [this.first, this.last, this.count] = [first, last, count];
  }
}
