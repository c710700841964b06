// @ts-check
import { find, set_attribute, set_text } from '../lib/dom.js';
import { write_json, read_json } from '../lib/store.js';
import { t } from '../lib/strings.js';
import { let_in_again } from '../models/connection.js';
import { read_draft, worth_keeping } from '../models/draft.js';
import { set_banner } from '../views/banner.js';
import { show_ending } from '../views/ending.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../types.js').Engine} Engine */

const quiet_ms = 2_000;
const told_ms = 10_000;
const patience_ms = 10_000;

const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
const page_anew = () => fetch(location.pathname, { cache: 'no-store', signal: AbortSignal.timeout(patience_ms) });

/**
 * The line to the server as people see it: the dot in the header, a quiet banner after two seconds, and the page that says it is over.
 * @param {App} app @param {Engine} engine @param {Pick<import('../views/composer.js').Composer, 'draft' | 'restore'>} composer
 */
export function control_link(app, engine, composer) {
  const { connection } = app;
  let was_joined = false;
  let outdated = false;
  let told = '';
  let telling = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  const words = () => {
    if (connection.state === 'joined') return { state: 'joined', text: t('link_state.joined') };
    if (connection.state === 'door') return { state: 'door', text: t('door.here') };
    if (connection.state === 'ended') return { state: 'ended', text: t('link_state.ended') };
    if (app.offline) return { state: 'offline', text: t('link_state.offline') };
    return { state: 'connecting', text: was_joined ? t('link_state.reconnecting') : t('link_state.connecting') };
  };
  const paint = () => {
    const { state, text } = words();
    app.lost = state === 'joined' ? '' : text;
    set_attribute(find('#connection'), 'data-state', state);
    set_text(find('#connection-text'), text);
    if (state === 'connecting') {
      // Counted from the break on, however many tries there are.
      timer ??= setTimeout(() => set_banner(was_joined ? t('banner.reconnecting') : t('banner.connecting')), quiet_ms);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    if (state === 'offline') set_banner(t('banner.offline'));
    else if (state === 'joined' && outdated) set_banner(t('banner.new_version'), { text: t('banner.reload'), act: () => location.reload() });
    else set_banner(told);
  };

  connection.on('state', (state) => {
    if (state === 'joining') engine.connectionOpen();
    else if (state !== 'joined') engine.connectionLost();
    was_joined ||= state === 'joined';
    paint();
    app.emit('connection', state);
    if (state === 'ended') over(connection.ending);
  });

  /** @param {string} reason */
  async function over(reason) {
    engine.close();
    if (reason === 'replaced') {
      set_banner(t('banner.replaced'), { text: t('banner.use_here'), act: () => connection.restart() });
      return;
    }
    // Only a page that was in the room: one that reloads into the same refusal would do so for ever.
    if (reason === 'logged_out' && was_joined && (await let_in_again(wait, page_anew))) return location.reload();
    write_json('sessionStorage', app.draft_key(), worth_keeping(composer.draft()));
    show_ending(reason, app.page.code);
  }

  // Going offline may be a mistaken report: as long as the socket answers, nobody is told anything.
  const network = (/** @type {boolean} */ offline) => {
    app.offline = offline;
    connection.wake();
    paint();
    app.emit('connection', connection.state);
  };
  addEventListener('online', () => network(false));
  addEventListener('offline', () => network(true));
  document.addEventListener('visibilitychange', () => !document.hidden && connection.wake());
  addEventListener('pageshow', (event) => event.persisted && connection.wake());
  addEventListener('pagehide', () => write_json('sessionStorage', app.draft_key(), worth_keeping(composer.draft())));
  composer.restore(read_draft(read_json('sessionStorage', app.draft_key(), '')));
  paint();

  return {
    /** A sentence for a while, where there is no other place for one. @param {string} text */
    tell(text) {
      told = text;
      clearTimeout(telling);
      telling = setTimeout(() => {
        told = '';
        paint();
      }, told_ms);
      paint();
    },
    /** What the server gives out now. The room goes on with this page; what is written is kept over the reload. @param {string | undefined} version */
    server_is(version) {
      outdated = version !== undefined && version !== app.page.version;
      paint();
    },
  };
}
