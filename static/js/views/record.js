// @ts-check
import { find, set_attribute, set_icon, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @typedef {{recorded: boolean, may: boolean, busy: boolean, time: string, who: string}} Look who: a whole sentence for whoever points at it */

/** The mark beside the name of what is on the stage, and the button for those who may. @param {() => void} press */
export function make_record(press) {
  const button = /** @type {HTMLButtonElement} */ (find('#live-record'));
  const mark = find('#live-rec');
  button.addEventListener('click', press);
  return {
    /** @param {Look} look of what is on the stage */
    paint({ recorded, may, busy, time, who }) {
      mark.hidden = !recorded;
      set_text(find('#live-rec-time'), time);
      set_attribute(mark, 'title', who);
      button.hidden = !may;
      button.disabled = busy;
      const words = t(recorded ? 'record.stop' : 'record.start');
      set_attribute(button, 'aria-label', words);
      set_attribute(button, 'title', words);
      button.toggleAttribute('data-on', recorded);
      set_icon(button, recorded ? 'record-stop' : 'record');
    },
  };
}
