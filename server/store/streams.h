// Streams over SQLite. Private to store/. Thread rule: see server/seams/streams.h.
#pragma once
#include "server/seams/streams.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteStreams final : public seams::Streams {
 public:
  SqliteStreams(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void create(seams::NewStream stream, seams::StreamBounds bounds, seams::Executor executor,
              seams::Done<seams::StreamRecord> done) override;
  void find(seams::StreamId id, std::int64_t now_ms, seams::Executor executor, seams::Done<seams::StreamRecord> done) override;
  void of_room(seams::RoomId room, std::int64_t now_ms, seams::Executor executor,
               seams::Done<std::vector<seams::StreamRecord>> done) override;
  void rename(seams::StreamId id, std::string name, seams::Executor executor, seams::Done<void> done) override;
  void set_key(seams::StreamId id, seams::KeyHash key_hash, seams::Executor executor, seams::Done<void> done) override;
  void end(seams::StreamId id, std::int64_t at_ms, seams::Executor executor, seams::Done<void> done) override;
  void remove(seams::StreamId id, seams::Executor executor, seams::Done<void> done) override;

 private:
  Writer& writer_;
  Readers& readers_;
};

}  // namespace matinee::store
