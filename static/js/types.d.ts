// The wire of docs/protocol.md, once, for the type checker. Nothing here exists at run time.

export type Role = 'owner' | 'moderator' | 'member' | 'guest';
export type Grant =
  | 'chat' | 'react' | 'queue_add' | 'play_now' | 'control' | 'reorder' | 'skip'
  | 'remove' | 'block' | 'stop_chat' | 'edit_room' | 'delete_messages' | 'go_live';
export type Preset = 'friends' | 'class' | 'stage' | 'custom';
export type Access = 'open' | 'accounts' | 'password' | 'ask';
export type WaitPolicy = 'free' | 'fair' | 'strict';
export type PlayerState = 'playing' | 'paused' | 'buffering' | 'ad' | 'blocked' | 'failed' | 'hidden' | 'alone';

export interface Message {
  seq: number; id: string; author: string; name: string; text: string; at_ms: number;
  reply_to?: number; media?: string; media_time_ms?: number;
  edited_at_ms?: number; deleted?: boolean; reactions?: Reaction[];
}
/** `people` are some of those who reacted, `count` is all of them. */
export interface Reaction { emoji: string; count: number; people: string[] }
export interface Participant {
  id: string; name: string; kind: 'account' | 'guest'; role: Role;
  avatar?: string; silenced_until_ms?: number; state?: PlayerState; error_ms?: number; ahead_ms?: number; live_ms?: number;
}
export interface Room {
  code: string; name: string; preset: Preset; grants: Record<Role, Grant[]>;
  wait_policy: WaitPolicy; owner: string; guest_room: boolean; access: Access; slow_ms?: number;
}
export interface Media { kind: 'youtube' | 'file' | 'hls' | 'stream'; url: string; video_id?: string; start_ms?: number; live?: boolean; }
export interface Playback {
  rev: number; epoch: number; phase: 'idle' | 'waiting' | 'playing' | 'paused'; media: Media | null;
  position_ms: number; at_ms: number; rate: number; by: string; op: string;
  wait_until_ms?: number; waiting_for?: string[];
}

export interface LiveStream {
  id: number; kind: 'camera' | 'screen' | 'file' | 'link' | 'feed'; room_video: boolean; title: string; publisher: string; name: string;
  width: number; height: number; fps: number; sound: boolean; online: boolean; viewers: number;
  /** How it can be had, and what is in it; absent: as pictures. */
  forms?: string[]; codecs?: string[];
  /** There is a picture of it at /live/{id}/thumb.jpg. */
  still?: boolean;
  /** It is kept, in whose library, since when (server time); ended: it broke off, why. */
  recording?: { by: string; name: string; since_ms: number; ended?: string };
}
export interface Live {
  streams: LiveStream[]; desktops: number; windows: number; frames: 'none' | 'asking' | 'live' | 'nobody';
}

export interface Welcome {
  type: 'room.welcome'; you: string; room: Room; participants: Participant[]; playback: Playback; live: Live; queue: Queue; actions: Action[];
  messages: Message[]; more_before: boolean; epoch: number; seq: number; server_time_ms: number; resumed: boolean; page_version?: string;
  change?: number; changed?: Message[];
}
export interface ChatMessage extends Message { type: 'chat.message' }
export interface ChatEdited { type: 'chat.edited'; seq: number; text: string; edited_at_ms: number; change?: number }
export interface ChatDeleted { type: 'chat.deleted'; seq: number; by: string; change?: number }
export interface ChatReactions { type: 'chat.reactions'; seq: number; reactions: Reaction[]; change?: number }
export interface ChatFound { type: 'chat.found'; ref: string; messages: Message[]; more_before: boolean }
export interface ChatPage { type: 'chat.page'; ref: string; messages: Message[]; more_before: boolean }
export interface ChatTyping { type: 'chat.typing'; person: string; on: boolean }
export interface PlaybackState extends Playback { type: 'playback.state' }
export interface PresenceDiff { type: 'presence.diff'; changed: Participant[]; left: string[] }
export interface QueueItem { id: number; media: Media; title: string; by: string; name: string }
export interface Queue { rev: number; items: QueueItem[]; autoplay: boolean; loop: 'off' | 'all' | 'one'; votes: string[]; votes_needed: number }
export interface Action {
  id: number; what: 'video' | 'cleared' | 'skipped' | 'jumped' | 'item_removed' | 'queue_cleared' | 'queue_shuffled' | 'undone';
  by: string; name: string; detail: string; at_ms: number; can_undo: boolean;
}
export interface QueueState { type: 'queue.state'; queue: Queue }
export interface RoomHistory { type: 'room.history'; actions: Action[] }
export interface RoomChanged { type: 'room.changed'; room: Room; by: string }
export interface LiveChanged { type: 'live.changed'; live: Live }
export interface RoomClosed { type: 'room.closed' }
export interface RoomSignal { type: 'room.signal'; from: string; data: unknown }
export interface RoomBlocked { type: 'room.blocked'; people: { id: string; name: string }[] }
export interface Knocked { id: string; name: string; kind: 'account' | 'guest' }
/** Who asks to be let in, the first one first: to those who may. */
export interface RoomKnocked { type: 'room.knocked'; people: Knocked[] }
export interface RoomAdmitted { type: 'room.admitted'; on: boolean; why?: 'refused' | 'nobody' | 'changed' | 'cancelled' | 'closed' }
export interface RoomMoved { type: 'room.moved'; code: string }
export interface YouWere { type: 'you.were'; what: 'removed' | 'blocked'; by: string }
export interface ClockReply { type: 'clock.reply'; t1: number; t2: number; t3: number }
export interface Ok { type: 'ok'; ref: string; rev?: number }
export interface WireError {
  type: 'error'; ref?: string; id?: string; code: string; message: string; detail?: string | number; retry_ms?: number;
}
export type ServerMessage =
  | Welcome | ChatMessage | ChatPage | ChatEdited | ChatDeleted | ChatReactions | ChatFound | ChatTyping | PlaybackState | PresenceDiff | RoomChanged | LiveChanged | QueueState | RoomHistory | RoomClosed
  | RoomSignal | RoomBlocked | RoomKnocked | RoomAdmitted | RoomMoved | YouWere | ClockReply | Ok | WireError;
export type Reply = Ok | WireError | ChatPage | ChatFound;
export interface ClientMessage { type: string; ref?: string; [field: string]: unknown }

/** The content of <meta name="matinee-room">. */
export interface PageData {
  code: string; name: string; you: { id: string; name: string; kind: 'account' | 'guest' };
  share_url: string; csrf: string; socket_path: string; version: string;
  /** The video file on the stage when the page was made. */ file?: string;
  preferences?: import('./models/settings.js').Preferences;
  /** What each of them grants to each role; the owner has everything. */ presets: Record<string, Record<string, Grant[]>>;
}

/** What the sync engine tells the screen, at most four times a second and on every change. */
export interface Badge {
  kind: 'in-step' | 'catching-up' | 'waiting' | 'alone' | 'sound-off' | 'ad' | 'failed' | 'idle' | 'reconnecting';
  text: string; ms?: number; until_ms?: number; names?: string[];
}
export interface PlayerView {
  phase: Playback['phase']; positionMs: number; durationMs: number | null; rate: number; buffering: boolean;
  badge: Badge; needsTap: boolean; error: null | { code: string; text: string }; canSeek: boolean; needsConsent?: boolean;
  live?: boolean; over?: boolean;
}
export interface Engine extends EventTarget {
  onWelcome(welcome: Welcome): void;
  onPlayback(playback: PlaybackState): void;
  onClockReply(reply: ClockReply): void;
  connectionLost(): void;
  connectionOpen(): void;
  close(): void;
  play(): void;
  pause(): void;
  seek(ms: number): void;
  setRate(rate: number): void;
  setVolume(volume: number): void;
  setMuted(muted: boolean): void;
  resync(): void;
  watchAlone(on: boolean): void;
  tapForSound(): void;
  startNow(): void;
  loadAnyway(): void;
  onPresence(diff: { changed: Participant[] }): void;
  onRoom(room: Room): void;
  /** This person's player runs so much ahead of the room (−1000 … 1000), because their sound comes late. */
  setOffset(ms: number): void;
  /** Server time now, ms; local time while nothing was measured. */
  serverNow(): number;
  serverMs(): number | null;
}
/** What the engine is made from. */
export interface EngineOptions {
  stage: HTMLElement;
  send(message: ClientMessage): Promise<Reply> | void;
  now(): number;
  askBeforeLoading(): boolean;
}
