// A whole room in a world that misbehaves: people with several tabs, a network that delays, doubles, reorders and loses, a store
// that fails or forgets to answer, and a server that is killed. Everything comes from one seed. A broken promise throws Broken.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>
#include "rooms/room.h"

namespace matinee::rooms::sim {

struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// splitmix64: small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  std::int64_t below(std::int64_t bound) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound)); }
  bool chance(std::int64_t percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

// What one tab has been told.
struct Tab {
  PersonId person;
  bool admitted = false;
  bool welcomed = false;
  bool plays = true;           // false: a desktop program
  std::optional<Since> since;  // as sent with the join
  std::int64_t epoch = 0;
  Seq seen;
  ChangeNumber change;
  std::map<Seq, ChatMessage> lines;  // as this tab shows them
  PlaybackState playback;
  LiveState live;
  QueueView queue;
  std::set<PersonId> people;
};

// One person's client: keeps what it wrote until it sees it.
struct Client {
  PersonId id;
  PersonKind kind = PersonKind::account;
  std::map<std::string, std::string> unanswered;  // id → text
  std::optional<Since> since;
  std::map<Seq, ChatMessage> lines;        // what the last tab showed when it went
  std::int64_t gone_since_ms = -1;         // no connection since; −1 = connected or never here
  std::int64_t player_gone_since_ms = -1;  // no connection with a player since; −1 = there is one, or its end was told
  int written = 0;
};

class World {
 public:
  explicit World(std::uint64_t seed);
  void step();                // something happens
  void heal();                // everything is delivered and stored, everybody comes back and sends again what was not answered
  void check_end();           // after heal(): everybody has seen the same
  void check_replay() const;  // the recorded history gives the same effects again

  struct Counts {
    int edited = 0, deleted = 0, reacted = 0, changes_resumed = 0, read_again = 0;
    int shown = 0, voided = 0, refused_by_store = 0, blocks = 0, restarts = 0, resumed = 0, stale = 0, asked = 0, disconnected = 0,
        live_told = 0, players_gone = 0, stopped = 0, let_in = 0, codes = 0, queues_told = 0, undone = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Row {
    ChatMessage message;
    bool voided = false;
  };  // of the log
  using Append = std::variant<ChatMessage, MessageChange>;
  struct Asked {
    AskLog ask;
    std::optional<ChatMessage> found;
  };  // as it stood when it was asked for: the oldest answer that a reader may give
  struct Input {
    Event event;
    PersonId actor;
    Ref ref;
  };
  struct Recorded {
    Event event;
    Context context;
  };

  // ---- the machine's surroundings (world.cpp)
  void open_room(RoomSnapshot snapshot, RoomOptions options);
  void restart();
  void handle(const Event& event, PersonId actor, Ref ref);
  void carry_out(const Effect& effect);
  void store_step();
  void answer_asks();
  void fail_from(std::deque<Append>::iterator first);
  std::optional<Seq> write(const Append& append);  // into the log; of a repeat: where the earlier one is
  [[nodiscard]] const ChatMessage* stored(Seq seq) const;
  void commit_front();
  void fire_timers();
  void send(Event event, ConnectionId connection);
  void arrive(const Input& input);
  void network_step();
  void absences();
  void connect(Client& client);
  void disconnect(ConnectionId connection);
  [[nodiscard]] Join join_of(const Tab& tab) const;
  void check_entrance(PersonId person) const;
  void at_door(const ReplyError& error);
  void answer_door();
  void open_door();
  void come_again();
  [[nodiscard]] std::vector<ConnectionId> tabs_of(PersonId person) const;
  [[nodiscard]] bool is_blocked(PersonId person) const;
  [[nodiscard]] bool has_player(PersonId person) const;

  // ---- what people do (people.cpp)
  void somebody_acts();
  void act_in_chat(Client& client, ConnectionId connection);
  void act_on_messages(ConnectionId connection);
  void act_on_playback(ConnectionId connection);
  MediaRef some_stream();
  void act_on_queue(ConnectionId connection);
  void act_on_people(ConnectionId connection);
  void act_on_access(ConnectionId connection);
  void report(ConnectionId connection);
  void media_tell();
  Client& somebody();

  // ---- what tabs are told, and what must hold (promises.cpp)
  void deliver(Tab& tab, const Outgoing& message, bool to_all);
  void check_shown(const ChatMessage& message) const;
  void hear(Tab& tab, const Welcome& welcome);
  void hear_chat(Tab& tab, const ChatMessage& message, bool to_all);
  void hear(Tab& tab, const ChatEdited& edited);
  void hear(Tab& tab, const ChatDeleted& deleted);
  void hear(Tab& tab, const ChatReactions& told);
  void changed(Tab& tab, ChangeNumber number, Seq seq);
  void check_lines(const Tab& tab) const;
  void hear(Tab& tab, const PlaybackChanged& changed);
  void hear(Tab& tab, const PresenceDiff& diff);
  static void hear(Tab& tab, const LiveChanged& changed);
  void answered(PersonId author, const std::string& id);
  void refused(const ReplyError& error);
  void check_room() const;

  Random random_;
  std::int64_t now_ms_ = 1'700'000'000'000;
  std::unique_ptr<Room> room_;
  RoomSnapshot saved_;
  std::int64_t epoch_ = 0;
  std::vector<Client> clients_;
  std::map<ConnectionId, Tab> tabs_;
  std::int64_t last_connection_ = 0;
  std::vector<PersonId> askers_;  // as the owner was told
  bool was_inside_ = false;       // who acts, before the event
  std::vector<Input> network_;
  std::vector<Row> log_;                                   // the row at index i has seq i + 1
  std::map<std::pair<PersonId, std::string>, Seq> index_;  // the log's unique index
  ChangeNumber last_change_;                               // of the log
  std::deque<Append> store_queue_;
  std::deque<Asked> asks_;
  std::deque<FoundMessage> reads_;
  std::map<std::int64_t, std::int64_t> timers_;       // id → at
  std::set<std::pair<PersonId, std::string>> shown_;  // told to all in this life of the room
  Revision last_rev_;
  LiveState live_;  // as the media told it last
  Counts counts_;
  // of the current life
  RoomSnapshot opened_with_;
  RoomOptions opened_with_options_;
  std::int64_t opened_at_ms_ = 0;
  std::vector<Recorded> history_;
  std::uint64_t digest_ = 0;
};

}  // namespace matinee::rooms::sim
