// The gate of one shard: what seams::RoomGate asks is passed to the rooms, like the door does for sockets.
// Thread rule: the loop's thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include "server/seams/room_gate.h"

namespace matinee::rooms {
class Room;
}

namespace matinee::shard {

class RoomHost;
struct ShardContext;

class Gate final : public seams::RoomGate {
 public:
  struct Rooms {
    std::function<RoomHost&(const std::string& code)> open;  // opens the room when it is not in memory
    std::function<RoomHost*(const std::string& code)> find;  // null when it is not in memory
  };
  Gate(ShardContext& context, Rooms rooms) : context_(context), rooms_(std::move(rooms)) {}

  void attend(const std::string& code, seams::Visit visit, std::shared_ptr<seams::Attendee> attendee) override;
  void leave(const seams::Attendee& attendee) override;
  [[nodiscard]] std::string key_of(const std::string& code) const override;
  [[nodiscard]] bool is_present(const std::string& code, rooms::PersonId person) const override;
  [[nodiscard]] bool may_watch(const std::string& code, const rooms::Person& person) const override;
  [[nodiscard]] bool may_publish(const std::string& code, rooms::PersonId person) const override;
  [[nodiscard]] std::optional<Standing> standing(const std::string& code, rooms::PersonId person) const override;
  [[nodiscard]] std::int64_t opening_of(const std::string& code) const override;
  void tell_live(const std::string& code, rooms::LiveState state) override;

  void close_session(seams::SessionId session);
  void send_all_away(seams::SentAway why);

 private:
  [[nodiscard]] const rooms::Room* room(const std::string& code) const;  // null unless it is open

  ShardContext& context_;
  Rooms rooms_;
};

}  // namespace matinee::shard
