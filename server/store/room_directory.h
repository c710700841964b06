// RoomDirectory over SQLite. Private to store/. Thread rule: see server/seams/room_directory.h.
#pragma once
#include "server/seams/room_directory.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteRoomDirectory final : public seams::RoomDirectory {
 public:
  SqliteRoomDirectory(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void create(seams::NewRoom room, seams::Executor executor, seams::Done<seams::RoomRecord> done) override;
  void lookup(std::string code, seams::Executor executor, seams::Done<seams::RoomRecord> done) override;
  void raise_epoch(std::string code, seams::Executor executor, seams::Done<seams::RoomRecord> done) override;
  void save_snapshot(seams::RoomWriter writer, std::string snapshot, std::int64_t at_ms, seams::Executor executor,
                     seams::Done<void> done) override;
  void save_settings(seams::RoomWriter writer, std::string name, std::string settings, seams::Executor executor,
                     seams::Done<void> done) override;
  void set_owner(seams::RoomWriter writer, seams::UserId owner, seams::Executor executor, seams::Done<void> done) override;
  void set_role(seams::RoomWriter writer, seams::RoleEntry entry, seams::Executor executor, seams::Done<void> done) override;
  void set_block(seams::RoomWriter writer, seams::BlockEntry entry, seams::Executor executor, seams::Done<void> done) override;
  void lift_block(seams::RoomWriter writer, seams::UserId user, seams::Executor executor, seams::Done<void> done) override;
  void set_access(seams::RoomWriter writer, seams::AccessRecord access, seams::Executor executor, seams::Done<void> done) override;
  void set_admitted(seams::RoomWriter writer, seams::UserId user, bool on, seams::Executor executor, seams::Done<void> done) override;
  void set_code(seams::RoomWriter writer, std::string code, seams::Executor executor, seams::Done<void> done) override;
  void keep(seams::RoomWriter writer, seams::Executor executor, seams::Done<void> done) override;
  void end(seams::RoomWriter writer, std::int64_t at_ms, seams::Executor executor, seams::Done<void> done) override;
  void record_visit(seams::RoomId room, seams::UserId user, std::int64_t at_ms, seams::Executor executor, seams::Done<void> done) override;
  void forget_visit(seams::RoomId room, seams::UserId user, seams::Executor executor, seams::Done<void> done) override;
  void rooms_of(seams::UserId user, std::size_t limit, seams::Executor executor, seams::Done<std::vector<seams::RoomOfUser>> done) override;
  void idle_guest_rooms(std::int64_t before_ms, std::size_t limit, seams::Executor executor,
                        seams::Done<std::vector<seams::RoomOfUser>> done) override;

 private:
  // Runs `work` only if the writer still has the room.
  void change(seams::RoomWriter writer, std::size_t bytes, seams::Executor executor, seams::Done<void> done,
              std::function<seams::Result<void>(Connection&)> work);

  Writer& writer_;
  Readers& readers_;
};

}  // namespace matinee::store
