// RoomGate: how a connection that is no browser's (a desktop program) enters a room as one more connection of a person, and what
// the room and the live media tell each other. The shard implements it, media uses it; they know each other only by this.
// An attendee is present like a tab: it counts for presence, it is sent away by remove, block, close and the end of its session.
// Thread rule: the loop of the room's home; nothing here may be called from another thread. Callbacks never come inside a call
// to the gate; each comes from the loop by itself, in the order of what happened.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include "rooms/live.h"
#include "rooms/person.h"
#include "rooms/playback.h"
#include "rooms/result.h"
#include "server/seams/room_directory.h"
#include "server/seams/visit.h"

namespace matinee::seams {

enum class SentAway : std::uint8_t { removed, blocked_or_closed, logged_out, restart, replaced, too_many };

class Attendee {
 public:
  virtual ~Attendee() = default;
  // Once, before everything else but on_refused.
  virtual void on_admitted(const std::string& name, bool may_publish, const rooms::PlaybackState& playback) = 0;
  // Last. no_such_room (also: blocked, closed; said as late as a browser's), room_full, storage_unavailable.
  virtual void on_refused(rooms::ErrorCode why) = 0;
  // Each new revision.
  virtual void on_playback(const rooms::PlaybackState& playback) = 0;
  virtual void on_rights(bool may_publish) = 0;  // the grant go_live came or went
  virtual void on_name(const std::string& name) = 0;
  // Last: the room does not know it any more. May come without on_admitted: the session ended, the server stops, or all the
  // connections that the person may have are tabs (too_many).
  virtual void on_sent_away(SentAway why) = 0;
};

class RoomGate {
 public:
  virtual ~RoomGate() = default;
  // The gate holds the attendee until leave(), on_refused or on_sent_away.
  virtual void attend(const std::string& code, Visit visit, std::shared_ptr<Attendee> attendee) = 0;
  virtual void leave(const Attendee& attendee) = 0;  // nothing is called any more; unknown: nothing happens
  // A room keeps one name here while it is in memory, whatever new code it gets: tables about it are kept under that. Every other method
  // takes either. attend() alone minds whether a code still leads anywhere.
  [[nodiscard]] virtual std::string key_of(const std::string& code) const = 0;
  // The person is in the room now (a short absence counts as presence).
  [[nodiscard]] virtual bool is_present(const std::string& code, rooms::PersonId person) const = 0;
  // The room is open in memory and has not blocked the person: may go on watching its streams.
  [[nodiscard]] virtual bool may_watch(const std::string& code, const rooms::Person& person) const = 0;
  [[nodiscard]] virtual bool may_publish(const std::string& code, rooms::PersonId person) const = 0;
  // What somebody who is in the room now may do about its streams; nothing: not there.
  struct Standing {
    RoomId room;
    bool may_publish = false;
    bool may_edit = false;  // the room
  };
  [[nodiscard]] virtual std::optional<Standing> standing(const std::string& code, rooms::PersonId person) const = 0;
  // Another number each time the room is opened; 0 = not in memory. Who told it something then tells it again.
  [[nodiscard]] virtual std::int64_t opening_of(const std::string& code) const = 0;
  // Told to everybody in the room, and to newcomers in their welcome. A room that is not in memory: nothing happens.
  virtual void tell_live(const std::string& code, rooms::LiveState state) = 0;
};

}  // namespace matinee::seams
