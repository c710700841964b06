// @ts-check
import { find, set_text } from '../lib/dom.js';

const shown_ms = 10_000;

/** One line below the controls: what somebody did to the video, with Undo for ten seconds. The next one takes its place, so they never pile up. */
export function make_notice() {
  const undo = find('#notice-undo');
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let action = /** @type {(() => void) | null} */ (null);
  const clear = () => {
    clearTimeout(timer);
    set_text(find('#notice-text'), '');
    undo.hidden = true;
    action = null;
  };
  undo.addEventListener('click', () => {
    const act = action;
    clear();
    act?.();
  });
  return {
    /** @param {string} text @param {(() => void) | null} [on_undo] */
    show(text, on_undo = null) {
      clear();
      set_text(find('#notice-text'), text);
      action = on_undo;
      undo.hidden = on_undo === null;
      timer = setTimeout(clear, shown_ms);
    },
    clear,
    /** No longer true. @param {string} text */
    take_down(text) {
      if (find('#notice-text').textContent === text) clear();
    },
  };
}
