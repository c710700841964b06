// @ts-check

/** @typedef {import('../app.js').App} App */
/** @typedef {{before: number, limit: number}} Question */

const page_size = 100;
const tries = 3;

/** Older messages: those above, those that are missing, and those around a place far back. @param {App} app */
export function make_history({ chat, connection }) {
  let under_way = /** @type {Promise<void> | null} */ (null);
  let last_hole = 0;

  /** One question at a time. @param {Question} question */
  function ask(question) {
    under_way ??= connection.request({ type: 'chat.history', ...question }).then((reply) => {
      under_way = null;
      if (reply.type === 'chat.page') chat.page(reply, question.before);
    });
    return under_way;
  }

  /** A gap that history does not fill is one the room has no messages for: asked once. */
  function fill_hole() {
    const hole = chat.hole();
    if (!hole || hole.before <= last_hole) return;
    if (under_way) {
      under_way.then(fill_hole);
      return;
    }
    last_hole = hole.before;
    ask(hole);
  }

  return {
    async earlier() {
      if (chat.first_seq !== undefined && chat.more_before) await ask({ before: chat.first_seq, limit: page_size });
    },
    /** What lies between, from its upper or its lower end. @param {{after: number, before: number}} gap @param {boolean} downwards */
    async fill(gap, downwards) {
      await ask({ before: downwards ? Math.min(gap.before, gap.after + 1 + page_size) : gap.before, limit: page_size });
    },
    fill_hole,
    forget() {
      last_hole = 0;
    },
    /** However far back: one page around it. @param {number} seq @returns {Promise<import('../models/chat.js').Line | null>} */
    async around(seq) {
      // Another question may be under way, and another one after it.
      for (let i = 0; i < tries && !chat.said(seq); i += 1) {
        await under_way;
        await ask({ before: seq + page_size / 2, limit: page_size });
      }
      return chat.said(seq);
    },
  };
}
