// @ts-check
import { el, find, icon, set_text } from '../lib/dom.js';
import { t } from '../lib/strings.js';

/** @typedef {'camera' | 'screen' | 'feed'} Kind */
/** @typedef {{kind(kind: Kind): void, device(): void, start(): void, closed(): void}} Intents */
/** @typedef {{kind: Kind, state: 'asking' | 'ready' | 'starting' | 'refused', sentence: string, note: string}} Look */

/** @type {Promise<unknown> | undefined} */
let styles_here;
export function load_styles() {
  styles_here ??= new Promise((done) => {
    document.head.append(el('link', { rel: 'stylesheet', href: new URL('../../css/go_live.css', import.meta.url).href, onload: done, onerror: done }));
  });
  return styles_here;
}

/** The dialog "Go live": what is sent, how it looks, and one button. @param {Intents} intents @param {HTMLElement} feeds what stands there for programs */
export function make_go_live(intents, feeds) {
  const picture = /** @type {HTMLVideoElement} */ (el('video', { id: 'go-live-preview', class: 'go-live-preview', playsinline: true, 'aria-label': t('go_live.preview') }));
  picture.muted = true;
  const over = el('p', { class: 'go-live-over', role: 'status' });
  const again = el('button', { class: 'button', type: 'button', text: t('go_live.again'), onclick: () => intents.device() });
  const level = /** @type {HTMLMeterElement} */ (el('meter', { class: 'go-live-level', min: '0', max: '1', value: '0', 'aria-label': t('go_live.level') }));
  const camera = /** @type {HTMLSelectElement} */ (el('select', { id: 'go-live-camera', onchange: () => intents.device() }));
  const microphone = /** @type {HTMLSelectElement} */ (el('select', { id: 'go-live-microphone', onchange: () => intents.device() }));
  const kinds = /** @type {Kind[]} */ (['camera', 'screen', 'feed']).map((kind) => el('label', { class: 'choice' },
    el('input', { type: 'radio', name: 'kind', value: kind, onchange: () => intents.kind(kind) }), el('span', null, el('strong', { text: t(`go_live.${kind}`) }))));
  const camera_field = el('div', { class: 'field' }, el('label', { for: 'go-live-camera', text: t('go_live.camera') }), camera);
  const microphone_field = el('div', { class: 'field' }, el('label', { for: 'go-live-microphone', text: t('go_live.microphone') }), microphone, level);
  const error = el('p', { class: 'field-error', role: 'alert', hidden: true });
  const note = el('p', { class: 'field-hint', hidden: true });
  const start = /** @type {HTMLButtonElement} */ (el('button', { class: 'button primary', type: 'submit', text: t('go_live.start') }));
  const choice = el('fieldset', { class: 'go-live-kinds' }, el('legend', { class: 'visually-hidden', text: t('go_live.what') }), ...kinds);
  const form = el('form', { class: 'go-live', action: '', method: 'post' },
    el('div', { class: 'go-live-screen' }, picture, el('div', { class: 'go-live-card' }, over, again)),
    el('div', { class: 'go-live-devices' }, camera_field, microphone_field), error, note,
    el('div', { class: 'dialog-actions' }, el('button', { class: 'button', type: 'button', text: t('dialog.cancel'), 'data-close': true }), start));
  const close = el('button', { class: 'icon-button', type: 'button', 'aria-label': t('dialog.close'), 'data-close': true }, icon('close'));
  const dialog = /** @type {HTMLDialogElement} */ (el('dialog', { id: 'go-live-dialog', class: 'dialog dialog-wide', 'aria-labelledby': 'go-live-title' },
    el('div', { class: 'dialog-head' }, el('h2', { id: 'go-live-title', text: t('go_live.title') }), close), choice, form, feeds));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    intents.start();
  });
  dialog.addEventListener('click', (event) => {
    if (/** @type {Element} */ (event.target).closest('[data-close]')) dialog.close();
  });
  dialog.addEventListener('close', () => intents.closed());
  find('#main').append(dialog);

  /** @param {HTMLSelectElement} select @param {MediaDeviceInfo[]} devices @param {string} chosen @param {string} none words for "without one", "" = not offered */
  function fill(select, devices, chosen, none) {
    const options = devices.filter((device) => device.deviceId).map((device, i) => el('option', { value: device.deviceId, text: device.label || t('go_live.device', { n: i + 1 }) }));
    if (none) options.push(el('option', { value: 'none', text: none }));
    select.replaceChildren(...options);
    if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
    select.disabled = select.options.length < 2;
  }

  return {
    dialog,
    /** @returns {{camera: string, microphone: string}} device ids; "" any, "none" without */
    chosen: () => ({ camera: camera.value, microphone: microphone.value }),
    /** @param {MediaDeviceInfo[]} devices @param {{camera: string, microphone: string}} used */
    devices(devices, used) {
      fill(camera, devices.filter((device) => device.kind === 'videoinput'), used.camera, '');
      fill(microphone, devices.filter((device) => device.kind === 'audioinput'), used.microphone, t('go_live.no_microphone'));
    },
    /** @param {MediaStream | null} stream */
    preview(stream) {
      picture.srcObject = stream;
      if (stream) void picture.play().catch(() => {});
    },
    /** @param {number} loud 0..1 */
    level(loud) { level.value = loud; },
    /** @param {Look} look */
    paint({ kind, state, sentence, note: words }) {
      for (const radio of /** @type {NodeListOf<HTMLInputElement>} */ (choice.querySelectorAll('[name="kind"]'))) radio.checked = radio.value === kind;
      form.hidden = kind === 'feed';
      feeds.hidden = kind !== 'feed';
      if (kind === 'feed') return;
      form.dataset.state = state;
      form.dataset.kind = kind;
      camera_field.hidden = kind !== 'camera';
      set_text(over, state === 'asking' ? t(`go_live.asking_${kind}`) : state === 'refused' ? sentence : '');
      again.hidden = state !== 'refused';
      error.hidden = state === 'refused' || sentence === '';
      set_text(error, error.hidden ? '' : sentence);
      note.hidden = words === '';
      set_text(note, words);
      start.disabled = state !== 'ready';
      set_text(start, state === 'starting' ? t('go_live.starting') : t('go_live.start'));
    },
  };
}
