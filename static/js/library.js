// @ts-check
// The library page: uploads by choosing or dropping files, one after the other, and the list as it becomes.
import { find, set_text } from './lib/dom.js';
import { t } from './lib/strings.js';
import { make_wire } from './lib/upload_wire.js';
import { Upload, fingerprint_of } from './models/upload.js';
import { make_upload_row } from './views/upload_row.js';

const REFRESH_MS = 5_000;
const section = find('#upload');
const files = /** @type {HTMLInputElement} */ (find('#upload-files'));
const rows = find('#uploads');

/** @type {Upload[]} */
const waiting = [];
let busy = false;

/** An upload of this file that was begun before, on this browser or another. @param {string} fingerprint @returns {string} where, or "" */
function begun_before(fingerprint) {
  const card = [...document.querySelectorAll('.video-card[data-state="arriving"]')].find((one) => /** @type {HTMLElement} */ (one).dataset.fingerprint === fingerprint);
  return card ? `/library/uploads/${/** @type {HTMLElement} */ (card).dataset.id}` : '';
}

let stale = false;

/** The list as the server has it now. What is open in it stays open: then it waits until that is closed. */
async function refresh() {
  stale = document.querySelector('#library-list details.pop[open]') !== null;
  if (stale) return;
  const answer = await fetch(location.href, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const list = page.querySelector('#library-list');
  if (!list) return;
  find('#library-list').replaceWith(document.adoptNode(list));
  set_text(find('#library-used'), /** @type {HTMLElement} */ (find('#library-list')).dataset.used ?? '');
  await tell_progress();
}

/** How far the uploads are that nobody here is sending. */
async function tell_progress() {
  const running = new Set(waiting.map((upload) => upload.where));
  for (const card of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.video-card[data-state="arriving"]'))) {
    const where = `/library/uploads/${card.dataset.id}`;
    if (running.has(where)) {
      card.hidden = true;
      continue;
    }
    const answer = await fetch(where, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (told) set_text(find('[data-arriving]', card), t('library.arriving_at', { n: Math.floor((told.offset / told.size) * 100) }));
  }
}

async function work() {
  if (busy) return;
  busy = true;
  for (let next = waiting.find((upload) => upload.state === 'waiting'); next; next = waiting.find((upload) => upload.state === 'waiting')) {
    await next.run();
    if (next.state === 'ready') set_text(find('#upload-said'), `${next.file.name}: ${t('library.row_ready')}`);
    waiting.splice(waiting.indexOf(next), 1);
    await refresh();
  }
  busy = false;
}

/** @param {Iterable<File>} chosen */
function take(chosen) {
  for (const file of chosen) {
    const fingerprint = fingerprint_of(file);
    const wire = make_wire(file, fingerprint, () => section.dataset.csrf ?? '');
    const upload = new Upload(file, { wire, now: () => performance.now(), wait: (ms) => new Promise((done) => setTimeout(done, ms)) }, begun_before(fingerprint));
    waiting.push(upload);
    const row = make_upload_row(upload, {
      end() {
        if (upload.running) void upload.end().then(refresh);
        row.remove();
        rows.hidden = rows.childElementCount === 0;
      },
    });
    rows.append(row);
  }
  rows.hidden = rows.childElementCount === 0;
  void work();
}

files.addEventListener('change', () => {
  take([...(files.files ?? [])]);
  files.value = '';  // the same file may be chosen again
});

// Files may be dropped anywhere on the page: one that falls beside the box would else be opened instead of it.
addEventListener('dragover', (event) => {
  if (!event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  section.toggleAttribute('data-over', true);
});
addEventListener('dragleave', (event) => event.relatedTarget === null && section.removeAttribute('data-over'));
addEventListener('drop', (event) => {
  section.removeAttribute('data-over');
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  take([...event.dataTransfer.files]);
});
addEventListener('beforeunload', (event) => waiting.some((upload) => upload.running && upload.state !== 'checking') && event.preventDefault());

addEventListener('toggle', () => { if (stale) void refresh(); }, true);

// What is open closes by a click elsewhere and by Escape.
addEventListener('click', (event) => {
  for (const pop of document.querySelectorAll('details.pop[open]')) if (!pop.contains(/** @type {Node} */ (event.target))) pop.removeAttribute('open');
});
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const pop of document.querySelectorAll('details.pop[open]')) {
    pop.removeAttribute('open');
    find('summary', pop).focus();
  }
});
addEventListener('submit', (event) => {
  const form = /** @type {HTMLElement} */ (event.target);
  if ('confirm' in form.dataset && !confirm(t('library.delete_sure'))) event.preventDefault();
});

// What is recorded, and what is looked into, changes by itself.
setInterval(() => {
  if (!document.hidden && document.querySelector('.video-card:is([data-state="recording"], [data-state="checking"])')) void refresh();
}, REFRESH_MS);

files.disabled = false;
for (const id of ['#upload-label', '#upload-drop']) find(id).hidden = false;
find('#upload-needs-script').hidden = true;
void tell_progress();
