// MessageLog and RoomDirectory in memory, faithful to the seams' contract, with ways to make storage slow or refuse.
// Thread rule: any thread, like every implementation; one mutex guards everything.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"

namespace matinee::test {

class MemoryStore final : public seams::MessageLog, public seams::RoomDirectory {
 public:
  // Arranging, from the test's thread.
  seams::RoomId add_room(const std::string& code, seams::UserId owner, const std::string& name = "Room");
  void hold_appends();  // they wait, in order
  void release_appends();
  void fail_appends(bool fail);    // unavailable, as on a full disk; decided when an append is carried out
  void refuse_appends(int count);  // the next ones find the queue full: told at once, before those that wait
  void fail_reads(bool fail);      // lookups, pages and finds are unavailable
  void fail_saves(bool fail);
  void take_over(const std::string& code);  // another server raises the epoch

  // Looking.
  [[nodiscard]] std::vector<seams::StoredMessage> all(const std::string& code) const;
  [[nodiscard]] seams::RoomRecord record(const std::string& code) const;
  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] std::vector<std::pair<seams::RoomId, seams::UserId>> visits() const;

  // MessageLog
  void append(seams::AppendRequest request, seams::Executor executor, std::function<void(seams::AppendOutcome)> done) override;
  void read(seams::ReadRequest request, seams::Executor executor, seams::Done<std::vector<seams::StoredMessage>> done) override;
  void last(seams::RoomId room, seams::Executor executor, seams::Done<rooms::Seq> done) override;
  void find(seams::RoomId room, seams::UserId author, std::string message_id, seams::Executor executor,
            seams::Done<std::optional<rooms::Seq>> done) override;
  void search(seams::SearchRequest request, seams::Executor executor, seams::Done<seams::SearchPage> done) override;  // ASCII words
  void tidy(seams::Executor executor, seams::Done<void> done) override;

  // RoomDirectory
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
  struct Row {
    seams::RoomRecord record;
    std::vector<seams::StoredMessage> messages;  // by seq, 1 … without holes
    std::map<std::pair<std::int64_t, std::string>, rooms::Seq> ids;
  };
  using Held = std::function<void()>;

  void raise(const std::string& code, const seams::Executor& executor, const seams::Done<seams::RoomRecord>& done);
  seams::AppendOutcome carry_out(const seams::AppendRequest& request);
  static seams::AppendOutcome change_message(Row& room, const seams::AppendRequest& request);
  Row* row(seams::RoomId room);
  const Row* row(const std::string& code) const;
  void change(seams::RoomWriter writer, const seams::Executor& executor, seams::Done<void> done, const std::function<void(Row&)>& how);
  seams::Result<seams::RoomRecord> found(const std::string& code) const;

  mutable std::mutex mutex_;
  std::map<std::int64_t, Row> rows_;
  std::deque<Held> held_;
  std::vector<std::pair<seams::RoomId, seams::UserId>> visits_;
  bool holding_ = false;
  bool fail_appends_ = false;
  bool fail_reads_ = false;
  bool fail_saves_ = false;
  int refuse_ = 0;
};

}  // namespace matinee::test
