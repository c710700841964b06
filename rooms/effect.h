// What a room wants done. The shard carries effects out in order; wire/encode turns the messages into JSON, once. Pure values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
#include "rooms/chat_message.h"
#include "rooms/event.h"
#include "rooms/ids.h"
#include "rooms/live.h"
#include "rooms/person.h"
#include "rooms/playback.h"
#include "rooms/queue.h"
#include "rooms/result.h"

namespace matinee::rooms {

// One line per kind: the file is read as a table.
// clang-format off

// ---- what people are told (server → client messages)
struct ChatEdited { ChangeNumber change; Seq seq; std::string text; std::int64_t edited_at_ms = 0; };
struct ChatDeleted { ChangeNumber change; Seq seq; PersonId by; };
struct ChatReactions { ChangeNumber change; Seq seq; std::vector<Reaction> reactions; };   // all of that message; the newest counts
struct ParticipantInfo {
  PersonId id; std::string name; PersonKind kind = PersonKind::guest; Role role = Role::guest;
  std::int64_t silenced_until_ms = -1;                        // −1 = may chat, 0 = until lifted
  std::string state; std::int64_t error_ms = 0; std::int64_t ahead_ms = 0;   // last Status, "" before the first
  std::optional<std::int64_t> live_ms = {};                     // how far behind now their live stream must stay
  std::string avatar = {};
};
struct RoomInfo {
  std::string code; std::string name; Preset preset = Preset::friends; GrantTable grants; WaitPolicy policy = WaitPolicy::fair;
  PersonId owner; bool guest_room = false; Access access = Access::open;
  std::int64_t slow_ms = 0;                                   // between two messages of one person; 0 = no slow mode
};
struct QueueView { QueueState queue; std::vector<PersonId> votes; std::int64_t votes_needed = 0; };   // votes to skip what plays now
// What somebody did to the whole room, newest last. detail: the video's link, the item's title, or the position in ms jumped to.
enum class ActionKind : std::uint8_t { video, cleared, skipped, jumped, item_removed, queue_cleared, queue_shuffled, undone };
[[nodiscard]] std::string_view to_string(ActionKind what);
struct Action {
  std::int64_t id = 0; ActionKind what = ActionKind::video; PersonId by; std::string by_name; std::string detail;
  std::int64_t at_ms = 0; bool can_undo = false;
};
struct Welcome {
  PersonId you; RoomInfo room; std::vector<ParticipantInfo> participants; PlaybackState playback; LiveState live; QueueView queue; std::vector<Action> actions;
  std::vector<ChatMessage> messages; bool more_before = false;   // older messages exist
  std::int64_t epoch = 0; Seq seq; std::int64_t server_time_ms = 0;
  bool resumed = false;                                          // messages hold exactly what was missed …
  std::vector<ChatMessage> changed; ChangeNumber change;         // … and changed what was seen and has changed since
};
struct PresenceDiff { std::vector<ParticipantInfo> changed; std::vector<PersonId> left; };   // joined or changed; left
struct TypingNow { PersonId person; bool on = false; };
// The same rev may be told again while the room waits: then only waiting_for is new (at most waiting_for_named_max of them).
struct PlaybackChanged { PlaybackState state; std::int64_t epoch = 0; std::vector<PersonId> waiting_for; };
struct RoomChanged { RoomInfo room; PersonId by; };
struct RoomClosed {};
struct LiveChanged { LiveState live; };
struct QueueChanged { QueueView queue; };
struct ActionsChanged { std::vector<Action> actions; };        // the whole list, ≤ actions_max
struct SignalFrom { PersonId from; std::string data; };
struct YouWere { std::string what; PersonId by; };               // "removed" | "blocked", before the disconnect
struct BlockedPeople { std::vector<std::pair<PersonId, std::string>> people; };   // to those who may block: by name, ≤ blocks_shown_max
struct KnockedPeople { std::vector<Person> people; };            // to those who may let them in: who asks, the first one first; all of them
struct Admitted { bool on = false; std::string why = {}; };      // to who asked. on: join now. Otherwise why: "refused" | "nobody" (came) | "cancelled" | "closed" | "changed" (join, and see)
struct RoomMoved { std::string code; };                          // to who was inside when the room got this new code and comes by an older one

using Outgoing = std::variant<Welcome, ChatMessage, PresenceDiff, TypingNow, PlaybackChanged, RoomChanged, RoomClosed, SignalFrom, YouWere, BlockedPeople,
                              LiveChanged, QueueChanged, ActionsChanged, ChatEdited, ChatDeleted, ChatReactions,
                              KnockedPeople, Admitted, RoomMoved>;

// ---- what the shard does
struct ReplyOk { Ref ref; std::optional<Seq> seq; std::optional<Revision> rev; };
struct ReplyError { Ref ref; Error error; std::string message_id = {}; };   // message_id: the "id" of a refused chat.post
struct Push { ConnectionId connection; Outgoing message; };     // one connection
struct PushPerson { PersonId person; Outgoing message; };       // all connections of one person
struct Admit { ConnectionId connection; PersonId person; };     // this connection joins the room's fan-out; comes before its Welcome
struct Await { ConnectionId connection; PersonId person; };      // this connection waits at the door for an Answer
struct Answer { PersonId person; Admitted message; };           // to all connections of this person that wait; they wait no longer
struct DrawCode { Ref ref; PersonId by; };                      // a new code for the room: draw, store, then CodeChanged
struct Broadcast { Outgoing message; };                         // all, the sender included
struct Store { ChatMessage message; bool void_row = false; };   // append to the log; answered by Stored or StoreFailed, in order
struct AskLog { PersonId author; PostChat post; Ref ref; };     // was this (author, id) stored long ago? answered by FoundRepeat
struct StoreChange { MessageChange change; };                   // likewise; answered by ChangeStored or StoreFailed
struct AskMessage { Seq seq; };                                 // an older message that is to be changed; answered by FoundMessage
struct SaveRoom {};                                             // name, preset, grants, policy, access, roles, blocks, playback changed: save Room::snapshot()
struct SetTimer { std::int64_t id = 0; std::int64_t at_ms = 0; };  // replaces a timer of the same id; at_ms 0 cancels it
struct Disconnect { PersonId person; int close_code = 1008; };  // every connection of this person
struct DisconnectAll { int close_code = 4004; };

using Effect = std::variant<ReplyOk, ReplyError, Push, PushPerson, Admit, Broadcast, Store, AskLog, SaveRoom, SetTimer, Disconnect, DisconnectAll,
                            StoreChange, AskMessage, Await, Answer, DrawCode>;
using EffectList = std::vector<Effect>;

}  // namespace matinee::rooms
