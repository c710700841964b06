// Room: the whole behaviour of one room as a pure machine. handle(Event, Context) → Effects; nothing else talks to a room, and a room
// talks to nothing: no clock, no random, no I/O, no JSON, no log, no lock. Belongs to one shard's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>
#include "rooms/effect.h"
#include "rooms/event.h"
#include "rooms/limits.h"

namespace matinee::rooms {

// What outlives the process: kept by the room directory, handed back when the room is opened again.
struct RoomSnapshot {
  RoomInfo info;
  std::vector<std::pair<PersonId, Role>> roles;  // owner, moderators, members seen
  struct BlockEntry {
    PersonId person;
    std::string name;
    std::int64_t until_ms = 0;
    std::string address = {};
  };  // 0 = until lifted; address: guests
  std::vector<BlockEntry> blocks;
  std::string password_hash;                                // access password only
  std::vector<PersonId> admitted;                           // let in once, the first one first
  std::vector<std::pair<PersonId, std::int64_t>> silenced;  // person → until (0 = until lifted)
  PlaybackState playback;
  QueueState queue;
  std::int64_t saved_at_ms = 0;
};

struct RoomOptions {
  std::int64_t epoch = 1;
  Seq last_seq;                                              // from the log
  ChangeNumber last_change = {};                             // likewise
  std::vector<ChatMessage> recent;                           // the newest committed messages, oldest first, ≤ recent_messages_max
  std::vector<std::pair<PersonId, std::string>> remembered;  // (author, id) of the newest messages, oldest first
  bool unlimited_rates = false;                              // bench mode only
  std::size_t participants_max = limits::participants_max;
};

class Room {
 public:
  Room(RoomSnapshot snapshot, RoomOptions options, std::int64_t now_ms);
  ~Room();
  Room(Room&&) noexcept;
  Room& operator=(Room&&) noexcept;

  // Appends to effects; never throws for anything a person sent.
  void handle(const Event& event, const Context& context, EffectList& effects);

  [[nodiscard]] RoomSnapshot snapshot(std::int64_t now_ms) const;
  [[nodiscard]] const RoomInfo& info() const;
  [[nodiscard]] const PlaybackState& playback() const;
  [[nodiscard]] const LiveState& live() const;
  [[nodiscard]] std::size_t participant_count() const;
  [[nodiscard]] const Person* participant(PersonId person) const;                  // null for who is not here; valid until the next event
  [[nodiscard]] bool may(PersonId person, Grant grant) const;                      // false for who is not here
  [[nodiscard]] bool is_blocked(const Person& person, std::int64_t now_ms) const;  // by id, or as a guest who is not here by address
  // Who is here and what goes on is no secret to them: not blocked, and nothing is asked of them at the door.
  [[nodiscard]] bool sees_inside(const Person& person, std::int64_t now_ms) const;
  // The hash of the password that this person has to prove; empty: none is asked of him.
  [[nodiscard]] std::string password_asked_of(const Person& person) const;
  [[nodiscard]] bool came_along(PersonId person) const;  // was inside when the room got its new code, and may be told it
  [[nodiscard]] bool closed() const;                     // its owner ended it: everything else is refused with room_closed
  [[nodiscard]] bool has_pending() const;                // numbered messages the log has not confirmed: do not unload

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matinee::rooms
