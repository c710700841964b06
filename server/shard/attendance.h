// One attendee of a room (seams::Attendee: a desktop program), from attend() to the last thing he is told. To the room he is one more
// connection of a person; he is in no fan-out, only what concerns him is told, call by call.
// Every call is posted: none comes inside a call to the gate or in the middle of a room's event, and none after leave().
//
//   entering ──admitted──▶ member ──left or sent away──▶ over
//      └───────refused, left or sent away────────────────▲
//
// Thread rule: the loop's thread. The shard's table shares it with calls under way until the last one; the room holds plain pointers.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include "rooms/ids.h"
#include "server/net/loop.h"
#include "server/seams/room_gate.h"

namespace matinee::shard {

class RoomHost;
struct ShardContext;

class Attendance : public std::enable_shared_from_this<Attendance> {
 public:
  enum class Stage : std::uint8_t { entering, member, over };
  Attendance(ShardContext& context, seams::Visit visit, std::shared_ptr<seams::Attendee> attendee);

  [[nodiscard]] rooms::ConnectionId id() const { return id_; }
  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] const seams::Visit& visit() const { return visit_; }
  [[nodiscard]] rooms::PersonId person() const { return visit_.person.id; }

  // The room's doing.
  void entering(RoomHost& host) { host_ = &host; }
  void admitted(const rooms::Person& person, bool may_publish, const rooms::PlaybackState& playback);
  void refused(rooms::ErrorCode why);  // the room has let go of it
  void tell_playback(const rooms::PlaybackState& playback);
  void tell_rights(bool may_publish);
  void rename(const std::string& name, rooms::PersonKind kind);

  // Out of the room now; told when the loop comes to it.
  void send_away(seams::SentAway why);
  // The attendee's own wish.
  void leave();
  // The shard is being destroyed: nothing more is told.
  void orphan();

 private:
  using Call = std::function<void(seams::Attendee&)>;
  void tell(Call call);
  void tell_last(Call call);
  void finish(const Call& call);
  void leave_room();

  ShardContext& context_;
  seams::Visit visit_;
  std::shared_ptr<seams::Attendee> attendee_;  // shared with whoever attends; null: nothing more is told
  rooms::ConnectionId id_;
  std::int64_t asked_at_ms_;
  RoomHost* host_ = nullptr;
  net::Timer refusal_;
  rooms::Revision told_rev_;
  bool told_may_publish_ = false;
  Stage stage_ = Stage::entering;
};

}  // namespace matinee::shard
