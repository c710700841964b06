// @ts-check
// The room page: makes the models, the engine and the controllers, and leads what the server says to whom it concerns.
import { App } from './app.js';
import { control_attention } from './controllers/attention.js';
import { control_chat } from './controllers/chat.js';
import { control_link } from './controllers/link.js';
import { control_parts } from './controllers/parts.js';
import { control_people } from './controllers/people.js';
import { control_playback } from './controllers/playback.js';
import { control_queue } from './controllers/queue.js';
import { control_stage_size } from './controllers/stage_size.js';
import { follow_viewport } from './controllers/viewport.js';
import { find, set_text } from './lib/dom.js';
import { sentence_for } from './lib/sentences.js';
import { intent_of, place_of } from './models/keys.js';
import { SyncEngine } from './sync/engine.js';
import { any_dialog_open, open_dialog, wire_dialogs } from './views/dialogs.js';
import { make_tabs } from './views/panel.js';
import { make_share } from './views/share.js';

const answered = new Set(['playback.set', 'playback.play', 'playback.pause', 'playback.seek', 'playback.rate', 'playback.start_now']);

const app = new App();
const { connection, people, playback } = app;
/** @type {import('./types.js').Engine} */
const engine = new SyncEngine({
  stage: find('#player'),
  send: (message) => (answered.has(message.type) ? connection.request(message) : void connection.send(message)),
  now: () => performance.now(),
  askBeforeLoading: () => app.settings.values.ask_first,
});

const chat = control_chat(app);
const queue = control_queue(app, engine, (text, undo) => player.notice.show(text, undo));
const player = control_playback(app, engine, queue);
const stage = control_stage_size(app);
control_people(app, say);
const parts = control_parts(app, engine, { say, alone: player.alone, watch: player.watch, intents: player.intents });
const link = control_link(app, engine, chat.composer);
const tabs = make_tabs((name) => {
  if (name === 'chat') chat.log.shown();
  app.emit('tab', name);
});
const attention = control_attention(app, tabs.is_open);
app.on('code', make_share(app.page, (text) => app.announce(text), parts.share_by_hand));
wire_dialogs();
follow_viewport();

connection.on('message', (/** @type {import('./types.js').ServerMessage} */ message) => {
  switch (message.type) {
    case 'room.welcome': return welcome(message);
    case 'chat.message':
      chat.heard(message);
      return attention.heard(message);
    case 'chat.edited': return app.chat.edited(message);
    case 'chat.deleted':
      chat.composer.gone(message.seq);
      return app.chat.deleted(message);
    case 'chat.reactions': return app.chat.reactions(message);
    case 'chat.typing': return people.typing(message.person, message.on, Date.now());
    case 'playback.state':
      if (playback.apply(message)) engine.onPlayback(message);
      return undefined;
    case 'presence.diff':
      people.diff(message);
      return engine.onPresence(message);
    case 'queue.state': return queue.queue.apply(message.queue);
    case 'room.history': return queue.queue.steps(message.actions);
    case 'live.changed': return app.live.apply(message.live);
    case 'room.changed': return room_is(message.room);
    case 'room.blocked': return people.blocked_are(message.people);
    case 'room.knocked': return people.knocked_are(message.people);
    case 'room.moved': return app.take_code(message.code);
    case 'clock.reply': return engine.onClockReply(message);
    case 'error': return message.id ? chat.refused(message) : say(sentence_for(message));
    default: return undefined;
  }
});

/** Below the picture, or above everything while there is none. @param {string} text */
function say(text) {
  if (playback.now?.media || app.live.on_stage) player.notice.show(text);
  else link.tell(text);
}

/** @param {import('./types.js').Welcome} message */
function welcome(message) {
  app.server_offset_ms = message.server_time_ms - performance.now();
  people.welcome(message.you, message.participants);
  room_is(message.room);
  playback.welcome(message.playback);
  queue.queue.welcome(message);
  app.live.apply(message.live, message.you);
  engine.onWelcome(message);
  if (message.resumed) for (const missed of message.messages) attention.heard(missed);
  chat.welcome(message);
  link.server_is(message.page_version);
}

/** @param {import('./types.js').Room} room */
function room_is(room) {
  app.room = room;
  app.take_code(room.code);
  engine.onRoom(room);
  set_text(find('#room-name'), room.name);
  const keep = /** @type {HTMLAnchorElement} */ (find('#keep-room'));
  keep.hidden = 'closed' in keep.dataset || !(room.guest_room && room.owner === people.me && app.page.you.kind === 'guest');
  keep.href = `/signup?next=/rooms/${room.code}`;
  app.emit('room', room);
}

addEventListener('keydown', (event) => {
  if (any_dialog_open()) return;
  const intent = intent_of(event, place_of(/** @type {any} */ (event.target)), app.settings.values.letter_keys);
  if (!intent) return;
  event.preventDefault();
  if (intent === 'help') open_dialog('help');
  else if (intent === 'chat') {
    stage.show_panel(true);
    tabs.select('chat');
    chat.composer.focus();
  } else if (intent === 'search') {
    stage.show_panel(true);
    chat.search();
  } else if (intent === 'fullscreen') stage.fullscreen();
  else if (intent === 'theatre') stage.wide();
  else if (!app.live.on_stage) player.key(intent);
});

connection.start();
