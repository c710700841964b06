// @ts-check
// HLS is steered like a file, with more patience: a seek fetches at least a segment, so it costs more than a second of steering.
import * as html5 from './html5_controller.js';

const TUNE = { seekOverMs: 2000, seekOnCommandMs: 500, coolMs: 5000, leadMs: 500 };

export const initial = () => html5.initial(TUNE);
export const { step } = html5;
