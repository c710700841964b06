// The inside of a Room, shared by the room_*.cpp files and by nobody else. Each file holds one part of the behaviour:
// people (join, leave, presence), chat, changes (of messages), playback, moderation (roles, remove, block, silence), settings (name,
// rights, closing, saving), live (what the media tell), access (who gets in, who asks to, the room's code).
// Belongs to one shard's thread.
#pragma once
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>
#include "rooms/actions.h"
#include "rooms/chat_log.h"
#include "rooms/playback.h"
#include "rooms/presence.h"
#include "rooms/queue.h"
#include "rooms/rate.h"
#include "rooms/room.h"

namespace matinee::rooms {

struct Participant {
  Person person;         // its name as everybody here reads it
  std::string own_name;  // as the person says it
  std::string shown_key;
  bool plays = true;  // has a player; false: only a desktop program
  std::string state;  // last Status
  std::int64_t error_ms = 0;
  std::int64_t ahead_ms = 0;
  std::optional<std::int64_t> live_ms;
  std::int64_t round_trip_ms = 0;
  std::int64_t round_trip_at_ms = 0;  // 0 = none reported yet
  std::int64_t typing_until_ms = 0;   // 0 = not typing
  std::int64_t stalled_since_ms = 0;  // 0 = not stalled
  bool stall_held = false;            // this stall has held the room already: once is enough
  TokenBucket chat;
  TokenBucket commands;
  TokenBucket signals;  // and typing
};

// One call of handle(): who asks, when, and where the effects go.
struct Turn {
  const Context& context;
  EffectList& effects;
  std::string message_id;  // of a chat.post: a refusal names it

  template <class Made>
  void emit(Made effect) {
    effects.emplace_back(std::move(effect));
  }
  void tell_all(Outgoing message) { emit(Broadcast{std::move(message)}); }
  void ok(std::optional<Seq> seq = std::nullopt, std::optional<Revision> rev = std::nullopt);
  void refuse(ErrorCode code, std::string detail = {}, std::int64_t retry_ms = 0);
  void refuse(Error error);
  [[nodiscard]] std::int64_t now_ms() const { return context.now_ms; }
};

enum class Timer : std::int64_t { presence = 1, typing = 2, wait = 3, stall = 4, save = 5, stream = 6, knocks = 10 };

struct Room::State {
  State(RoomSnapshot snapshot, RoomOptions options_given, std::int64_t now_ms);

  // ---- people
  void on(const Join& join, Turn& turn);
  void on(const Leave& leave, Turn& turn);
  void on(const PlayerGone& gone, Turn& turn);
  void on(const Renamed& renamed, Turn& turn);
  void on(const Status& status, Participant& actor, Turn& turn);
  void on(const Typing& typing, Participant& actor, Turn& turn);
  void on(const Signal& signal, Participant& actor, Turn& turn);
  void on(const RoundTrip& round_trip, Participant& actor, Turn& turn);
  // ---- chat
  void on(const PostChat& post, Participant& actor, Turn& turn);
  void on(const FoundRepeat& found, Turn& turn);
  void on(const Stored& stored, Turn& turn);
  void on(const StoreFailed& failed, Turn& turn);
  void on(const StoredVoid& voided, Turn& turn);
  // ---- changes of messages
  void on(const EditChat& edit, Participant& actor, Turn& turn);
  void on(const DeleteChat& removal, Participant& actor, Turn& turn);
  void on(const React& reaction, Participant& actor, Turn& turn);
  void on(const FoundMessage& found, Turn& turn);
  void on(const ChangeStored& stored, Turn& turn);
  // ---- playback
  void on(const SetMedia& set, Participant& actor, Turn& turn);
  void on(const PlaybackCommand& command, Participant& actor, Turn& turn);
  void on(const Ready& ready, Participant& actor, Turn& turn);
  // ---- queue and history
  void on(const QueueAdd& add, Participant& actor, Turn& turn);
  void on(const QueueMove& move, Participant& actor, Turn& turn);
  void on(const QueueRemove& remove, Participant& actor, Turn& turn);
  void on(const QueuePlay& play, Participant& actor, Turn& turn);
  void on(const QueueSkip& skip, Participant& actor, Turn& turn);
  void on(const QueueClear& clear, Participant& actor, Turn& turn);
  void on(const QueueShuffle& shuffle, Participant& actor, Turn& turn);
  void on(const QueueSettings& settings, Participant& actor, Turn& turn);
  void on(const VoteSkip& vote, Participant& actor, Turn& turn);
  void on(const Ended& end, Participant& actor, Turn& turn);
  void on(const Undo& undo, Participant& actor, Turn& turn);
  // ---- moderation
  void on(const SetRole& set, Participant& actor, Turn& turn);
  void on(const RemovePerson& remove, Participant& actor, Turn& turn);
  void on(const Block& block, Participant& actor, Turn& turn);
  void on(const Unblock& unblock, Participant& actor, Turn& turn);
  void on(const Silence& silence, Participant& actor, Turn& turn);
  // ---- access
  void on(const Knock& knock, Turn& turn);
  void on(const StopAsking& stop, Turn& turn);
  void on(const LetIn& let, Participant& actor, Turn& turn);
  void on(const NewCode& wanted, Participant& actor, Turn& turn);
  void on(const CodeChanged& changed, Turn& turn);
  // ---- settings
  void on(const ChangeSettings& change, Participant& actor, Turn& turn);
  void on(const CloseRoom& close, Participant& actor, Turn& turn);
  void on(const TimerFired& fired, Turn& turn);
  // ---- live
  void on(const SetLive& set, Turn& turn);
  [[nodiscard]] std::optional<Error> unplayable(const MediaRef& media) const;  // a stream that is not here, or not for everybody at once
  [[nodiscard]] bool plays_missing_stream() const;                             // on the stage, and does not run
  void watch_stream(Turn& turn);                                               // after what plays, or runs, has changed
  void end_stream(Turn& turn);

  // ---- asked by several of the above
  [[nodiscard]] Participant* find(PersonId person);
  [[nodiscard]] const Participant* find(PersonId person) const;
  [[nodiscard]] Role role_of(const Person& person) const;
  [[nodiscard]] bool may(const Participant& actor, Grant grant) const;
  [[nodiscard]] bool allow_command(Participant& actor, Turn& turn);                   // refuses with slow_down
  [[nodiscard]] bool allow(const Participant& actor, Grant grant, Turn& turn) const;  // refuses with forbidden
  [[nodiscard]] std::int64_t silenced_until(PersonId person, std::int64_t now_ms) const;
  [[nodiscard]] bool is_blocked(PersonId person, std::int64_t now_ms) const;
  [[nodiscard]] BlockedPeople blocked_people(std::int64_t now_ms) const;
  void tell_blocked(Turn& turn);  // to everybody who may block
  [[nodiscard]] bool is_address_blocked(const Person& person, std::int64_t now_ms) const;
  [[nodiscard]] bool is_kept_out(const Person& person, std::int64_t now_ms) const;
  [[nodiscard]] ParticipantInfo info_of(const Participant& participant, std::int64_t now_ms) const;
  [[nodiscard]] std::optional<Person> person_known(PersonId person) const;  // here, left lately, or wrote lately

  // ---- people
  void welcome(const Participant& participant, const std::optional<Since>& since, Turn& turn);
  // What `person` is called here, and under which key.
  [[nodiscard]] std::string free_name(const Person& person, std::string& key) const;
  void take_name(Participant& participant, const Person& said, Turn& turn);  // a guest of that name may get another: everybody is told
  void give_name_back(const Participant& participant);
  void tell_name(const Participant& participant, Turn& turn);
  bool name_publishers(LiveState& told) const;  // as the room calls them; false: as they were
  void depart(PersonId person, Turn& turn);     // out of the room's books; the connections are the shard's
  void presence_soon(Turn& turn);
  void presence_changed(PersonId person, Turn& turn);
  void tell_presence(Turn& turn);
  void stop_typing(Participant& participant, Turn& turn);
  void end_typing_marks(Turn& turn);
  // ---- chat
  [[nodiscard]] bool allow_chat_pace(Participant& actor, Turn& turn) const;  // refuses with slow_down
  [[nodiscard]] bool may_write(const Participant& actor, const std::string& text, Turn& turn) const;
  [[nodiscard]] bool may_post(const Participant& actor, const PostChat& post, Turn& turn) const;
  [[nodiscard]] bool allow_slow_mode(const Participant& actor, Turn& turn) const;  // likewise
  void note_post(PersonId author, std::int64_t at_ms);
  void accept(const Participant& actor, const PostChat& post, Turn& turn);
  void tell(const ChatLog::Committed& committed, Turn& turn);
  // ---- changes of messages
  using Wish = std::variant<EditChat, DeleteChat, React>;
  struct WaitingChange {
    Wish wish;
    PersonId actor;
    Ref ref;
  };
  void change(Wish wish, Seq seq, const Participant& actor, Turn& turn);
  void carry_out(const EditChat& edit, const ChatLog::Standing& standing, const Participant& actor, Turn& turn);
  void carry_out(const DeleteChat& removal, const ChatLog::Standing& standing, const Participant& actor, Turn& turn);
  void carry_out(const React& reaction, const ChatLog::Standing& standing, const Participant& actor, Turn& turn);
  void store(MessageChange change, Turn& turn);
  [[nodiscard]] bool may_delete(const Participant& actor, const ChatMessage& message, Turn& turn) const;
  // ---- playback
  [[nodiscard]] PlaybackContext playback_context(std::int64_t now_ms) const;
  [[nodiscard]] std::int64_t start_delay_ms(std::int64_t now_ms) const;
  [[nodiscard]] std::vector<PersonId> waiting_names() const;
  bool command(const CommandArgs& args, Turn& turn);       // by a person: answers; false when refused
  void room_command(const CommandArgs& args, Turn& turn);  // by the room itself
  void room_command(Command command, Turn& turn);
  void refuse_stale(Turn& turn);  // and tells what is true now
  void playback_changed(Turn& turn);
  void wait_for(const Participant& participant, Turn& turn);  // somebody came while the room waits
  void wait_no_longer_for(PersonId person, Turn& turn);
  void note_stall(Participant& participant, Turn& turn);
  void check_stalls(Turn& turn);
  // ---- queue and history
  [[nodiscard]] QueueView queue_view() const;
  [[nodiscard]] std::int64_t votes_needed() const;
  void queue_changed(Turn& turn);
  void go_on(PersonId by, const std::string& op, Turn& turn);
  bool skip_if_voted(Turn& turn);
  void stage_changed(Turn& turn);
  void forget_votes_of(PersonId person, Turn& turn);
  void note(ActionKind what, const Participant& actor, std::string detail, Before before, Turn& turn);
  void note_jump(const Participant& actor, PlaybackState before, Turn& turn);
  void put_back(const PlaybackState& earlier, PersonId by, Turn& turn);
  // ---- moderation
  struct Target {
    Person person;
    Role role = Role::guest;
  };
  [[nodiscard]] std::optional<Target> target_of(PersonId person, const Participant& actor,
                                                Turn& turn) const;  // refuses unknown_person, cannot_target
  void show_out(PersonId person, std::string what, PersonId by, Turn& turn);
  void set_role(const Person& person, Role role, Turn& turn);
  void hand_over(const Person& heir, const Participant& owner, Turn& turn);
  // ---- access
  struct Asker {
    Person person;
    std::int64_t asked_at_ms = 0;
  };
  [[nodiscard]] bool gets_in_always(const Person& person) const;  // owner, moderators, who is inside, who was let in before
  // Why this person cannot come in; nothing: come in.
  [[nodiscard]] std::optional<ErrorCode> stopped_at_door(const Person& person, const std::optional<std::string>& proven) const;
  [[nodiscard]] std::optional<Error> stopped_from_asking(const Person& person, std::int64_t now_ms);
  [[nodiscard]] bool asks(PersonId person) const;
  [[nodiscard]] KnockedPeople knocked_people() const;
  void tell_askers(Turn& turn);  // to everybody who may let them in
  void remember_admitted(PersonId person);
  void forget_admitted(PersonId person) { std::erase(admitted, person); }
  // Out of the queue; nothing happens when the person is not in it.
  void answer_asker(PersonId person, Admitted answer, std::int64_t again_after_ms, Turn& turn);
  void end_old_knocks(Turn& turn);
  void set_access(Access access, std::string hash, Turn& turn);
  [[nodiscard]] bool is_fine(const ChangeSettings& change, Turn& turn) const;
  // ---- settings
  void save_now(Turn& turn);
  void save_soon(Turn& turn);

  RoomInfo info;
  RoomOptions options;                           // its message lists are taken over by chat
  std::map<PersonId, Participant> participants;  // ordered: the same history gives the same effects on every machine
  std::map<std::string, PersonId> named;         // by key: whose it is, of those who are here
  std::map<PersonId, Role> roles;                // where it differs from what the kind of person gives
  std::map<PersonId, RoomSnapshot::BlockEntry> blocks;
  std::map<PersonId, std::int64_t> silenced;  // person → until, 0 = until lifted
  std::list<Person> departed;                 // newest last, ≤ departed_max
  std::string password_hash;                  // access password
  std::vector<PersonId> admitted;             // the first one first
  std::list<Asker> askers;                    // likewise
  struct Answered {
    std::int64_t again_at_ms = 0;
    std::string why;
  };
  std::map<PersonId, Answered> knocks_from;  // who asked lately → when they may ask again, and what they were told
  TokenBucket knocks;                        // of everybody together
  std::set<PersonId> along;                  // who was inside when the code changed last
  std::int64_t next_code_at_ms = 0;
  ChatLog chat;
  std::map<PersonId, std::int64_t> last_posts;                // while there is a slow mode: when, ≤ slow_people_max
  std::map<Seq, std::vector<WaitingChange>> waiting_changes;  // until their message has been read from the log
  Playback playback;
  Queue queue;
  ActionBook actions;
  Revision stage_since;            // of the video on the stage: votes made against an earlier one do not count
  std::set<PersonId> skip_votes;   // against what plays now
  std::set<PersonId> ended;        // who has seen the end of what plays now
  std::set<PersonId> waiting_for;  // phase waiting: who is not ready yet
  std::set<PersonId> typing;       // who has a typing mark
  Presence presence;
  LiveState live;  // not saved: it is made anew by whoever serves the media
  bool presence_timer_set = false;
  bool waiting_names_changed = false;  // told with the next presence diff
  bool wait_timer_set = false;
  bool stream_timer_set = false;
  std::int64_t last_save_ms = 0;
  std::int64_t save_timer_at_ms = 0;  // 0 = not set
  bool closed = false;
};

}  // namespace matinee::rooms
