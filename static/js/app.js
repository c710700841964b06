// @ts-check
import { can_play } from './lib/can_play.js';
import { Emitter } from './lib/emitter.js';
import { random_id } from './lib/ids.js';
import { read_json, write_json } from './lib/store.js';
import { Chat } from './models/chat.js';
import { Connection } from './models/connection.js';
import { LiveModel } from './models/live.js';
import { People } from './models/people.js';
import { PlaybackModel } from './models/playback.js';
import { Settings } from './models/settings.js';
import { find, set_text } from './lib/dom.js';

/** What early.js opened, once, while it is of use. @returns {WebSocket | null} */
function early_socket() {
  const here = /** @type {{matinee_socket?: WebSocket}} */ (window);
  const socket = here.matinee_socket;
  delete here.matinee_socket;
  return socket && socket.readyState <= WebSocket.OPEN ? socket : null;
}

/** The models of one room page, and what every controller needs of it. Says `room`, `code`, `connection`, `unread`, `tab`. */
export class App extends Emitter {
  page = /** @type {import('./types.js').PageData} */ (JSON.parse(find('meta[name="matinee-room"]').getAttribute('content') ?? '{}'));
  settings = new Settings(this.page.preferences);
  people = new People();
  playback = new PlaybackModel();
  live = new LiveModel({ later: (task, ms) => setTimeout(task, ms), cancel: (timer) => clearTimeout(timer), can: can_play() });
  /** @type {import('./types.js').Room | null} */
  room = null;
  offline = !navigator.onLine;
  /** What the header says about a connection that is not there, "" while it is. */
  lost = '';
  #tab_id = '';
  /** server's Unix time minus performance.now(), good enough for words; the engine keeps the exact clock */
  server_offset_ms = 0;

  chat = new Chat({
    unsent: read_json('sessionStorage', this.#key('unsent'), []),
    save: (unsent) => write_json('sessionStorage', this.#key('unsent'), unsent.length ? unsent : null),
  });

  connection = new Connection({
    open: () => early_socket() ?? new WebSocket(new URL(this.page.socket_path, location.href.replace(/^http/, 'ws')), 'matinee.v1'),
    later: (task, ms) => setTimeout(task, ms),
    cancel: (timer) => clearTimeout(timer),
    random: Math.random,
    join: () => ({ tab: this.#tab(), ...(this.room ? { since: { epoch: this.chat.epoch, seq: this.chat.last_seq, change: this.chat.change, rev: this.playback.rev } } : {}) }),
  });

  /** The room has another code: this page goes on under it. @param {string} code */
  take_code(code) {
    const { page } = this;
    if (code === page.code) return;
    page.share_url = page.share_url.slice(0, -page.code.length) + code;
    page.code = code;
    page.socket_path = `/rooms/${code}/socket`;
    history.replaceState(history.state, '', `/rooms/${code}`);
    this.emit('code', code);
  }

  get server_now() {
    return performance.now() + this.server_offset_ms;
  }

  /** Said to a screen reader, nothing to see. @param {string} text */
  announce(text) {
    const node = find('#announce');
    set_text(node, '');
    setTimeout(() => set_text(node, text), 50);
  }

  /** Kept over a reload, so that the new socket replaces the old one – and only then: a duplicated tab has a copy of the storage. */
  #tab() {
    const [how] = performance.getEntriesByType('navigation');
    const reloaded = /** @type {PerformanceNavigationTiming | undefined} */ (how)?.type === 'reload';
    this.#tab_id ||= (reloaded && read_json('sessionStorage', 'matinee.tab', '')) || random_id();
    write_json('sessionStorage', 'matinee.tab', this.#tab_id);
    return this.#tab_id;
  }

  /** @param {string} name */
  #key(name) {
    return `matinee.${name}.${this.page.code}`;
  }

  draft_key() {
    return this.#key('draft');
  }
}
