// What can happen to a room. wire/ makes these from JSON, the shard from connections, timers and the store. Pure values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>
#include "rooms/chat_message.h"
#include "rooms/ids.h"
#include "rooms/live.h"
#include "rooms/person.h"
#include "rooms/playback.h"
#include "rooms/queue.h"

namespace matinee::rooms {

// One line per kind: the file is read as a table.
// clang-format off

// change: the last change of messages that was heard; absent: that page knows of none and asks for none.
struct Since { std::int64_t epoch = 0; Seq seq; Revision rev; std::optional<ChangeNumber> change = {}; };

// A connection of ref.connection wants in; repeats for further ones. plays = false: it brings no player of the room's video along (a desktop
// program): nobody waits for it, and who is here already keeps the name he has. proven: the password hash whose password was given, "" when it
// was a wrong one; none was given: nothing.
struct Join { Person person; std::optional<Since> since; bool plays = true; std::optional<std::string> proven = {}; };
struct Knock { Person person; };                              // at the door: asks to be let in. The connection waits for the answer
struct StopAsking { PersonId person; bool away = false; };    // nobody of theirs waits at the door any more. away: they did not say so
struct Leave { PersonId person; };                            // the last connection has been gone for absence_ms
struct PlayerGone { PersonId person; };                       // no connection that plays for absence_ms; others are still here
struct PostChat { std::string id; std::string text; std::optional<Seq> reply_to; bool again = false; };
// The answer to AskLog: the message of this id as it stands in the log, or none. Context: actor and ref of the AskLog.
struct FoundRepeat { PostChat post; std::optional<ChatMessage> message; };
struct EditChat { Seq seq; std::string text; };
struct DeleteChat { Seq seq; };
struct React { Seq seq; std::string emoji; bool on = true; };
// The answer to AskMessage: the message as it stands in the log; none: there is none; failed: it could not be read.
struct FoundMessage { Seq seq; std::optional<ChatMessage> message; bool failed = false; };
struct Typing { bool on = false; };
struct SetMedia { std::optional<MediaRef> media; std::optional<Revision> base_rev; std::string op; };  // none = clear the stage
// From people: play, pause, seek, rate; and timeout, which is playback.start_now (ends waiting at once, no position needed).
struct PlaybackCommand { Command command = Command::pause; std::int64_t position_ms = 0; double rate = 1.0; std::optional<Revision> base_rev; std::string op; };
struct QueueAdd { MediaRef media; std::string title; bool first = false; };
struct QueueMove { ItemId item; std::optional<ItemId> before; };                                  // absent = to the end
struct QueueRemove { ItemId item; };
struct QueuePlay { ItemId item; std::optional<Revision> base_rev; std::string op; };              // now, and out of the queue
struct QueueSkip { std::optional<Revision> base_rev; std::string op; };                           // the next one now
struct QueueClear {};
struct QueueShuffle {};
struct QueueSettings { std::optional<bool> autoplay; std::optional<Loop> loop; };
struct VoteSkip { Revision rev; bool on = true; };
struct Ended { Revision rev; };                               // this person's player has come to the end of the video
struct Undo { std::int64_t action = 0; };
struct Ready { Revision rev; };                               // this person's player can start
struct Status { std::int64_t position_ms = 0; std::int64_t ahead_ms = 0; std::string state; std::int64_t error_ms = 0; std::optional<std::int64_t> live_ms = {}; };
struct RoundTrip { std::int64_t rtt_ms = 0; };                // as reported in clock.probe
struct Signal { std::string data; };                          // JSON text, ≤ signal_bytes_max, passed on as it is
struct SetRole { PersonId person; Role role = Role::member; };
struct RemovePerson { PersonId person; };
struct Block { PersonId person; };
struct Unblock { PersonId person; };
struct Silence { PersonId person; std::int64_t for_ms = 0; bool on = true; };  // for_ms 0 = until lifted
struct ChangeSettings {
  std::optional<std::string> name; std::optional<Preset> preset; std::optional<GrantTable> grants; std::optional<WaitPolicy> policy;
  std::optional<std::int64_t> slow_ms = {};
  std::optional<Access> access = {}; std::optional<std::string> password_hash = {};   // the hash was made elsewhere: no password comes in here
};
struct LetIn { PersonId person; bool on = true; };            // the answer to somebody who asks to be let in
struct NewCode {};                                            // answered by DrawCode
struct CodeChanged { std::string code; };                     // it is stored. Context: actor and ref of the DrawCode
struct CloseRoom {};
struct Stored { Seq up_to; };                                 // committed: everything up to and with this seq
// An unmarked repeat met the log's unique index: seq holds a void row now, the message is the older one at original. Everything before
// seq is committed too. The author gets the older message as the answer, nobody else hears of it.
struct StoredVoid { Seq seq; Seq original; };
struct ChangeStored { ChangeNumber up_to; };                  // likewise, with this change of a message
// Nothing from this seq and this change on was committed, and neither was whatever was numbered after either.
struct StoreFailed { Seq from; std::optional<ChangeNumber> change_from = {}; };
struct TimerFired { std::int64_t id = 0; };
struct SetLive { LiveState live; };                           // the whole state, from whoever serves the media
// Profile change (name, picture), guest kept the room.
struct Renamed { PersonId person; std::string name; PersonKind kind = PersonKind::account; std::string avatar = {}; std::string name_key = {}; };

using Event = std::variant<Join, Leave, PostChat, FoundRepeat, Typing, SetMedia, PlaybackCommand, Ready, Status, RoundTrip, Signal,
                           SetRole, RemovePerson, Block, Unblock, Silence, ChangeSettings, CloseRoom, Stored, StoreFailed, TimerFired, Renamed, StoredVoid, PlayerGone, SetLive,
                           QueueAdd, QueueMove, QueueRemove, QueuePlay, QueueSkip, QueueClear, QueueShuffle, QueueSettings, VoteSkip, Ended, Undo,
                           EditChat, DeleteChat, React, FoundMessage, ChangeStored, Knock, StopAsking, LetIn, NewCode, CodeChanged>;

// Where an answer goes. client is the message's "ref", empty when it had none (then only refusals are answered).
struct Ref { ConnectionId connection; std::string client; };

struct Context {
  std::int64_t now_ms = 0;   // server time, Unix ms, never steps
  PersonId actor;            // 0 = the room, a timer, the store
  Ref ref;
};

}  // namespace matinee::rooms
