// @ts-check
// The list of what is live, true while the page stays open: the page is asked for again, its list taken over when it is another one,
// and the stills are fetched anew.
const every_ms = 10_000;
const list = /** @type {HTMLElement} */ (document.querySelector('#live-list'));
/** As the server wrote it last. */
let written = list.cloneNode(true);

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { cache: 'no-store' });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('#live-list');
  if (!fresh) return;
  if (!fresh.isEqualNode(written)) take(fresh);
  else for (const still of list.querySelectorAll('img')) still.src = `${still.src.split('?')[0]}?at=${Date.now()}`;
}

/** Whoever stands on a link by keyboard goes on standing there. @param {Element} fresh */
function take(fresh) {
  written = fresh.cloneNode(true);
  const link = list.contains(document.activeElement) && document.activeElement?.getAttribute('href');
  list.replaceChildren(...document.adoptNode(fresh).childNodes);
  if (link) /** @type {HTMLElement | null} */ (list.querySelector(`a[href="${CSS.escape(link)}"]`))?.focus();
}

// A stream that has no still yet shows its sign.
list.addEventListener('error', ({ target }) => { if (target instanceof HTMLImageElement) target.hidden = true; }, { capture: true });
list.addEventListener('load', ({ target }) => { if (target instanceof HTMLImageElement) target.hidden = false; }, { capture: true });

const try_it = () => { look().catch(() => {}); };
setInterval(try_it, every_ms);
document.addEventListener('visibilitychange', try_it);
